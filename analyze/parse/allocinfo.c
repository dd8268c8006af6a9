/* SPDX-License-Identifier: MIT */
#include "parse/formats.h"

#include "base/lines.h"
#include "base/num.h"
#include "parse/parse_parts.h"
#include "parse/observe.h"
#include "parse/tables.h"
#include "parse/value.h"

/* lib/alloc_tag.c allocinfo_show: size, calls, "file:line", optional "[module]", "func:name":
 *       12288        3 mm/slub.c:2319 func:alloc_slab_page
 * Sites of nothing are left out: a kernel has some ten thousand sites. */
static bool read_row(struct reading *r, struct span line, uint32_t at, bool *ret_any)
{
    int64_t bytes, calls;
    if (!num_i64(span_word(&line), &bytes) || !num_i64(span_word(&line), &calls) || bytes < 0)
        return false;
    struct span site = span_trim(line);
    *ret_any = true;
    if (bytes == 0)
        return true;
    if (site.n == 0 || store_row_find(r->store, T_allocations, site) != ROW_NONE)
        return site.n != 0;
    uint32_t row = store_row_by_key(r->store, T_allocations, site, place(r, at));
    store_set(r->store, F_allocations_bytes, row, bytes, place(r, at));
    store_set(r->store, F_allocations_calls, row, calls, place(r, at));
    return true;
}

void allocinfo_read(struct reading *r, const struct group *group)
{
    (void)group;
    struct lines lines = lines_of(r->file->text);
    struct span line;
    bool whole = true, any = false;
    while (lines_next(&lines, &line)) {
        if (span_starts(line, "allocinfo - version:") || span_starts(line, "#"))
            continue;
        if (lines.terminated && read_row(r, line, lines.number, &any))
            continue;
        whole = false;
        observe(r->store, OBS_MALFORMED, place(r, lines.number), "not a row of allocinfo",
                SPAN_NONE);
    }
    table_done(r, T_allocations, 0, whole && any);
}
