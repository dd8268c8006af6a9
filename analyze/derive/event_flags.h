/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_DERIVE_EVENT_FLAGS_H
#define OOMSCOPE_DERIVE_EVENT_FLAGS_H

#include "fact/store.h"

/* The log says only what is so: a report that names its order was not called by hand unless it is
 * -1, and one that ends with a kill neither panicked nor lacked a victim. Sets oom_events.manual,
 * panic, no_killable and group_kill to false where that follows. */
void derive_event_flags(struct store *store);

#endif
