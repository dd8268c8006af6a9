/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_DERIVE_EVENT_SUMS_H
#define OOMSCOPE_DERIVE_EVENT_SUMS_H

#include "fact/store.h"

/* What follows from the counters of each event's Mem-Info and from its task table:
 * oom_events.mem_managed, mem_kernel_stack, mem_anon, mem_file, mem_unaccounted, tasks_* and
 * largest_*. */
void derive_event_sums(struct store *store);

#endif
