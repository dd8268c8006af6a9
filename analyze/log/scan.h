/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_LOG_SCAN_H
#define OOMSCOPE_LOG_SCAN_H

#include "base/span.h"

#include <stdint.h>

/* The fast way through the parts of a log that say nothing of memory: looks for the words that
 * every line of interest has (anchors.h), several bytes a step. */
void scan_init(void);

/* Offset of the first anchor in text, or text.n when there is none. */
size_t scan_anchor(struct span text);

uint64_t scan_count_feeds(struct span text); /* line feeds */

/* What the two above do on a processor without wide instructions: the same results. */
size_t scan_anchor_portable(struct span text);
uint64_t scan_count_feeds_portable(struct span text);

#endif
