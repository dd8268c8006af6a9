/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_COLLECT_SHMEM_H
#define OOMSCOPE_COLLECT_SHMEM_H

#include "capture.h"
#include "largest.h"

/* Processes with the most shared memory mapped. */
#define SHMEM_HOLDERS 16

struct shmem_holders {
    uint32_t count;
    struct proc top[SHMEM_HOLDERS]; /* largest first; rss_kib: RssShmem */
};

/* Keeps proc where it is one of the largest. */
void shmem_keep(struct shmem_holders *h, const struct proc *proc);
/* Writes collect/shmem_files.jsonl: the nameless files in memory that these hold open; where the
 * host has much shared memory, those of the largest processes too. */
void shmem_capture(struct capture *c, const struct shmem_holders *h, const struct largest *l);
/* The helper's side, JOB_SHMEM: path is a process's folder fd. */
void shmem_list(int root_fd, const char *path, uint32_t most, char *data, uint32_t room,
                struct result *ret);

#endif
