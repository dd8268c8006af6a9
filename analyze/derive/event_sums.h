/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_DERIVE_EVENT_SUMS_H
#define OOMSCOPE_DERIVE_EVENT_SUMS_H

#include "fact/store.h"

/* What follows from the counters of each Mem-Info and from the task table: mem_managed,
 * mem_kernel_stack, mem_anon, mem_file, mem_unaccounted of oom_events and alloc_failures, and
 * oom_events.tasks_* and largest_*. */
void derive_event_sums(struct store *store);

#endif
