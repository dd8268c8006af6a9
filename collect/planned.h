/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_COLLECT_PLANNED_H
#define OOMSCOPE_COLLECT_PLANNED_H

#include "options.h"

/* --plan: prints what a capture would read and an estimate of its cost. Reads the listing of /proc,
 * meminfo and the counts of cgroups, nothing else. Returns an exit code. */
int planned_print(const struct options *o);

#endif
