/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_DERIVE_CROWD_H
#define OOMSCOPE_DERIVE_CROWD_H

#include "fact/store.h"

/* oom_events.crowd_*: the name that most tasks of an event's table bear (the first seen of
 * several), how many bear it and the sum of their rss. Absent unless the whole table is there. */
void derive_crowd(struct store *store);

#endif
