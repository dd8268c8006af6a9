/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_COLLECT_SPAWN_H
#define OOMSCOPE_COLLECT_SPAWN_H

#include <stdbool.h>

#include "reads.h"

/* Forks the process that reads, on r->shared; false where none could be started. */
bool spawn_helper(struct reads *r);
/* Kills it; false where it did not go and was left behind. */
bool spawn_kill(struct reads *r);

#endif
