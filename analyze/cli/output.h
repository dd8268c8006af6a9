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

/* "-" is standard output. False with ERR_OUTPUT. */
bool output_open(struct output *output, const char *path, struct err *err);
/* Writes all of it and closes; a full disk or a closed pipe is an error. Does nothing without path.
 */
bool output_write(struct output *output, struct span text, struct err *err);

#endif
