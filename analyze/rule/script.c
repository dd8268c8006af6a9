/* SPDX-License-Identifier: MIT */
#include "rule/script.h"

#include <stdarg.h>
#include <stdio.h>

bool script_error(const struct script *script, size_t at, const char *fmt, ...)
{
    char text[200];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    struct span before = span_slice(script->text, 0, at);
    uint32_t line = script->line, column = script->column;
    for (size_t i = 0; i < before.n; i++) {
        column++;
        if (before.p[i] == '\n') {
            line++;
            column = script->indent + 1;
        }
    }
    return err_at(script->err, script->file, line, column, "%s", text);
}
