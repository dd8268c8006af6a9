/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_DERIVE_EVENT_REPEAT_H
#define OOMSCOPE_DERIVE_EVENT_REPEAT_H

#include "fact/store.h"

/* oom_events.repeat and previous_gap: how often the same limit (scope and cgroup) was hit before in
 * the same boot, as far as the logs show, and how long ago. Rows must be in the order of time. */
void derive_event_repeat(struct store *store);

#endif
