/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_COLLECT_OPENFILES_H
#define OOMSCOPE_COLLECT_OPENFILES_H

#include "capture.h"
#include "largest.h"

/* Counts the open files of the processes and writes the table of processes. */
void openfiles_capture(struct capture *c, struct largest *l);

#endif
