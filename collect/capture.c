/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "capture.h"
#include "bundle.h"
#include "cgroups.h"
#include "clock.h"
#include "evidence.h"
#include "header.h"
#include "history.h"
#include "kmsg.h"
#include "names.h"
#include "procs.h"
#include "tar.h"
#include "tmpfs.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

volatile sig_atomic_t capture_signal;

static struct names names;
static struct procs procs;
static struct cgroups cgroups;

static void on_signal(int number)
{
    /* The second one does not wait: the file keeps the name NAME.partial. */
    if (capture_signal)
        _exit(EXIT_OUTPUT);
    capture_signal = number;
}

void capture_signals(void)
{
    struct sigaction act = {.sa_handler = on_signal}, ignore = {.sa_handler = SIG_IGN};

    sigaction(SIGTERM, &act, NULL);
    sigaction(SIGINT, &act, NULL);
    sigaction(SIGHUP, &act, NULL);
    /* The write fails instead, and is reported. */
    sigaction(SIGPIPE, &ignore, NULL);
    sigaction(SIGXFSZ, &ignore, NULL);
}

/* What a tier brought leaves this process before the next one begins. */
static void end_tier(struct capture *c)
{
    reads_flush(&c->reads);
    manifest_flush(&c->manifest);
    out_flush(&c->out);
}

static bool is_glob(enum plan_id row)
{
    return strchr(plan_pattern(row), '*') != NULL;
}

/* The table of NUMA nodes: how many there are, and of how many meminfo was read. */
static void read_nodes(struct capture *c)
{
    uint32_t before, absent = c->manifest.outcomes[OUTCOME_ABSENT];
    unsigned seen, captured;

    reads_flush(&c->reads);
    before = c->manifest.outcomes[OUTCOME_OK];
    seen = evidence_glob(c, PLAN_NODE_MEMINFO);
    reads_flush(&c->reads);
    captured = c->manifest.outcomes[OUTCOME_OK] - before;
    manifest_table(&c->manifest, TABLE_NODES, seen, captured,
                   !seen && c->manifest.outcomes[OUTCOME_ABSENT] == absent
                       ? "their folder could not be listed"
                   : !seen            ? "this kernel names no nodes"
                   : seen != captured ? "not every node could be read"
                                      : NULL);
}

/* The rows of a tier that are files of the host; moving: those that samples hold only. */
static void read_tier(struct capture *c, enum plan_tier tier, bool moving)
{
    for (enum plan_id row = 0; row < PLAN_COUNT; row++) {
        if (plan[row].tier != tier || row == PLAN_MOUNTS || row == PLAN_KMSG ||
            (moving && !plan_is(row, 'M')))
            continue;
        if (row == PLAN_NODE_MEMINFO && !moving)
            read_nodes(c);
        else if (is_glob(row))
            evidence_glob(c, row);
        else
            evidence_row(c, row);
    }
    reads_flush(&c->reads);
}

static void read_logs(struct capture *c)
{
    for (enum plan_id row = PLAN_LOG_MESSAGES; c->options->logs && row <= PLAN_LOG_KERN; row++)
        evidence_row(c, row);
    reads_flush(&c->reads);
}

/* whole: the cgroups and processes too, not only the files of the host. */
static void take_sample(struct capture *c, uint64_t number, bool whole)
{
    char clocks[256];
    struct text t = TEXT_ON(c->sample), tuple = TEXT_ON(clocks);

    text_str(&t, BUNDLE_SAMPLES_DIR);
    text_u64(&t, number);
    text_char(&t, '/');
    text_end(&t);
    clock_tuple(&tuple);
    text_char(&tuple, '\n');
    evidence_member(c, BUNDLE_CLOCKS, tuple.p, tuple.n, NULL);
    read_tier(c, TIER_HOST, true);
    if (whole) {
        cgroups_sample(c, &cgroups, &names);
        procs_sample(c, &procs);
        read_tier(c, TIER_LATE, true);
    }
    end_tier(c);
    c->sample[0] = '\0';
}

static void wait_for_sample(struct capture *c, uint64_t due_ns)
{
    uint64_t start = clock_now_ns();

    for (uint64_t now = start; now < due_ns && !capture_signal; now = clock_now_ns())
        clock_sleep_ns(due_ns - now);
    c->budget.waited_ns += clock_now_ns() - start;
}

/* The first sample follows the rest at once unless an interval is asked for. */
static void take_samples(struct capture *c)
{
    uint64_t taken = 0;

    for (uint64_t i = 1; i <= c->options->samples; i++) {
        wait_for_sample(c, c->budget.start_ns + i * c->options->interval_ms * NS_PER_MS);
        if (evidence_stopped(c)) {
            evidence_note(c, BUNDLE_SAMPLES_DIR "*", OUTCOME_OVER_BUDGET, 0, evidence_stopped(c));
            break;
        }
        take_sample(c, i, true);
        taken = i;
    }
    /* A bundle that was cut short by a budget has rates all the same. */
    if (c->options->samples && !taken && !capture_signal) {
        budget_grace(&c->budget);
        take_sample(c, 1, false);
    }
}

static void read_evidence(struct capture *c)
{
    kmsg_capture(c, &names);
    read_tier(c, TIER_LOG, false);
    end_tier(c);
    read_tier(c, TIER_HOST, false);
    end_tier(c);
    if (c->history)
        history_write(c, c->history);
    cgroups_start(c, &cgroups);
    cgroups_named(c, &cgroups, &names);
    end_tier(c);
    /* Walks over all there is end early enough for the files of the host behind them. */
    c->budget.share = 10;
    procs_capture(c, &procs);
    end_tier(c);
    c->budget.share = 12;
    cgroups_capture(c, &cgroups);
    end_tier(c);
    c->budget.share = 13;
    procs_rollups(c, &procs);
    end_tier(c);
    c->budget.share = BUDGET_WHOLE;
    read_tier(c, TIER_LATE, false);
    tmpfs_capture(c);
    end_tier(c);
    c->budget.share = 15;
    cgroups_rest(c, &cgroups);
    procs_rest(c, &procs);
    end_tier(c);
    c->budget.share = BUDGET_WHOLE;
    procs_largest(c, &procs, c->options->largest);
    read_logs(c);
    end_tier(c);
    take_samples(c);
}

static const char *end_reason(const struct capture *c)
{
    if (capture_signal)
        return "a signal ended the capture";
    return c->partial ? "a budget or a deadline kept evidence out: see the lines above" : NULL;
}

static void put_footprint(struct capture *c, struct text *t)
{
    uint64_t slab = host_meminfo_bytes(&c->reads, "SReclaimable:");
    struct self_cost cost;

    reads_stop(&c->reads); /* its cost is known when it has ended */
    self_measure(&cost);
    text_key(t, "footprint");
    text_char(t, '{');
    text_key_u64(t, "cpu_us", cost.cpu_us);
    text_key_u64(t, "wall_us", (clock_now_ns() - c->budget.start_ns) / 1000);
    text_key_u64(t, "peak_rss_bytes", cost.peak_rss_bytes);
    text_key_u64(t, "helper_peak_rss_bytes", cost.helper_peak_rss_bytes);
    text_key_u64(t, "output_bytes", c->out.bytes);
    text_key_u64(t, "slowest_us", c->reads.slowest_us);
    if (!c->pseudonym.on)
        text_key_str(t, "slowest", c->reads.slowest);
    text_key(t, "slab_growth_bytes");
    text_i64(t, slab ? (int64_t)(slab - c->self.slab_before_bytes) : 0);
    text_key_u64(t, "inodes", c->budget.inodes);
    text_key_u64(t, "lock_estimate_us", c->budget.lock_us);
    text_key_u64(t, "helpers_abandoned", c->reads.abandoned);
    text_char(t, '}');
}

static void write_end(struct capture *c)
{
    char buffer[2048];
    struct text t = TEXT_ON(buffer);
    bool complete = !c->partial && !capture_signal;

    text_char(&t, '{');
    text_key_bool(&t, MANIFEST_END, true);
    text_key_bool(&t, "complete", complete);
    text_key_u64(&t, "members", c->manifest.members);
    text_key(&t, "clocks");
    clock_tuple(&t);
    put_footprint(c, &t);
    if (!complete)
        text_key_str(&t, "reason", end_reason(c));
    text_raw(&t, "}\n", 2);
    manifest_line(&c->manifest, &t);
    manifest_end(&c->manifest);
    tar_end(&c->out);
}

bool capture_prepare(struct capture *c)
{
    bool confined = c->options->root != NULL;

    c->root_fd = open(confined ? c->options->root : "/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (c->root_fd < 0)
        return false;
    reads_start(&c->reads, c->root_fd, confined, (uint32_t)c->options->deadline_ms, c,
                &capture_signal);
    return true;
}

int capture_run(struct capture *c)
{
    host_read(&c->host, &c->reads);
    budget_start(&c->budget, c->options, c->host.memory_bytes);
    c->self.slab_before_bytes = host_meminfo_bytes(&c->reads, "SReclaimable:");
    memcpy(c->pseudonym.hostname, c->host.hostname, sizeof(c->host.hostname));
    manifest_start(&c->manifest, &c->out);
    header_write(c);
    read_evidence(c);
    reads_flush(&c->reads);
    write_end(c);
    if (!out_close(&c->out))
        return EXIT_OUTPUT;
    return c->partial || capture_signal ? EXIT_PARTIAL : EXIT_COMPLETE;
}
