/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_PARSE_PATH_H
#define OOMSCOPE_PARSE_PATH_H

#include "base/span.h"

#include <stdbool.h>
#include <stdint.h>

/* The path without "./" and slashes in front. Splits off the enclosing folder ("sosreport-a/",
 * empty when there is none): the part before the first component from which a known root starts.
 * False when the path holds no known root. */
bool path_split(struct span path, struct span *ret_folder, struct span *ret_name);

/* "samples/3/proc/stat" -> 3 and "proc/stat". False, and nothing written, when `dir` ("samples/")
 * is not in front of a number and a path. */
bool path_sample(struct span name, const char *dir, int32_t *ret_number, struct span *ret_path);

struct span path_last(struct span path); /* last component */

/* The text of this member goes to the log reader: dev/kmsg, var/log/messages, sos_commands/... */
bool path_is_log(struct span name);

#endif
