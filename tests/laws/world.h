/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_TESTS_WORLD_H
#define OOMSCOPE_TESTS_WORLD_H

#include "laws.h"

struct buf;

/* Random small stores and random expressions over them. Numbers are small, so that comparisons go
 * either way, and facts are absent, unlimited or computed often. */
struct store *world_new(struct rng *rng, struct arena *arena);
/* The text of a random rule with the id "random". */
void world_rule(struct rng *rng, struct buf *out);

#endif
