/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_COLLECT_PROCS_H
#define OOMSCOPE_COLLECT_PROCS_H

#include <stdbool.h>
#include <stdint.h>

#include "capture.h"
#include "largest.h"
#include "pids.h"
#include "shmem.h"

#define PROCS_BLOCKED 64

/* Processes seen in the first walk: the largest ones, and those that sleep uninterruptibly. */
struct procs {
    uint64_t seen;
    uint64_t captured;
    uint64_t denied;
    enum outcome outcome; /* of the listing of /proc */
    bool walk_ended;
    struct largest largest;
    uint32_t blocked_count;
    int32_t blocked[PROCS_BLOCKED];
    struct shmem_holders shmem;
    struct proc now; /* the one whose files are coming in */
    struct pids reuse;
};

/* "proc/PID" */
void procs_folder(int32_t pid, char *buffer, size_t size);
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
