/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_DERIVE_EVENT_GFP_H
#define OOMSCOPE_DERIVE_EVENT_GFP_H

#include "fact/store.h"

/* oom_events.gfp_flags for kernels before 4.6, which print the mask alone: the names that its bits
 * had in that kernel, include/linux/gfp.h. Later kernels print names, and mean other things by the
 * same bits. */
void derive_event_gfp(struct store *store);

#endif
