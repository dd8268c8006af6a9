/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_CLI_LIST_H
#define OOMSCOPE_CLI_LIST_H

#include "cli/options.h"
#include "rule/rule.h"

/* --list-rules: lines for a person, the catalogue rules/INDEX.md as markdown, or as JSON one object
 * a line: {"id":"host-oom","kind":"scope","severity":"critical","status":"stable","title":...} */
void list_write(const struct ruleset *rules, enum format format, struct buf *out);

#endif
