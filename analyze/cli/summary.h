/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_CLI_SUMMARY_H
#define OOMSCOPE_CLI_SUMMARY_H

#include "cli/options.h"

/* analyze summarize FILE...: what the lines of --ndjson have in common, computed from these lines
 * alone: how many bundles and incidents, and which verdicts, hosts, cgroups, victims and causes,
 * most frequent first. As text or, with --format json, as one object. */
enum exit_code summary_run(const struct options *options, struct err *err);

#endif
