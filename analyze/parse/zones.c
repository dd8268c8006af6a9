/* SPDX-License-Identifier: MIT */
#include "parse/formats.h"

#include "base/arena.h"
#include "base/lines.h"
#include "base/num.h"
#include "parse/parse_parts.h"
#include "parse/observe.h"
#include "parse/tables.h"
#include "parse/value.h"

/* "Node 0, zone      DMA" -> row "0/DMA"; eats the head of the line. ROW_NONE when it is no such
 * line. */
static uint32_t zone_row(struct reading *r, struct span *line, uint32_t at)
{
    uint64_t node;
    struct span rest = *line;
    if (!span_eat(&rest, "Node ") || !num_eat_u64(&rest, &node) || node > 4096 ||
        !span_eat(&rest, ", zone"))
        return ROW_NONE;
    struct span name = span_word(&rest);
    if (name.n == 0 || name.n > 16)
        return ROW_NONE;
    *line = rest;
    struct where where = place(r, at);
    struct span key = span_of(
        arena_printf(store_arena(r->store), "%u/" SPAN_FMT, (unsigned)node, SPAN_ARG(name)));
    uint32_t row = store_row_by_key(r->store, T_zones, key, where);
    if (store_fact(r->store, F_zones_node, row).state == FACT_ABSENT) {
        store_set(r->store, F_zones_node, row, (int64_t)node, where);
        store_set_text(r->store, F_zones_name, row, name, where);
    }
    return row;
}

/* mm/vmstat.c zoneinfo_show_print, numbers in pages. What stands before "pages free" is of the
 * node, what stands behind "pagesets" of the lists of each CPU. pages free     3808 boost    0 min
 * 22 */
static const struct {
    const char *key;
    enum field_id field;
} zone_keys[] = {
    {"pages free", F_zones_free}, {"boost", F_zones_boost},     {"min", F_zones_min},
    {"low", F_zones_low},         {"high", F_zones_high},       {"spanned", F_zones_spanned},
    {"present", F_zones_present}, {"managed", F_zones_managed}, {"nr_free_cma", F_zones_free_cma},
};

static bool put_line(struct reading *r, uint32_t row, struct span line, uint32_t at)
{
    uint64_t pages;
    line = span_trim(line);
    for (size_t i = 0; i < sizeof(zone_keys) / sizeof(zone_keys[0]); i++) {
        struct span rest = line;
        if (!span_eat(&rest, zone_keys[i].key) || !span_starts(rest, " "))
            continue;
        if (!num_u64(span_trim(rest), &pages))
            return false;
        if (store_fact(r->store, zone_keys[i].field, row).state == FACT_ABSENT)
            value_put_row(r, zone_keys[i].field, row, value_pages(r->parse, pages), at);
        return true;
    }
    return true;
}

void zoneinfo_read(struct reading *r, const struct group *group)
{
    (void)group;
    struct lines lines = lines_of(r->file->text);
    struct span line;
    uint32_t row = ROW_NONE;
    bool in_pages = false, whole = true, any = false;
    while (lines_next(&lines, &line)) {
        struct span head = line;
        uint32_t next = zone_row(r, &head, lines.number);
        struct span word = span_trim(line);
        if (next != ROW_NONE) {
            row = next;
            any = true;
            in_pages = false;
            continue;
        }
        if (span_starts(word, "pages free"))
            in_pages = row != ROW_NONE;
        if (span_starts(word, "pagesets"))
            in_pages = false;
        if (in_pages && (!lines.terminated || !put_line(r, row, line, lines.number))) {
            whole = false;
            observe(r->store, OBS_MALFORMED, place(r, lines.number), "not a line of zoneinfo",
                    SPAN_NONE);
        }
    }
    if (!any)
        observe(r->store, OBS_MALFORMED, place(r, 0), "no zone stands in this file", SPAN_NONE);
    table_done(r, T_zones, 0, whole && any);
}

/* mm/vmstat.c frag_show_print: blocks of 2^order pages that are free, orders from 0 up:
 *   Node 0, zone   Normal     25     15     12     13     10      7      9     13      7      4 89
 */
static bool put_orders(struct reading *r, uint32_t row, struct span line, uint32_t at)
{
    int64_t largest = -1, blocks;
    int64_t order = 0;
    for (struct span word = span_word(&line); word.n; word = span_word(&line), order++) {
        if (!num_i64(word, &blocks) || blocks < 0)
            return false;
        if (blocks > 0)
            largest = order;
        if (order <= F_zones_free_order10 - F_zones_free_order0)
            store_set(r->store, (enum field_id)(F_zones_free_order0 + order), row, blocks,
                      place(r, at));
    }
    if (largest >= 0)
        store_set(r->store, F_zones_largest_free_order, row, largest, place(r, at));
    return order > 0;
}

void buddyinfo_read(struct reading *r, const struct group *group)
{
    (void)group;
    struct lines lines = lines_of(r->file->text);
    struct span line;
    while (lines_next(&lines, &line)) {
        uint32_t row = lines.terminated ? zone_row(r, &line, lines.number) : ROW_NONE;
        if (row == ROW_NONE || !put_orders(r, row, line, lines.number))
            observe(r->store, OBS_MALFORMED, place(r, lines.number), "not a row of buddyinfo",
                    SPAN_NONE);
    }
}
