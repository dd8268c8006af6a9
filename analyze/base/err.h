/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_BASE_ERR_H
#define OOMSCOPE_BASE_ERR_H

#include <stdbool.h>
#include <stdint.h>

/* "Cannot do the job". The callee fills it; the first error wins; main alone prints it. Odd
 * evidence is not an error but an observation (fact/store.h). */
enum err_code { ERR_NONE, ERR_INPUT, ERR_RULE, ERR_USAGE, ERR_OUTPUT };

struct err {
    enum err_code code;
    uint32_t line, column; /* 0 = not known */
    char source[96];       /* what was read; a long path keeps its tail behind "..." */
    char text[256];
};

/* Fills err unless it holds an error already, and returns false, so that callers can `return
 * err_set(...)`. */
bool err_set(struct err *err, enum err_code code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
bool err_at(struct err *err, const char *source, uint32_t line, uint32_t column, const char *fmt,
            ...) __attribute__((format(printf, 5, 6))); /* as err_set with ERR_RULE and a place */
void err_source(struct err *err,
                const char *source); /* names the source of an error that has none yet */

#endif
