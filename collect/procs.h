/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_COLLECT_PROCS_H
#define OOMSCOPE_COLLECT_PROCS_H

#include <stdbool.h>
#include <stdint.h>

#include "capture.h"
#include "pids.h"

#define PROCS_KEPT    8192
#define PROCS_BLOCKED 64

/* What is kept of one process between the tiers. */
struct proc {
    int32_t pid;
    uint32_t rss_kib; /* 4 TiB at most; 0: kernel thread or zombie */
    uint64_t starttime_ticks;
    uint32_t open_files; /* 0: unknown */
    bool stalled;        /* a read of it passed its deadline: no more reads that take locks */
};

/* Processes seen in the first walk: the largest ones, and those that sleep uninterruptibly. */
struct procs {
    uint64_t seen;
    uint64_t captured;
    uint64_t denied;
    bool listed; /* there is a /proc */
    bool walk_ended;
    uint32_t kept;
    struct proc top[PROCS_KEPT]; /* a heap, smallest first; after procs_rollups largest first */
    uint32_t blocked_count;
    int32_t blocked[PROCS_BLOCKED];
    struct proc now; /* the one whose files are coming in */
    struct pids reuse;
};

/* Walks /proc: the cheap files of every process, and the line of the table. */
void procs_capture(struct capture *c, struct procs *p);
/* wchan and stack of tasks in D, then smaps_rollup of all, by RSS, within the lock budget. */
void procs_rollups(struct capture *c, struct procs *p);
/* The rest of the files of every process, the counts of open files. */
void procs_rest(struct capture *c, struct procs *p);
/* numa_maps and smaps of the n largest. */
void procs_largest(struct capture *c, struct procs *p, uint64_t n);
/* The moving files of the largest, for a sample. */
void procs_sample(struct capture *c, struct procs *p);

#endif
