/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_DERIVE_GROWTH_H
#define OOMSCOPE_DERIVE_GROWTH_H

#include "fact/store.h"

/* How each process and each cgroup moved over its samples: processes.*_growth, growth_rate,
 * growth_steady, growth_flat, and the like of cgroups. */
void derive_growth(struct store *store);

#endif
