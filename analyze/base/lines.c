/* SPDX-License-Identifier: MIT */
#include "base/lines.h"

struct lines lines_of(struct span text)
{
    return (struct lines){.rest = text, .number = 0, .terminated = true};
}

bool lines_next(struct lines *lines, struct span *ret_line)
{
    if (lines->rest.n == 0)
        return false;
    lines->terminated = span_cut(lines->rest, '\n', ret_line, &lines->rest);
    lines->number++;
    return true;
}

struct span lines_at(struct span text, uint32_t number)
{
    struct lines lines = lines_of(text);
    struct span line;
    while (lines_next(&lines, &line))
        if (lines.number == number)
            return line;
    return SPAN_NONE;
}
