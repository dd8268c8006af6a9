/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_COLLECT_SUMMARY_H
#define OOMSCOPE_COLLECT_SUMMARY_H

#include "capture.h"

/* Says on standard error what was captured, in one line, and what was not, in a second one. */
void summary_say(const struct capture *c, int code);

#endif
