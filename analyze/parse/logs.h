/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_PARSE_LOGS_H
#define OOMSCOPE_PARSE_LOGS_H

#include "parse/parse_parts.h"

/* The member is a kernel log or a journal: by its path, or outside of any tree by its first bytes.
 * *ret_name gets the path without an enclosing folder. */
bool logs_take(const struct parse *parse, struct span path, struct span head,
               struct span *ret_name);

/* One log at a time, in pieces of any size. The digest is kept for the manifest. */
void logs_begin(struct parse *parse, struct span name);
void logs_feed(struct parse *parse, struct span piece);
void logs_end(struct parse *parse, bool cut);

const struct log_sum *logs_find(const struct parse *parse, struct span name); /* or NULL */
void logs_finish(struct parse *parse);

#endif
