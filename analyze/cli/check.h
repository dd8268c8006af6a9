/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_CLI_CHECK_H
#define OOMSCOPE_CLI_CHECK_H

#include "cli/options.h"

struct ruleset;

/* analyze check DIR...: every folder with an expect.yaml (DIR itself, or its direct subfolders) is
 * a case; its bundle is analysed and compared. Prints TAP or JUnit XML; 1 when a case is not as
 * expected, 3 when there is none. --update CASE rewrites expect.yaml of the cases named, by folder,
 * and is refused where CI is set in the environment. */
enum exit_code check_run(const struct options *options, const struct ruleset *rules,
                         struct err *err);

#endif
