/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_DERIVE_CGROUP_TREE_H
#define OOMSCOPE_DERIVE_CGROUP_TREE_H

#include "fact/store.h"

/* What the path and the ancestors of each cgroup say: cgroups.parent, depth, nearest_limit,
 * limit_owner, unit; and unaccounted, what its memory.stat does not name. */
void derive_cgroup_tree(struct store *store);

#endif
