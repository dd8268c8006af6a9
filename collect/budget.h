/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_COLLECT_BUDGET_H
#define OOMSCOPE_COLLECT_BUDGET_H

#include <stdint.h>

#include "options.h"

/* A dentry and an inode of procfs or cgroupfs, kept by the kernel until reclaim. */
#define BUDGET_INODE_BYTES 888u
/* smaps_rollup walks a process's page tables at about 12 ms a GB, with its mmap lock held. */
#define BUDGET_LOCK_US_PER_MIB 12u

#define BUDGET_WHOLE 16u

/* What the capture may cost the host, and what it did cost. */
struct budget {
    uint64_t start_ns;
    uint64_t wall_ns;
    uint64_t waited_ns; /* between samples: not counted */
    uint64_t tar_bytes;
    uint64_t inodes, inodes_max;
    uint64_t lock_us, lock_max_us;
    unsigned share; /* parts of BUDGET_WHOLE that may be used for now */
};

/* Starts the clock; memory_bytes is the host's, for the default of the slab budget. */
void budget_start(struct budget *b, const struct options *o, uint64_t memory_bytes);
/* NULL while all of time, bytes and inodes is within the share of its budget, else which is used up
 * and the option that raises it. */
const char *budget_spent(const struct budget *b, uint64_t tar_bytes);
/* Raises each budget by what the few files of a last look cost. */
void budget_grace(struct budget *b);
/* Books a walk over the page tables of so much resident memory; how it would overdraw, or NULL. */
const char *budget_lock(struct budget *b, uint64_t rss_kib, uint64_t *ret_us);

#endif
