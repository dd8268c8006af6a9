/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_COLLECT_TRIGGER_H
#define OOMSCOPE_COLLECT_TRIGGER_H

#include <stdbool.h>
#include <stdint.h>

#include "history.h"

/* What `collect watch` waits for. Any of the three may be missing on a host. */
struct trigger {
    int kmsg_fd; /* at the end of the log, -1 if it is refused */
    int psi_fd;  /* armed for a stall, -1 if the kernel has no triggers */
    uint64_t stall_us;
    uint64_t oom_kills;  /* last seen in vmstat */
    uint64_t stalled_us; /* last seen "some total=" */
    uint64_t stalled_ns; /* when */
    bool primed;
};

/* Arms all that this host offers; false where it offers nothing that could ever trigger. */
bool trigger_start(struct trigger *t, int root_fd, uint64_t stall_ms);
/* Waits up to timeout_ms for the log or a stall; the reason for a capture, "oom" or "stall", or
 * NULL. */
const char *trigger_wait(struct trigger *t, int root_fd, int timeout_ms);
/* Compares the counters of a new entry with those seen last; a reason or NULL. */
const char *trigger_compare(struct trigger *t, const struct history_entry *e);
/* Forgets what happened during a capture. */
void trigger_drain(struct trigger *t);

#endif
