/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_COLLECT_TMPFS_H
#define OOMSCOPE_COLLECT_TMPFS_H

#include "capture.h"

/* proc/mounts, rows of file systems that live in memory only, and the use of each tmpfs. */
void tmpfs_capture(struct capture *c);
/* Appends those rows of a mount table. */
void tmpfs_rows(struct text *t, const char *s, size_t n);

#endif
