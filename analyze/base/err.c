/* SPDX-License-Identifier: MIT */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void err_source(struct err *err, const char *source)
{
    if (err->source[0])
        return;
    size_t n = strlen(source), room = sizeof(err->source) - 1;
    if (n <= room)
        memcpy(err->source, source, n + 1);
    else
        snprintf(err->source, sizeof(err->source), "...%s", source + n - (room - 3));
}

bool err_set(struct err *err, enum err_code code, const char *fmt, ...)
{
    if (err->code != ERR_NONE)
        return false;
    va_list args;
    va_start(args, fmt);
    vsnprintf(err->text, sizeof(err->text), fmt, args);
    va_end(args);
    err->code = code;
    return false;
}

bool err_at(struct err *err, const char *source, uint32_t line, uint32_t column, const char *fmt,
            ...)
{
    if (err->code != ERR_NONE)
        return false;
    va_list args;
    va_start(args, fmt);
    vsnprintf(err->text, sizeof(err->text), fmt, args);
    va_end(args);
    err->code = ERR_RULE;
    err->line = line;
    err->column = column;
    err_source(err, source);
    return false;
}
