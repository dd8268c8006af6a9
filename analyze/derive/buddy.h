/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_DERIVE_BUDDY_H
#define OOMSCOPE_DERIVE_BUDDY_H

#include "base/span.h"

/* A buddy row of Mem-Info, mm/show_mem.c __show_free_areas:
 * "1523*4kB (UME) 212*8kB (UM) 0*16kB ... 2*4096kB (M) = 9876kB"; kernels up to 3.7 print no
 * letters. */
enum { BUDDY_NONE = -1, BUDDY_UNREADABLE = -2 };

/* Highest order of which a block is free that an ordinary request may have: BUDDY_NONE when there
 * is none, BUDDY_UNREADABLE when the row is no such row. Blocks marked only H (atomic reserve), I
 * (isolated) or R (old reserve) are not for it, and C (CMA) only if it is movable. */
int buddy_largest_order(struct span row, bool movable);

#endif
