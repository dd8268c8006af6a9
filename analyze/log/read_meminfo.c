/* SPDX-License-Identifier: MIT */
#include "log/read.h"

#include "base/num.h"

/* "active_anon:1 inactive_anon:2 ...": pages, of the whole machine, mm/show_mem.c */
static void read_counters(struct reading *in)
{
    struct span rest = in->text;
    struct pair pair;
    char name[40] = "mem_";
    while (pair_next(&rest, &pair)) {
        if (pair.has_unit || pair.key.n > sizeof(name) - 5)
            continue;
        for (size_t i = 0; i < pair.key.n; i++)
            name[4 + i] = pair.key.p[i];
        enum field_id field = schema_find_field(T_oom_events, (struct span){name, pair.key.n + 4});
        if (field != FIELD_NONE)
            report_set_pages(in->report, field, pair.value, read_place(in, pair.key.p));
        else if (!span_is(pair.key, "unstable") && !span_is(pair.key, "bounce"))
            store_observe(in->store, OBS_UNKNOWN, read_place(in, pair.key.p),
                          "Mem-Info has a counter that this version does not know");
    }
    in->report->has_counters = true;
}

/* "1234 total pagecache pages", "Free swap  = 0kB", "262033 pages RAM" */
static void read_total(struct reading *in)
{
    static const struct {
        const char *words;
        enum field_id field;
    } totals[] = {
        {" total pagecache pages", F_oom_events_mem_pagecache},
        {" pages in swap cache", F_oom_events_mem_swap_cache},
        {" pages RAM", F_oom_events_mem_ram},
        {" pages of RAM", F_oom_events_mem_ram},
        {" pages reserved", F_oom_events_mem_reserved},
        {" reserved pages", F_oom_events_mem_reserved},
        {" pages cma reserved", F_oom_events_mem_cma_reserved},
        {" pages hwpoisoned", F_oom_events_mem_hwpoisoned},
    };
    struct report *r = in->report;
    struct span t = in->text;
    int64_t kib;
    if (span_starts(t, "Free swap") && (read_after(t, "= ", &kib) || read_after(t, ":", &kib))) {
        report_set(r, F_oom_events_mem_swap_free, kib * 1024, in->where);
    } else if (span_starts(t, "Total swap") && read_after(t, "= ", &kib)) {
        report_set(r, F_oom_events_mem_swap_total, kib * 1024, in->where);
    } else {
        uint64_t n;
        bool minus = span_eat(&t, "-"); /* hwpoisoned of 7.3 can be negative */
        if (!num_eat_u64(&t, &n) || n > INT32_MAX * (uint64_t)1024)
            return;
        for (size_t i = 0; i < sizeof(totals) / sizeof(*totals); i++)
            if (span_starts(t, totals[i].words))
                report_set_pages(r, totals[i].field, minus ? -(int64_t)n : (int64_t)n, in->where);
    }
}

void read_meminfo(struct reading *in, enum line_kind kind)
{
    in->report->block = LINE_MEMINFO;
    if (kind == LINE_COUNTERS)
        read_counters(in);
    else if (kind == LINE_TOTAL)
        read_total(in);
}
