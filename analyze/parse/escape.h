/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_PARSE_ESCAPE_H
#define OOMSCOPE_PARSE_ESCAPE_H

#include "base/span.h"

struct arena;

/* fs/seq_file.c mangle_path: blanks, tabs, line feeds and backslashes of paths as \040 and so on.
 * The same bytes when there is nothing to decode, else a copy in the arena. */
struct span octal_decode(struct span s, struct arena *arena);

#endif
