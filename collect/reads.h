/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_COLLECT_READS_H
#define OOMSCOPE_COLLECT_READS_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "helper.h"
#include "plan.h"

/* Stalls after which no more of a class of cost is read. */
#define READS_STALLS_MAX 8

/* The parent's side of the helper: one slot is filled while the helper works on the other. */
struct reads {
    struct shared *shared;
    void *context; /* given to each job_done */
    int root_fd;
    bool confined;
    uint32_t deadline_ms; /* of a job that is given no other */
    pid_t helper;         /* 0: none could be started */
    int to_helper, from_helper, alive;
    unsigned filling;   /* slot in which jobs are put */
    bool in_flight;     /* the helper has the other one */
    uint64_t batch;     /* counts the times that results are given out */
    unsigned restarts;  /* of helpers that died by themselves */
    uint32_t abandoned; /* helpers that could not be killed */
    uint32_t stalls[COST_COUNT];
    uint32_t stalls_max[COST_COUNT];
    uint32_t slowest_us;
    char slowest[256];
    const volatile sig_atomic_t *stop; /* set by a signal: no more reads */
};

/* Maps the shared memory and forks the helper; false with errno where there is no memory for it. */
bool reads_start(struct reads *r, int root_fd, bool confined, uint32_t deadline_ms, void *context,
                 const volatile sig_atomic_t *stop);
/* A new job for the file folder/name, filled but for done, pid, expect and flags; NULL where no
 * more is read (a signal, no helper) or the path is too long. It counts from the next call on. */
struct job *reads_job(struct reads *r, enum plan_id row, const char *folder, const char *name);
/* Gives the next job alone the data of both slots. */
void reads_wide(struct reads *r);
/* Sends what is put together, waits for all and gives all results out. */
void reads_flush(struct reads *r);
/* True while files of this class are read: too many stalls close it. */
bool reads_is_open(const struct reads *r, enum plan_cost cost);
/* The path of a job that is given out. */
const char *reads_path(const struct reads *r, const struct job *job);
/* Ends the helper. */
void reads_stop(struct reads *r);

#endif
