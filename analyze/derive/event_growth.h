/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_DERIVE_EVENT_GROWTH_H
#define OOMSCOPE_DERIVE_EVENT_GROWTH_H

#include "fact/store.h"

/* oom_tasks.growth: change of rss since the last event before in the same boot whose table shows
 * the same process (number, name and user). Rows of events must be in the order of time. */
void derive_event_growth(struct store *store);

#endif
