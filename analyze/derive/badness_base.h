/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_DERIVE_BADNESS_BASE_H
#define OOMSCOPE_DERIVE_BADNESS_BASE_H

#include "fact/store.h"

/* The memory and swap that oom_score_adj is a part of, mm/oom_kill.c constrained_alloc: computes
 * badness_base of the event where the evidence tells it. */
void badness_base(struct store *store, uint32_t event);

#endif
