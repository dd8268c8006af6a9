/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_RULE_SCRIPT_H
#define OOMSCOPE_RULE_SCRIPT_H

#include "base/err.h"
#include "base/span.h"
#include "rule/limits.h"

struct arena;

/* The text of one expression and where it stands in its file, so that an offset into it can be
 * named as line and column. */
struct script {
    struct span text;
    const char *file;
    uint32_t line, column; /* of the first character, from 1 */
    uint32_t indent;       /* columns that the file has in front of every further line */
    const struct rule_limits *limits;
    struct arena *arena;
    struct err *err;
};

/* Fills script->err with the place of offset `at`; returns false. */
bool script_error(const struct script *script, size_t at, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
