/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_COLLECT_WATCH_H
#define OOMSCOPE_COLLECT_WATCH_H

#include "capture.h"

/* `collect watch`: waits for trouble and captures, again and again, until a signal comes. c has its
 * options and pseudonyms set. Returns an exit code. */
int watch_run(struct capture *c);

#endif
