/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_CLI_ENDING_H
#define OOMSCOPE_CLI_ENDING_H

/* The exit status is an answer. A library that ends the program on its own (libarchive does so with
 * status 1 when it has no memory) must not give one: any end but ending_exit has status 2. */
void ending_guard(void); /* once, first thing in main */
__attribute__((noreturn)) void ending_exit(int code);

#endif
