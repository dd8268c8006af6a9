/* SPDX-License-Identifier: MIT */
#include "listing.h"
#include "evidence.h"

#include <string.h>

static struct listing *waiting; /* the one whose next piece comes in */

/* It is noted once, and never listed again. */
static void note_stuck(struct capture *c, enum outcome outcome)
{
    struct shared *shared = c->reads.shared;
    unsigned i = 0;

    while (i < WALK_AVOIDED && shared->avoid[i])
        i++;
    if (i < WALK_AVOIDED)
        shared->avoid[i] = text_hash(shared->walking);
    c->partial = true;
    evidence_note(c, shared->walking, outcome, 0,
                  outcome == OUTCOME_TIMEOUT
                      ? "its listing was killed at the deadline"
                      : "its listing was left behind: it could not be killed");
}

static void take_piece(void *context, const struct job *job, const struct result *result,
                       const char *data)
{
    struct capture *c = context;
    struct listing *l = waiting;

    (void)job;
    l->outcome = result->outcome;
    l->error = result->error;
    l->more = result->more;
    l->fill = result->length;
    memcpy(l->buffer, data, l->fill);
    l->stuck = !l->error && (l->outcome == OUTCOME_TIMEOUT || l->outcome == OUTCOME_ABANDONED);
    if (l->stuck)
        note_stuck(c, l->outcome);
}

static void ask(struct capture *c, struct listing *l)
{
    struct job *job = evidence_read(c, PLAN_LOG_KERN, "", l->path);

    l->at = l->fill = 0;
    l->more = l->stuck = false;
    l->outcome = OUTCOME_OVER_BUDGET;
    if (!job)
        return;
    job->kind = JOB_WALK;
    job->flags = l->flat ? JOB_FLAT : 0;
    job->cap_bytes = l->size;
    job->expect = l->given;
    job->done = take_piece;
    waiting = l;
    reads_flush(&c->reads);
}

/* Asks again past a folder that is stuck, until too many were. */
static bool refill(struct capture *c, struct listing *l)
{
    do
        ask(c, l);
    while (l->stuck && !l->flat && reads_is_open(&c->reads, COST_DISK));
    return l->outcome == OUTCOME_OK;
}

bool listing_open(struct capture *c, struct listing *l, const char *path, bool flat, char *buffer,
                  uint32_t size)
{
    *l = (struct listing){.path = path, .flat = flat, .buffer = buffer, .size = size};
    return refill(c, l);
}

const char *listing_next(struct capture *c, struct listing *l)
{
    const char *record;

    if (l->at == l->fill && (!l->more || !refill(c, l) || !l->fill))
        return NULL;
    record = l->buffer + l->at;
    l->at += (uint32_t)strlen(record) + 1;
    l->given++;
    return record;
}
