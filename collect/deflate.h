/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_COLLECT_DEFLATE_H
#define OOMSCOPE_COLLECT_DEFLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gzip.h"

#define DEFLATE_MATCH_MAX 258u

/* Makes the tables; before all else here. */
void deflate_start(void);
/* Adds a literal byte (length 0) or a match of length 4 to 258 at a distance; codes a full block.
 */
void deflate_symbol(struct gzip *z, unsigned length, unsigned distance_or_literal);
/* Codes the symbols so far as a block with the shorter of dynamic and fixed codes. */
void deflate_block(struct gzip *z, bool last);
/* Writes bits, the lowest first; a byte boundary; four bytes, the lowest first. */
void deflate_bits(struct gzip *z, uint32_t value, unsigned count);
void deflate_align(struct gzip *z);
void deflate_u32(struct gzip *z, uint32_t v);

#endif
