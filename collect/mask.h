/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_COLLECT_MASK_H
#define OOMSCOPE_COLLECT_MASK_H

#include "text.h"

/* Appends the arguments of /proc/PID/cmdline, each with its NUL: values of options that look like
 * secrets and credentials in URLs become "***", and an argument is cut at 256 bytes. */
void mask_arguments(struct text *t, const char *s, size_t n);

#endif
