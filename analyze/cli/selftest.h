/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_CLI_SELFTEST_H
#define OOMSCOPE_CLI_SELFTEST_H

#include "cli/options.h"
#include "rule/rule.h"

/* --test-rules: the tests inside the rules as TAP; they go through the parsers, as bundles do. */
enum exit_code selftest_run(const struct ruleset *rules, struct err *err);

/* --version: version, number and digest of the rules, libraries, and what the kernel confines. */
void version_write(const struct ruleset *rules, struct buf *out);

#endif
