/* SPDX-License-Identifier: MIT */
#include "parse/formats.h"

#include "base/lines.h"
#include "base/num.h"
#include "parse/parse_parts.h"
#include "parse/value.h"

/* mm/vmstat.c vmstat_text: "allocstall 12" until 4.9, since then a counter a zone:
 *   allocstall_dma 0
 *   allocstall_normal 12
 * whose sum is said by each of these lines. */
static bool stall_line(struct span line, int64_t *ret_number)
{
    struct span key, value;
    return span_starts(line, "allocstall") && span_cut(line, ' ', &key, &value) &&
           num_i64(value, ret_number);
}

static void put_stalls(struct reading *r)
{
    struct lines lines = lines_of(r->file->text);
    struct span line;
    int64_t number, sum = 0;
    while (lines_next(&lines, &line))
        if (stall_line(line, &number) &&
            (!lines.terminated || __builtin_add_overflow(sum, number, &sum)))
            return;
    lines = lines_of(r->file->text);
    while (lines_next(&lines, &line))
        if (stall_line(line, &number))
            value_put(r, F_vmstat_allocstall, (struct value){.state = VALUE_OK, .number = sum},
                      lines.number, SPAN_LIT("allocstall"));
}

void vmstat_read(struct reading *r, const struct group *group)
{
    keyed_read(r, group);
    put_stalls(r);
}
