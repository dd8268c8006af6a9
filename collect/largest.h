/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_COLLECT_LARGEST_H
#define OOMSCOPE_COLLECT_LARGEST_H

#include <stdbool.h>
#include <stdint.h>

#define LARGEST_KEPT 8192

/* What is kept of one process between the tiers. */
struct proc {
    int32_t pid;
    uint32_t rss_kib; /* 4 TiB at most; 0: kernel thread or zombie */
    uint64_t starttime_ticks;
    uint32_t open_files; /* 0: unknown */
    bool stalled;        /* a read of it passed its deadline: no more reads that take locks */
};

/* The processes with the most resident memory. There is one such list. */
struct largest {
    uint32_t count;
    struct proc top[LARGEST_KEPT]; /* a heap, the smallest first; sorted: the largest first */
};

/* Adds one; the smallest goes where there is no room. */
void largest_keep(struct largest *l, const struct proc *proc);
/* Ends adding: puts the largest first. */
void largest_sort(struct largest *l);
/* True where pid is in the list. */
bool largest_has(int32_t pid);
/* The entry of pid, NULL where it has none. */
struct proc *largest_find(struct largest *l, int32_t pid);

#endif
