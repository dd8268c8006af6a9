/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_BASE_GLOB_H
#define OOMSCOPE_BASE_GLOB_H

#include "base/span.h"

/* Whole-text match of a pattern with '*' (any run of bytes, none included) and '?' (one byte).
 * Linear in practice, never exponential. Used by `like` in rules. */
bool glob_match(struct span text, struct span pattern);

/* Match of a member path against a path pattern of fact/schema.def. In a pattern '*' stands for a
 * run of bytes without '/', and '**' for whole components, none included. At most one '**' and two
 * '*'. ret_key gets what the first wildcard stood for: "1234" of proc/1234/status for
 * `proc/(star)/status`, and for '**' the path with a leading '/' ("/" where it stood for nothing).
 * Empty when the pattern has no wildcard. */
bool glob_path(struct span path, struct span pattern, struct span *ret_key);

#endif
