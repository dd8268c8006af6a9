/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_CLI_SUMMARY_H
#define OOMSCOPE_CLI_SUMMARY_H

#include "base/buf.h"
#include "cli/options.h"

#include <stdio.h>

/* analyze summarize FILE...: what the lines of --ndjson have in common, computed from these lines
 * alone: how many bundles and incidents, and which verdicts, hosts, cgroups, victims and causes,
 * most frequent first. As text or, with --format json, as one object. */
enum exit_code summary_run(const struct options *options, struct err *err);
/* The same of one stream; leaves it open. False with the line in err. */
bool summary_stream(FILE *file, enum format format, struct buf *out, struct err *err);

#endif
