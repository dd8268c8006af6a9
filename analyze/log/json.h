/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_LOG_JSON_H
#define OOMSCOPE_LOG_JSON_H

#include "base/buf.h"

#include <stdbool.h>

/* Just enough JSON for a log line: an object whose members are strings, numbers or arrays of
 * numbers. Streaming logs cannot wait for a whole document. */

/* Eats the next `"key": value` of an object from *s ('{' and ',' before it included). Values are
 * returned as they stand, strings with their quotes. False at the end and on malformed text. */
bool json_member(struct span *s, struct span *ret_key, struct span *ret_value);
/* Appends what a value says: a string unescaped, an array of byte values as bytes, anything else as
 * it stands. False, with nothing appended, when it is malformed. */
bool json_text(struct span value, struct buf *out);

#endif
