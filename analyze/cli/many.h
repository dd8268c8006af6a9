/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_CLI_MANY_H
#define OOMSCOPE_CLI_MANY_H

#include "cli/options.h"

struct ruleset;

/* Many bundles, each in a worker process of its own; a bad one stops no other. With --ndjson one
 * line each: {"bundle":NAME,"exit":N,"verdict":{...}} or {"bundle":NAME,"exit":2,"error":TEXT};
 * else the reports one after another. Returns the worst exit code. */
enum exit_code many_run(const struct options *options, const struct ruleset *rules,
                        struct err *err);

#endif
