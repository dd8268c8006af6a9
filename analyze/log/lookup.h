/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_LOG_LOOKUP_H
#define OOMSCOPE_LOG_LOOKUP_H

#include "log/assemble.h"

/* The report shows an event: a header, a kill, a summary, a task table or a cgroup at its limit. */
bool report_is_event(const struct report *report);

/* The row of the event that the report shows: that of the same event in another log, or a new one.
 * The same kill is the same process with the same sizes at a time that does not contradict. */
uint32_t lookup_row(struct assembler *assembler, const struct report *report);

#endif
