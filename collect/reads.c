/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "reads.h"
#include "clock.h"
#include "host.h"
#include "outcome.h"
#include "spawn.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define RESTARTS_MAX  8
#define ABANDONED_MAX 10 /* no host is to fill up with processes that cannot be killed */
#define PATIENCE      10 /* deadlines that a read may take while it has no processor */

static struct shared *map_shared(void)
{
    void *p = mmap(NULL, sizeof(struct shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                   -1, 0);

    return p == MAP_FAILED ? NULL : p;
}

static void clear_slot(struct reads *r, unsigned number)
{
    struct slot *s = &r->shared->slots[number];

    s->count = s->first = s->paths_used = 0;
    s->data = number * SLOT_DATA;
    s->data_bytes = SLOT_DATA;
}

bool reads_start(struct reads *r, int root_fd, bool confined, uint32_t deadline_ms, void *context,
                 const volatile sig_atomic_t *stop)
{
    memset(r, 0, sizeof(*r));
    r->root_fd = root_fd;
    r->confined = confined;
    r->deadline_ms = deadline_ms;
    r->context = context;
    r->stop = stop;
    for (int i = 0; i < COST_COUNT; i++)
        r->stalls_max[i] = READS_STALLS_MAX;
    /* Statistics of one subtree that take this long will take as long for the next. */
    r->stalls_max[COST_RSTAT] = 1;
    r->shared = map_shared();
    if (!r->shared)
        return false;
    clear_slot(r, 0);
    clear_slot(r, 1);
    return spawn_helper(r);
}

/* The one who was killed may still write into the memory when its read returns at last: it keeps
 * that memory, and everybody else moves to a new one. */
static bool move_out(struct reads *r)
{
    struct shared *fresh = map_shared();

    if (!fresh)
        return false;
    memcpy(fresh, r->shared, offsetof(struct shared, data));
    munmap(r->shared, sizeof(*r->shared));
    r->shared = fresh;
    return true;
}

static void give(struct reads *r, struct slot *s, uint32_t i)
{
    const struct job *job = &s->jobs[i];
    const struct result *result = &s->results[i];

    if (result->us > r->slowest_us) {
        const char *path = s->paths + job->path;
        size_t len = strlen(path);

        r->slowest_us = result->us;
        memcpy(r->slowest, path, len < sizeof(r->slowest) ? len + 1 : sizeof(r->slowest) - 1);
    }
    job->done(r->context, job, result, r->shared->data + s->data + result->offset);
}

static void give_until(struct reads *r, struct slot *s, uint32_t end)
{
    r->batch++;
    while (s->first < end)
        give(r, s, s->first++);
}

static bool send_slot(struct reads *r, unsigned number)
{
    struct slot *s = &r->shared->slots[number];
    uint64_t token = number + 1;

    atomic_store(&s->started_ns, 0);
    atomic_store(&s->finished, s->first);
    for (uint32_t i = s->first; i < s->count; i++)
        if (!reads_is_open(r, s->jobs[i].cost))
            s->jobs[i].kind = JOB_SKIP;
    return r->helper && write(r->to_helper, &token, sizeof(token)) == sizeof(token);
}

/* Ends job at with an outcome of the parent's making, unless it was finished after all. */
static void fail_job(struct reads *r, struct slot *s, uint32_t at, struct result result)
{
    give_until(r, s, atomic_load(&s->finished));
    if (s->first <= at && s->first < s->count) {
        s->results[s->first] = result;
        give(r, s, s->first++);
    }
}

/* The rest of the slot has no one to read it. */
static void fail_rest(struct reads *r, struct slot *s)
{
    while (s->first < s->count) {
        s->results[s->first] = (struct result){.outcome = OUTCOME_OVER_BUDGET};
        give(r, s, s->first++);
    }
}

/* The read in work passed its deadline. */
static void stall(struct reads *r, unsigned number, uint32_t us)
{
    struct slot *s = &r->shared->slots[number];
    uint32_t at = atomic_load(&s->at);
    bool killed = spawn_kill(r);

    r->stalls[s->jobs[at].cost]++;
    /* Results that were finished are read before the memory is left. */
    fail_job(r, s, at,
             (struct result){.outcome = killed ? OUTCOME_TIMEOUT : OUTCOME_ABANDONED, .us = us});
    if (!killed && (r->abandoned >= ABANDONED_MAX || !move_out(r)))
        return;
    spawn_helper(r);
}

/* The helper died: the OOM killer took it, perhaps. */
static void revive(struct reads *r, unsigned number)
{
    struct slot *s = &r->shared->slots[number];

    spawn_kill(r);
    fail_job(r, s, atomic_load(&s->finished),
             (struct result){.outcome = OUTCOME_ERROR, .error = ECHILD});
    if (++r->restarts <= RESTARTS_MAX)
        spawn_helper(r);
}

/* Milliseconds until the read in work is overdue, 0 when it is; *ret_us = how long it takes. */
static int time_left(const struct slot *s, uint32_t *ret_us)
{
    uint64_t started = atomic_load(&s->started_ns);
    uint32_t at = atomic_load(&s->at);
    uint64_t took, limit;

    *ret_us = 0;
    if (!started || at >= s->count)
        return 20;
    took = clock_now_ns() - started;
    limit = s->jobs[at].deadline_ms * NS_PER_MS;
    *ret_us = (uint32_t)(took / 1000);
    return took >= limit ? 0 : (int)((limit - took) / NS_PER_MS) + 1;
}

enum wait_result { WAIT_TOKEN, WAIT_OVERDUE, WAIT_DEAD, WAIT_STOPPED };

static enum wait_result wait_helper(struct reads *r, const struct slot *s, uint32_t *ret_us)
{
    struct pollfd p[2] = {{.fd = r->from_helper, .events = POLLIN}, {.fd = r->alive}};
    uint64_t token;

    for (;;) {
        int left = time_left(s, ret_us), n;

        /* A read that only waits for a processor is not stuck. */
        if (left == 0 && *ret_us < PATIENCE * 1000ull * s->jobs[atomic_load(&s->at)].deadline_ms &&
            host_is_running(r->helper))
            left = 20;
        n = poll(p, 2, left);
        if (*r->stop)
            return WAIT_STOPPED;
        if (n > 0 && p[0].revents & POLLIN)
            return read(r->from_helper, &token, sizeof(token)) > 0 ? WAIT_TOKEN : WAIT_DEAD;
        if (n > 0)
            return WAIT_DEAD;
        if (n == 0 && left == 0)
            return WAIT_OVERDUE;
    }
}

/* Waits until each job of the slot has its result; those of an interrupted slot are given out. */
static void wait_slot(struct reads *r, unsigned number)
{
    uint32_t us;

    for (;;) {
        struct slot *s = &r->shared->slots[number];

        switch (r->helper ? wait_helper(r, s, &us) : WAIT_STOPPED) {
        case WAIT_TOKEN:
            if (atomic_load(&s->finished) == s->count)
                return;
            give_until(r, s, atomic_load(&s->finished));
            break;
        case WAIT_OVERDUE:
            stall(r, number, us);
            break;
        case WAIT_DEAD:
            revive(r, number);
            break;
        case WAIT_STOPPED:
            spawn_kill(r);
            give_until(r, s, atomic_load(&s->finished));
            fail_rest(r, s);
            return;
        }
        if (r->shared->slots[number].first == r->shared->slots[number].count)
            return;
        send_slot(r, number);
    }
}

static void finish_slot(struct reads *r, unsigned number)
{
    struct slot *s = &r->shared->slots[number];

    give_until(r, s, s->count);
    clear_slot(r, number);
}

/* Hands the filled slot over; then, while the helper works, gives out the results of the other. */
static void submit(struct reads *r)
{
    unsigned number = r->filling;

    if (r->in_flight)
        wait_slot(r, 1 - number);
    if (r->shared->slots[1 - number].data_bytes > SLOT_DATA) /* its data is in the way */
        finish_slot(r, 1 - number);
    send_slot(r, number);
    finish_slot(r, 1 - number);
    r->in_flight = true;
    r->filling = 1 - number;
}

void reads_flush(struct reads *r)
{
    if (!r->shared)
        return;
    if (r->shared->slots[r->filling].count)
        submit(r);
    if (r->in_flight) {
        wait_slot(r, 1 - r->filling);
        r->in_flight = false;
        finish_slot(r, 1 - r->filling);
    }
    r->filling = 0; /* both are empty */
}

void reads_wide(struct reads *r)
{
    if (!r->shared)
        return;
    reads_flush(r);
    r->shared->slots[r->filling].data = 0;
    r->shared->slots[r->filling].data_bytes = sizeof(r->shared->data);
}

struct job *reads_job(struct reads *r, enum plan_id row, const char *folder, const char *name)
{
    size_t folder_len = strlen(folder), name_len = strlen(name);
    size_t need = folder_len + 1 + name_len + 1;
    struct slot *s;
    struct job *job;
    char *path;

    if (!r->helper || *r->stop || need > SLOT_PATHS)
        return NULL;
    s = &r->shared->slots[r->filling];
    if (s->count == SLOT_JOBS || s->paths_used + need > SLOT_PATHS) {
        submit(r);
        s = &r->shared->slots[r->filling];
    }
    job = &s->jobs[s->count++];
    path = s->paths + s->paths_used;
    memcpy(path, folder, folder_len);
    if (folder_len)
        path[folder_len++] = '/';
    path[folder_len + name_len] = '\0';
    memcpy(path + folder_len, name, name_len);
    *job = (struct job){.kind = JOB_READ,
                        .cost = plan[row].cost,
                        .row = (uint16_t)row,
                        .path = (uint16_t)s->paths_used,
                        .name = (uint16_t)folder_len,
                        .cap_bytes = plan[row].cap_bytes,
                        .deadline_ms = r->deadline_ms};
    s->paths_used += (uint32_t)(folder_len + name_len + 1);
    return job;
}

bool reads_is_open(const struct reads *r, enum plan_cost cost)
{
    return r->stalls[cost] < r->stalls_max[cost];
}

const char *reads_path(const struct reads *r, const struct job *job)
{
    for (int i = 0; i < 2; i++)
        if (job >= r->shared->slots[i].jobs && job < r->shared->slots[i].jobs + SLOT_JOBS)
            return r->shared->slots[i].paths + job->path;
    return "";
}

void reads_stop(struct reads *r)
{
    spawn_kill(r);
}
