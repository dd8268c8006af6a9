/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_PARSE_FILES_H
#define OOMSCOPE_PARSE_FILES_H

#include "parse/parse_parts.h"

/* What names of members of the older bundle begin with. */
#define OLD_PREFIX "before:"

void files_add(struct parse *parse, struct span path, struct span text, enum file_from from);

/* Chooses the tree that is read, numbers the samples, sorts the files, drops doubles, and makes
 * them members of the store. */
void files_arrange(struct parse *parse);

struct file *files_find(const struct parse *parse, struct span name);     /* or NULL */
struct file *files_of_member(const struct parse *parse, uint32_t member); /* or NULL */

void files_free(struct parse *parse);

#endif
