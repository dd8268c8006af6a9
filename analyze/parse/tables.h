/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_PARSE_TABLES_H
#define OOMSCOPE_PARSE_TABLES_H

#include "parse/parse_parts.h"

/* A table that one file holds was read: complete when all of the file is there and each of its rows
 * was understood. */
void table_done(const struct reading *r, enum table_id table, uint32_t parent_row,
                bool all_understood);

/* Tables of one folder a row, and those the manifest speaks of; puts rows in their natural order.
 */
void tables_finish(struct parse *parse);

#endif
