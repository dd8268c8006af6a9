/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_CLI_PRINT_H
#define OOMSCOPE_CLI_PRINT_H

#include "cli/job.h"

/* What is printed of a job that ran. */

/* The report in the format of --format; color for text on a terminal. */
void job_print(const struct job *job, enum format format, bool color, struct buf *out);
/* Colours are for terminals, and not where NO_COLOR is set to anything. */
bool print_wants_color(void);
/* The errors of main: "analyze: path:line:col: text", under the name it was called by, on standard
 * error. */
void print_error(const struct err *err);

#endif
