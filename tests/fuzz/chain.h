/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_TESTS_FUZZ_CHAIN_H
#define OOMSCOPE_TESTS_FUZZ_CHAIN_H

#include "base/buf.h"
#include "bundle/limits.h"
#include "rule/rule.h"

/* The whole way of an input, for targets that look at its end: archive, members, logs, facts,
 * rules, verdict, and the three formats. What every report promises is checked: JSON that parses
 * and is plain ASCII, one line of text without a control character after the other. */

/* Bit by bit: a limit of rows, of bytes of a line, of bytes of a member, of members. */
struct limits chain_limits(uint8_t choice);

/* The built-in ones, loaded once. */
const struct ruleset *chain_rules(void);

/* The first half: facts. `before` is an older bundle of the same host, or empty. NULL where the
 * input is refused; the store lives in the arena. */
struct store *chain_read(struct span input, struct span before, const struct limits *limits,
                         struct arena *arena);

/* All of it. The JSON is appended to ret_json; nothing where the input is refused. */
void chain_run(struct span input, struct span before, const struct limits *limits,
               struct buf *ret_json);
/* The same of a folder. */
void chain_run_folder(const char *folder, struct span before, const struct limits *limits,
                      struct buf *ret_json);

#endif
