/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_COLLECT_PIDS_H
#define OOMSCOPE_COLLECT_PIDS_H

#include <stdbool.h>
#include <stdint.h>

#include "capture.h"

/*
 * Whether a pid may have been given to another process since the walk began. The kernel gives pids
 * in a circle: only those between the last one given then and the last one given now can be new,
 * so that a starttime must be read again for these alone.
 */
struct pids {
    uint64_t start_ns;
    uint64_t last_then, last_now;
    uint64_t limit; /* pid_max */
    uint64_t batch; /* of results, for which last_now was read */
};

/* Notes the last pid given, before the first process is read. */
void pids_start(struct pids *p, const struct capture *c);
/* False where pid cannot have been given again since. */
bool pids_may_be_new(struct pids *p, const struct capture *c, int32_t pid);
/* True while pid is still the process that started at starttime_ticks; asked after its file was
 * read, while the result is given out. */
bool pids_is_same(struct pids *p, const struct capture *c, int32_t pid, uint64_t starttime_ticks);
/* Remembers that the walk saw pid, until the next pids_start. */
void pids_see(int32_t pid);
/* The next pid above this one that the walk saw, -1 behind the last. A process that is younger has
 * no row in the tables. */
int32_t pids_next(int32_t pid);

#endif
