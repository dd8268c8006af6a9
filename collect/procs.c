/* SPDX-License-Identifier: MIT */
#include "procs.h"
#include "bundle.h"
#include "evidence.h"
#include "listing.h"
#include "openfiles.h"
#include "scan.h"

#include <stdlib.h>
#include <string.h>

static struct procs *walk; /* the one whose results come in */

static void add_blocked(struct procs *p, int32_t pid)
{
    for (uint32_t i = 0; i < p->blocked_count; i++)
        if (p->blocked[i] == pid)
            return;
    if (p->blocked_count < PROCS_BLOCKED)
        p->blocked[p->blocked_count++] = pid;
}

/* The outcome of a file that may be of another process than the stat before it. The starttime is
 * looked up only where the pid may be new. */
static uint8_t checked(struct capture *c, const struct job *job, const struct result *result,
                       const struct proc *proc)
{
    if (result->outcome == OUTCOME_OK && proc && proc->pid == job->pid &&
        !pids_is_same(&walk->reuse, c, job->pid, proc->starttime_ticks))
        return OUTCOME_CHANGED;
    return result->outcome;
}

static uint32_t fitting(uint64_t kib)
{
    return kib < UINT32_MAX ? (uint32_t)kib : UINT32_MAX;
}

/* RssShmem stands a few lines behind VmRSS, since 4.5. */
static void take_sizes(struct procs *p, const char *status, size_t n)
{
    size_t len;
    const char *at = scan_line(status, n, "VmRSS:", &len);
    struct proc sharer = p->now;
    uint64_t kib;

    if (!at || !scan_key(at - 6, n - (size_t)(at - 6 - status), "VmRSS:", &kib))
        return;
    p->now.rss_kib = fitting(kib);
    if (scan_key(at, n - (size_t)(at - status), "RssShmem:", &kib) && kib) {
        sharer.rss_kib = fitting(kib);
        shmem_keep(&p->shmem, &sharer);
    }
}

/* stat comes first, status second; the others leave no trace here. */
static void take_file(void *context, const struct job *job, const struct result *result,
                      const char *data)
{
    struct procs *p = walk;
    struct result seen = *result;
    bool ok = result->outcome == OUTCOME_OK;
    size_t len;
    const char *state;

    if (job->row == PLAN_PROCESS_STAT) {
        p->now = (struct proc){.pid = job->pid};
        if (ok)
            scan_starttime(data, result->length, &p->now.starttime_ticks);
    } else if (job->row == PLAN_PROCESS_STATUS && ok && p->now.pid == job->pid) {
        take_sizes(p, data, result->length);
        state = scan_line(data, result->length, "State:\t", &len);
        if (state && len && *state == 'D')
            add_blocked(p, job->pid);
        largest_keep(&p->largest, &p->now);
        p->captured++;
    } else if (job->row == PLAN_PROCESS_STATUS && result->outcome != OUTCOME_EXITED) {
        p->denied++;
    }
    if (job->row != PLAN_PROCESS_STAT)
        seen.outcome = checked(context, job, result, &p->now);
    evidence_done(context, job, &seen, data);
}

void procs_folder(int32_t pid, char *buffer, size_t size)
{
    struct text t = {.p = buffer, .cap = size};

    text_str(&t, "proc/");
    text_i64(&t, pid);
    text_end(&t);
}

static struct job *read_file(struct capture *c, enum plan_id row, int32_t pid)
{
    char folder[32];
    struct job *job;

    procs_folder(pid, folder, sizeof(folder));
    job = evidence_read(c, row, folder, plan_name(row));
    if (job) {
        job->pid = pid;
        job->flags |= JOB_MAY_EXIT;
        if (plan[row].tier != TIER_LARGEST)
            job->flags |= JOB_ONE_READ;
    }
    return job;
}

static void visit_first(struct capture *c, struct procs *p, int32_t pid)
{
    p->seen++;
    pids_see(pid);
    c->budget.inodes++;
    for (enum plan_id row = PLAN_PROCESS_STAT; row <= PLAN_PROCESS_CGROUP; row++) {
        struct job *job = read_file(c, row, pid);

        if (job)
            job->done = take_file;
    }
}

/* Visits every pid in /proc; false where that broke off. */
static bool walk_all(struct capture *c, struct procs *p)
{
    static char records[16 * 1024];
    struct listing l;
    const char *record;
    int32_t pid;

    walk = p;
    listing_open(c, &l, "proc", true, records, sizeof(records));
    while (!evidence_stopped(c) && (record = listing_next(c, &l)))
        if (*record == WALK_FOLDER && scan_pid(record + 1, &pid))
            visit_first(c, p, pid);
    reads_flush(&c->reads);
    p->outcome = l.outcome;
    return !evidence_stopped(c) && l.outcome == OUTCOME_OK;
}

static const char *why_incomplete(const struct capture *c, const struct procs *p)
{
    if (!p->walk_ended)
        return evidence_stopped(c)            ? evidence_stopped(c)
               : p->outcome == OUTCOME_ABSENT ? "there is no /proc"
                                              : "the listing of /proc broke off";
    if (c->host.hides_processes)
        return "processes of other users are hidden: hidepid";
    if (!c->options->root && !c->host.init_pid_namespace)
        return "only processes of this pid namespace are visible";
    if (p->denied)
        return "some status files could not be read";
    return NULL;
}

void procs_capture(struct capture *c, struct procs *p)
{
    const char *why;

    memset(p, 0, offsetof(struct procs, largest));
    p->largest.count = p->shmem.count = 0;
    p->blocked_count = 0;
    pids_start(&p->reuse, c);
    p->walk_ended = walk_all(c, p);
    why = why_incomplete(c, p);
    if (!p->walk_ended)
        evidence_note(c, "proc/*/status",
                      p->outcome == OUTCOME_OK ? OUTCOME_OVER_BUDGET : p->outcome, 0, why);
    manifest_table(&c->manifest, TABLE_PROCESSES, p->seen, p->captured, why);
    largest_sort(&p->largest);
}

/* A stuck lock is evidence: the process's wchan and stack are read too, and no more locked files.
 */
static void take_locked(void *context, const struct job *job, const struct result *result,
                        const char *data)
{
    struct capture *c = context;
    struct result seen = *result;

    if (job->expect)
        seen.outcome = checked(c, job, result,
                               &(struct proc){.pid = job->pid, .starttime_ticks = job->expect});
    if (result->outcome == OUTCOME_TIMEOUT || result->outcome == OUTCOME_ABANDONED) {
        struct proc *proc = largest_find(&walk->largest, job->pid);

        add_blocked(walk, job->pid);
        if (proc)
            proc->stalled = true;
    }
    evidence_done(c, job, &seen, data);
}

static void read_blocked(struct capture *c, struct procs *p, uint32_t from)
{
    for (uint32_t i = from; i < p->blocked_count; i++) {
        read_file(c, PLAN_PROCESS_WCHAN, p->blocked[i]);
        read_file(c, PLAN_PROCESS_STACK, p->blocked[i]);
    }
    reads_flush(&c->reads);
}

/* Twice the estimate, for a kernel or a moment that is slower, on top of the usual deadline. */
static struct job *read_locked(struct capture *c, enum plan_id row, const struct proc *proc)
{
    uint64_t lock_us;
    const char *why = budget_lock(&c->budget, proc->rss_kib, &lock_us);
    struct job *job;
    char path[48];
    struct text t = TEXT_ON(path);

    if (why) {
        text_str(&t, "proc/");
        text_i64(&t, proc->pid);
        text_char(&t, '/');
        text_str(&t, plan_name(row));
        evidence_note(c, text_end(&t), OUTCOME_OVER_BUDGET, 0, why);
        return NULL;
    }
    job = read_file(c, row, proc->pid);
    if (job) {
        job->done = take_locked;
        job->deadline_ms += (uint32_t)(2 * lock_us / 1000);
        job->expect = proc->starttime_ticks;
    }
    return job;
}

/* The many that are too small to be among those kept; false where that broke off. */
static bool read_small(struct capture *c)
{
    int32_t pid = -1;

    while (!evidence_stopped(c) && (pid = pids_next(pid)) >= 0)
        if (!largest_has(pid))
            read_locked(c, PLAN_PROCESS_ROLLUP, &(struct proc){.pid = pid});
    reads_flush(&c->reads);
    return pid < 0 && !evidence_stopped(c);
}

void procs_rollups(struct capture *c, struct procs *p)
{
    uint32_t i, blocked = p->blocked_count;
    bool all = true;

    walk = p;
    read_blocked(c, p, 0);
    for (i = 0; i < p->largest.count && p->largest.top[i].rss_kib && all; i++)
        all = read_locked(c, PLAN_PROCESS_ROLLUP, &p->largest.top[i]) || !evidence_stopped(c);
    reads_flush(&c->reads);
    if (all && p->largest.count == LARGEST_KEPT)
        all = read_small(c);
    if (!all)
        evidence_note(c, "proc/*/smaps_rollup", OUTCOME_OVER_BUDGET, 0, evidence_stopped(c));
    read_blocked(c, p, blocked);
}

static void take_rest(void *context, const struct job *job, const struct result *result,
                      const char *data)
{
    struct capture *c = context;
    struct result seen = *result;

    if (pids_may_be_new(&walk->reuse, c, job->pid))
        seen.outcome = checked(c, job, result, largest_find(&walk->largest, job->pid));
    evidence_done(c, job, &seen, data);
}

static void visit_rest(struct capture *c, struct procs *p, int32_t pid)
{
    const struct proc *proc = p->blocked_count ? largest_find(&p->largest, pid) : NULL;

    for (enum plan_id row = PLAN_PROCESS_OOM_SCORE; row <= PLAN_PROCESS_CMDLINE; row++) {
        struct job *job;

        if (row == PLAN_PROCESS_CMDLINE && (!c->options->cmdline || (proc && proc->stalled)))
            return;
        job = read_file(c, row, pid);
        if (job)
            job->done = take_rest;
    }
}

void procs_rest(struct capture *c, struct procs *p)
{
    int32_t pid = -1;

    while (!evidence_stopped(c) && (pid = pids_next(pid)) >= 0)
        visit_rest(c, p, pid);
    reads_flush(&c->reads);
    if (pid >= 0 || evidence_stopped(c))
        evidence_note(c, "proc/*/limits", OUTCOME_OVER_BUDGET, 0, evidence_stopped(c));
    openfiles_capture(c, &p->largest);
    shmem_capture(c, &p->shmem, &p->largest);
}

void procs_largest(struct capture *c, struct procs *p, uint64_t n)
{
    walk = p;
    for (uint32_t i = 0; i < p->largest.count && i < n && p->largest.top[i].rss_kib; i++) {
        if (p->largest.top[i].stalled || evidence_stopped(c))
            continue;
        for (enum plan_id row = PLAN_PROCESS_NUMA_MAPS; row <= PLAN_PROCESS_SMAPS; row++) {
            reads_wide(&c->reads);
            read_locked(c, row, &p->largest.top[i]);
            reads_flush(&c->reads);
            if (p->largest.top[i].stalled)
                break;
        }
    }
}

#define SAMPLE_PROCESSES 64
#define SAMPLE_ROLLUPS   16

void procs_sample(struct capture *c, struct procs *p)
{
    walk = p;
    for (uint32_t i = 0; i < p->largest.count && i < SAMPLE_PROCESSES && p->largest.top[i].rss_kib;
         i++) {
        if (evidence_stopped(c))
            break;
        read_file(c, PLAN_PROCESS_STAT, p->largest.top[i].pid);
        read_file(c, PLAN_PROCESS_STATUS, p->largest.top[i].pid);
    }
    for (uint32_t i = 0; i < p->largest.count && i < SAMPLE_ROLLUPS && p->largest.top[i].rss_kib;
         i++)
        if (!p->largest.top[i].stalled && !evidence_stopped(c))
            read_locked(c, PLAN_PROCESS_ROLLUP, &p->largest.top[i]);
    reads_flush(&c->reads);
}
