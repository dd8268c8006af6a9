/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_LOG_ANCHORS_H
#define OOMSCOPE_LOG_ANCHORS_H

/* Words of which at least one is in every line that begins something of interest: the one list of
 * what the fast pass looks for. */

enum { ANCHOR_SHORTEST_BYTES = 9, ANCHORS_MOST = 200 };

extern const char *const anchors[];
extern const unsigned anchors_count;

#endif
