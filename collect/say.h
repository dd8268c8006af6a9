/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_COLLECT_SAY_H
#define OOMSCOPE_COLLECT_SAY_H

#include <stddef.h>

/* Writes bytes to standard output. */
void say_out(const char *bytes, size_t n);
/* Writes bytes to standard error. */
void say_err(const char *bytes, size_t n);
/* "collect: what: about: errno's name\n" to standard error; about may be NULL, error 0. */
void say_error(const char *what, const char *about, int error);
/* True where all of standard output could be written so far. */
int say_failed(void);

#endif
