/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_CLI_SANDBOX_H
#define OOMSCOPE_CLI_SANDBOX_H

#include "bundle/limits.h"

/* The rights that analyze gives up once its input, rules and outputs are open: it can open no file
 * but below `folder` (reading; "" or NULL: nowhere), make no network connection, gain no privilege,
 * and take no more memory and time than the limits say. */

/* ABI version of Landlock in the running kernel; 0 when it has none. */
int sandbox_landlock_abi(void);

/* Enters for good. What the kernel cannot do is left out: a report is worth more than none. The
 * folder is only needed where the input is a directory. */
void sandbox_enter(const struct limits *limits, const char *folder);

#endif
