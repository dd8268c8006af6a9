/* SPDX-License-Identifier: MIT */
#include "parse/formats.h"

#include "base/arena.h"
#include "base/lines.h"
#include "parse/escape.h"
#include "parse/parse_parts.h"
#include "parse/observe.h"
#include "parse/tables.h"
#include "parse/value.h"

/* mm/swapfile.c swap_show, sizes in KiB, blanks in the path as \040:
 *   Filename				Type		Size		Used		Priority
 *   /dev/dm-1                               partition	1003516		256		-2 */
static bool read_row(struct reading *r, struct span line, uint32_t at)
{
    struct span name = octal_decode(span_word(&line), store_arena(r->store));
    struct span type = span_word(&line), size = span_word(&line), used = span_word(&line);
    struct span priority = span_word(&line);
    if (priority.n == 0 || span_word(&line).n != 0)
        return false;
    struct where where = place(r, at);
    if (store_row_find(r->store, T_swaps, name) != ROW_NONE)
        return false;
    uint32_t row = store_row_by_key(r->store, T_swaps, name, where);
    store_set_text(r->store, F_swaps_type, row, type, where);
    struct value sizes[3] = {value_read(r->parse, UNIT_KIB, size, false),
                             value_read(r->parse, UNIT_KIB, used, false),
                             value_read(r->parse, UNIT_ONE, priority, false)};
    value_put_row(r, F_swaps_size, row, sizes[0], at);
    value_put_row(r, F_swaps_used, row, sizes[1], at);
    value_put_row(r, F_swaps_priority, row, sizes[2], at);
    store_set(r->store, F_swaps_is_zram, row, span_starts(name, "/dev/zram"), where);
    return sizes[0].state == VALUE_OK && sizes[1].state == VALUE_OK && sizes[2].state == VALUE_OK;
}

void swaps_read(struct reading *r, const struct group *group)
{
    (void)group;
    struct lines lines = lines_of(r->file->text);
    struct span line;
    bool whole = lines_next(&lines, &line) && span_starts(line, "Filename") && lines.terminated;
    while (whole && lines_next(&lines, &line))
        if (!lines.terminated || !read_row(r, line, lines.number)) {
            whole = false;
            observe(r->store, OBS_MALFORMED, place(r, lines.number), "not a row of swaps",
                    SPAN_NONE);
        }
    if (lines.number <= 1 && !whole)
        observe(r->store, OBS_MALFORMED, place(r, 1), "not the header of swaps", SPAN_NONE);
    table_done(r, T_swaps, 0, whole);
}
