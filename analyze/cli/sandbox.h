/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_CLI_SANDBOX_H
#define OOMSCOPE_CLI_SANDBOX_H

#include "bundle/limits.h"

/* The rights that analyze gives up once its input, rules and outputs are open, and before it reads
 * a byte of its input: it can open no file but below its input, where that is a folder, make no
 * network connection, gain no privilege, start no process, and take no more memory and time than
 * the limits say. */

/* ABI version of Landlock in the running kernel; 0 when it has none. */
int sandbox_landlock_abi(void);

/* Enters for good. `folders`: descriptors of the folders that may still be read, -1 is none. NULL,
 * or what could not be given up, for a person. A kernel without Landlock is no failure: --version
 * tells of it, and a report is worth more than none. */
const char *sandbox_enter(const struct limits *limits, const int *folders, size_t n);

#endif
