/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_DERIVE_EVENT_GFP_H
#define OOMSCOPE_DERIVE_EVENT_GFP_H

#include "fact/store.h"

/* gfp_flags of oom_events and alloc_failures for kernels before 4.6, which print the mask alone:
 * the names that its bits had in that kernel, include/linux/gfp.h. Later kernels print names, and
 * mean other things by the same bits. And alloc_failures.may_wait, by those names. */
void derive_event_gfp(struct store *store);

#endif
