/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_DERIVE_EVENT_USE_H
#define OOMSCOPE_DERIVE_EVENT_USE_H

#include "fact/store.h"

/* oom_events.use_*: what filled the limit of each event, from "Memory cgroup stats" where the limit
 * was a cgroup's, from the counters of Mem-Info where it was the host's, from the node lines of
 * Mem-Info where a cpuset or a memory policy left only some nodes. Needs the mem_* sums of the
 * event. A class that the report does not print stays absent. */
void derive_event_use(struct store *store);

#endif
