/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_PARSE_ROWS_H
#define OOMSCOPE_PARSE_ROWS_H

#include "parse/group.h"
#include "parse/parse_parts.h"

/* Finds or makes the row that a file speaks of. In a sample, no row is made but those of the table
 * of samples. False when the file speaks of nothing that is known (proc/self/status, a process that
 * is gone, a pid that another process took). */
bool rows_open(struct reading *r, const struct group *group);

#endif
