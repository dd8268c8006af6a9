/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_LOG_SCAN_WIDE_H
#define OOMSCOPE_LOG_SCAN_WIDE_H

#include "base/span.h"

#include <stdint.h>

/* Private to scan.c: 32 bytes a step, where the processor has AVX2. */
bool scan_wide_init(void); /* false where it has not: the others must not be called then */
/* The first anchor, where it begins before *ret_seen; none begins before it else, and from there on
 * the text is left to the portable search. */
size_t scan_wide_anchor(struct span text, size_t *ret_seen);
/* Line feeds before *ret_seen; fewer than 32 bytes are left. */
uint64_t scan_wide_count_feeds(struct span text, size_t *ret_seen);

#endif
