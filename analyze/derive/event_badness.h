/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_DERIVE_EVENT_BADNESS_H
#define OOMSCOPE_DERIVE_EVENT_BADNESS_H

#include "fact/store.h"

/* oom_events.badness_base and victim_rank, oom_tasks.badness and rank: mm/oom_kill.c oom_badness as
 * the kernel of the event computes it, from the columns of its task table. Absent where that kernel
 * weighed what its table does not print (before 3.6), or where an adjusted task is measured against
 * a total that the log does not say. Needs mem_managed. */
void derive_event_badness(struct store *store);

#endif
