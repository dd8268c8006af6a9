/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "evidence.h"
#include "bundle.h"
#include "clock.h"
#include "sha256.h"
#include "tar.h"

#include <limits.h>
#include <string.h>

/* The member in work of evidence_begin, _part and _end. */
static struct {
    char name[PATH_MAX];
    uint64_t size;
    uint64_t written;
    uint64_t start_ns;
    struct sha256 hash;
} part;

static char rewritten[2 * SLOT_DATA];

/* The member's name in the tar. */
static const char *name_member(const struct capture *c, const char *path, char buffer[PATH_MAX])
{
    struct text t = {.p = buffer, .cap = PATH_MAX};

    text_str(&t, c->sample);
    if (c->pseudonym.on)
        pseudonym_member(&c->pseudonym, &t, path);
    else
        text_str(&t, path);
    return text_end(&t);
}

static void put_member(struct capture *c, struct attempt *a, const void *bytes)
{
    unsigned char digest[SHA256_BYTES];
    struct sha256 h;

    if (outcome_has_member(a->outcome)) {
        tar_header(&c->out, a->member, a->bytes, clock_ns(CLOCK_REALTIME_COARSE) / NS_PER_S);
        out_write(&c->out, bytes, a->bytes);
        tar_pad(&c->out, a->bytes);
        sha256_start(&h);
        sha256_add(&h, bytes, a->bytes);
        sha256_end(&h, digest);
        a->sha256 = digest;
    }
    manifest_attempt(&c->manifest, a);
    a->sha256 = NULL;
}

void evidence_member(struct capture *c, const char *path, const void *bytes, size_t n,
                     const char *detail)
{
    char name[PATH_MAX];
    struct attempt a = {.member = name_member(c, path, name),
                        .outcome = n ? OUTCOME_OK : OUTCOME_EMPTY,
                        .bytes = n,
                        .detail = detail};

    put_member(c, &a, bytes);
}

void evidence_note(struct capture *c, const char *path, enum outcome outcome, int error,
                   const char *detail)
{
    char name[PATH_MAX];
    struct attempt a = {
        .member = name_member(c, path, name), .outcome = outcome, .error = error, .detail = detail};

    if (outcome == OUTCOME_OVER_BUDGET)
        c->partial = true;
    manifest_attempt(&c->manifest, &a);
}

const char *evidence_stopped(const struct capture *c)
{
    if (capture_signal)
        return "a signal ended the capture";
    if (c->out.error)
        return "the output cannot be written";
    if (!c->reads.helper)
        return c->reads.abandoned ? "too many reads could not be killed"
                                  : "no process could be started to read it";
    return budget_spent(&c->budget, c->out.bytes);
}

static const char *skip_reason(const struct capture *c, const struct job *job)
{
    const char *stopped = evidence_stopped(c);

    if (!reads_is_open(&c->reads, job->cost))
        return "too many reads of this kind took too long";
    return stopped ? stopped : "the capture was ending";
}

static const char *attempt_detail(const struct capture *c, const struct job *job,
                                  const struct result *result)
{
    switch (result->outcome) {
    case OUTCOME_OVER_BUDGET:
        return skip_reason(c, job);
    case OUTCOME_TIMEOUT:
        return "the read was killed at its deadline";
    case OUTCOME_ABANDONED:
        return "the read was left behind: it could not be killed";
    case OUTCOME_TRUNCATED:
        return result->error           ? "the read broke off"
               : job->flags & JOB_TAIL ? "its tail"
                                       : "its head";
    case OUTCOME_CHANGED:
        return "the process ended during the read: the pid may have been another's";
    default:
        return NULL;
    }
}

/* A file that was cut ends with a whole line. */
static uint64_t whole_lines(const char *data, uint64_t n)
{
    const char *nl = n ? memrchr(data, '\n', n) : NULL;

    return nl ? (uint64_t)(nl - data) + 1 : n;
}

static enum outcome final_outcome(const struct job *job, const struct result *result)
{
    if (result->outcome != OUTCOME_OK)
        return result->outcome;
    if (result->more || (job->flags & JOB_TAIL && result->value))
        return OUTCOME_TRUNCATED;
    return OUTCOME_OK;
}

void evidence_done(void *context, const struct job *job, const struct result *result,
                   const char *data)
{
    struct capture *c = context;
    enum plan_scrub scrub = plan[job->row].scrub;
    char name[PATH_MAX];
    struct attempt a = {.member = name_member(c, reads_path(&c->reads, job), name),
                        .outcome = final_outcome(job, result),
                        .error = result->error,
                        .bytes = result->length,
                        .us = result->us,
                        .detail = attempt_detail(c, job, result)};

    /* Newer kernels let nobody read it, the others say what was written last. */
    if (job->row == PLAN_SYSCTL_DROP_CACHES && a.outcome == OUTCOME_DENIED)
        a.outcome = OUTCOME_UNSUPPORTED;
    if (a.outcome != result->outcome) {
        struct result seen = *result;

        seen.outcome = (uint8_t)a.outcome;
        a.detail = attempt_detail(c, job, &seen);
    }
    if (a.outcome == OUTCOME_TRUNCATED && !(job->flags & JOB_TAIL))
        a.bytes = whole_lines(data, a.bytes);
    if (outcome_has_member(a.outcome) &&
        (scrub == SCRUB_MOUNTS || scrub == SCRUB_CMDLINE || (c->pseudonym.on && scrub))) {
        struct text t = TEXT_ON(rewritten);

        pseudonym_content(&c->pseudonym, scrub, &t, data, a.bytes);
        data = rewritten;
        a.bytes = t.n;
        if (t.cut)
            a.outcome = OUTCOME_TRUNCATED;
    }
    if (!outcome_has_member(a.outcome))
        a.bytes = 0;
    if (plan[job->row].cost == COST_RSTAT)
        c->rstat_us += result->us;
    c->partial |= outcome_is_cut(a.outcome);
    put_member(c, &a, data);
}

struct job *evidence_read(struct capture *c, enum plan_id row, const char *folder, const char *name)
{
    struct job *job;

    if (evidence_stopped(c))
        return NULL;
    job = reads_job(&c->reads, row, folder, name);
    if (!job)
        return NULL;
    c->budget.inodes++;
    job->done = evidence_done;
    job->flags =
        (uint8_t)((plan_is(row, 'L') ? JOB_LINK : 0) | (plan_is(row, 'R') ? JOB_REGULAR : 0) |
                  (plan_is(row, 'T') ? JOB_TAIL : 0));
    return job;
}

void evidence_row(struct capture *c, enum plan_id row)
{
    const char *path = plan_pattern(row);

    /* Cut short for want of room, it would be read twice. */
    if (plan[row].cap_bytes > SLOT_DATA / 3 * 2)
        reads_wide(&c->reads);
    if (plan_is(row, 'S'))
        evidence_stream(c, row, path);
    else if (!evidence_read(c, row, "", path))
        evidence_note(c, path, OUTCOME_OVER_BUDGET, 0, evidence_stopped(c));
}

void evidence_begin(struct capture *c, const char *path, uint64_t n)
{
    name_member(c, path, part.name);
    part.size = n;
    part.written = 0;
    part.start_ns = clock_now_ns();
    sha256_start(&part.hash);
    tar_header(&c->out, part.name, n, clock_ns(CLOCK_REALTIME_COARSE) / NS_PER_S);
}

void evidence_part(struct capture *c, const void *bytes, size_t n)
{
    if (n > part.size - part.written)
        n = part.size - part.written;
    out_write(&c->out, bytes, n);
    sha256_add(&part.hash, bytes, n);
    part.written += n;
}

void evidence_end(struct capture *c, enum outcome outcome, const char *detail)
{
    unsigned char digest[SHA256_BYTES];
    struct attempt a = {.member = part.name,
                        .outcome = outcome,
                        .bytes = part.size,
                        .us = (uint32_t)((clock_now_ns() - part.start_ns) / 1000),
                        .sha256 = digest,
                        .detail = detail};
    static const char newlines[] = "\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n";

    while (part.written < part.size)
        evidence_part(c, newlines, sizeof(newlines) - 1);
    tar_pad(&c->out, part.size);
    sha256_end(&part.hash, digest);
    c->partial |= outcome_is_cut(outcome);
    manifest_attempt(&c->manifest, &a);
}

/* What became of a job that the caller waits for. */
static struct result waited;

static void wait_done(void *context, const struct job *job, const struct result *result,
                      const char *data)
{
    struct capture *c = context;

    waited = *result;
    if (job->kind == JOB_READ && !result->more)
        evidence_done(c, job, result, data);
    else if (job->kind != JOB_READ && job->kind != JOB_COUNT)
        evidence_part(c, data, result->length);
}

static bool wait_for(struct capture *c, enum plan_id row, const char *path, enum job_kind kind)
{
    struct job *job = evidence_read(c, row, "", path);

    if (!job)
        return false;
    job->kind = (uint8_t)kind;
    job->done = wait_done;
    reads_flush(&c->reads);
    return true;
}

void evidence_stream(struct capture *c, enum plan_id row, const char *path)
{
    enum job_kind kind = JOB_CHUNK;
    uint64_t size;

    if (!wait_for(c, row, path, JOB_READ)) {
        evidence_note(c, path, OUTCOME_OVER_BUDGET, 0, evidence_stopped(c));
        return;
    }
    if (!waited.more)
        return;
    if (!wait_for(c, row, path, JOB_COUNT) || waited.outcome != OUTCOME_OK) {
        evidence_note(c, path, OUTCOME_OVER_BUDGET, 0, "it took too long to learn its length");
        return;
    }
    size = waited.value;
    if (size > plan[row].cap_bytes)
        size = plan[row].cap_bytes;
    evidence_begin(c, path, size);
    while (part.written < size && wait_for(c, row, path, kind) && waited.outcome == OUTCOME_OK &&
           waited.length)
        kind = JOB_MORE;
    if (size == plan[row].cap_bytes)
        evidence_end(c, OUTCOME_TRUNCATED, "its head");
    else if (part.written < size)
        evidence_end(c, OUTCOME_CHANGED, "it shrank between two reads; newlines stand at its end");
    else
        evidence_end(c, OUTCOME_OK, NULL);
}
