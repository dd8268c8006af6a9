/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_CLI_OUTPUT_H
#define OOMSCOPE_CLI_OUTPUT_H

#include "base/err.h"
#include "base/span.h"

/* A file that a report goes to. Opened before rights are given up, and emptied only when there is a
 * report to write: a run that fails leaves the old one. */
struct output {
    const char *path; /* NULL: nothing goes there */
    int fd;
};

/* Puts something into the places of standard streams that are closed, so that no input or report
 * takes them; reading and writing these fails as before. First of all. */
void output_hold_streams(void);

/* "-" is standard output. False with ERR_OUTPUT. */
bool output_open(struct output *output, const char *path, struct err *err);
/* Whether an open output is this very file, by whatever name; "-" is standard input. Only regular
 * files can be: a terminal is read and written. */
bool output_is_file(const struct output *output, const char *path);
bool output_is_output(const struct output *a, const struct output *b);
/* Writes all of it and closes; a full disk or a closed pipe is an error. Does nothing without path.
 */
bool output_write(struct output *output, struct span text, struct err *err);

#endif
