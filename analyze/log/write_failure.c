/* SPDX-License-Identifier: MIT */
#include "log/read.h"
#include "log/write.h"

#include "fact/mem_report.h"

/* "stalls for 10440ms", of el8 "stall for 12 secs" */
static bool read_stall(struct span text, int64_t *ret_n, int64_t *ret_unit_us)
{
    *ret_unit_us = span_has(text, " secs") ? 1000000 : 1000;
    return read_after(text, "stalls for ", ret_n) || read_after(text, "stall for ", ret_n);
}

static bool read_vmalloc(struct span text, int64_t *ret_bytes)
{
    return read_after(text, "allocation failure: ", ret_bytes) ||
           read_after(text, "error: size ", ret_bytes);
}

/* What the timeline and the rules know of it: when, who, and the message. */
static void store_log_event(const struct report *r, struct store *store)
{
    static const enum field_id fields[][2] = {
        {F_oom_events_order, F_log_events_order},
        {F_oom_events_gfp_mask, F_log_events_gfp_mask},
        {F_oom_events_gfp_flags, F_log_events_gfp_flags},
        {F_oom_events_trigger_comm, F_log_events_comm},
        {F_oom_events_trigger_pid, F_log_events_pid},
        {F_oom_events_stamp, F_log_events_stamp},
    };
    struct where where = {r->member, r->first_line};
    uint32_t row = store_row_add(store, T_log_events, 0);
    struct span text = r->message;
    int64_t n, unit_us;
    store_set_text(store, F_log_events_kind, row, span_of(r->failure), where);
    store_set_text(store, F_log_events_source, row, SPAN_LIT("kernel"), where);
    for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
        report_write_value(store, fields[i][1], row, report_get(r, fields[i][0]), 1);
    if (r->has_time)
        store_set(store, F_log_events_time, row, r->time_us, where);
    if (r->has_wall)
        store_set(store, F_log_events_wall, row, r->wall_us, where);
    if (read_stall(text, &n, &unit_us))
        store_set(store, F_log_events_value, row, n, where);
    if (read_vmalloc(text, &n))
        store_set(store, F_log_events_bytes, row, n, where);
    store_set(store, F_log_events_boot, row, r->boot, where);
    store_set(store, F_log_events_trusted, row, r->writer == WRITER_KERNEL, where);
    store_set_text(store, F_log_events_text, row, text, where);
}

/* The rows of one of its tables; `pages RAM` comes behind all of them. */
static void store_failure_rows(const struct report *r, struct store *store, enum table_id from,
                               enum table_id to, uint32_t row, int64_t page_size)
{
    struct fact ram = store_fact(store, F_alloc_failures_mem_ram, row);
    for (struct child *c = r->first; c; c = c->next)
        if (c->table == from)
            report_write_columns(store, to, store_row_add(store, to, row), c->columns, page_size);
    if (ram.state == FACT_KNOWN)
        store_set_complete(store, to, row, true, ram.where);
}

void report_store_failure(struct report *report, struct store *store)
{
    const struct mem_report *tables = &mem_reports[MEM_REPORT_FAILURE];
    struct where where = {report->member, report->first_line};
    int64_t page_size = report_page_size(report, store);
    uint32_t row = store_row_add(store, tables->reports, 0);
    int64_t n, unit_us;
    store_log_event(report, store);
    report_infer_request(report);
    if (read_stall(report->message, &n, &unit_us) && n < INT64_MAX / unit_us)
        store_set(store, F_alloc_failures_stall, row, n * unit_us, where);
    if (read_vmalloc(report->message, &n))
        store_set(store, F_alloc_failures_bytes, row, n, where);
    store_set_text(store, F_alloc_failures_kind, row, span_of(report->failure), where);
    store_set(store, F_alloc_failures_boot, row, report->boot, where);
    if (report->has_time)
        store_set(store, F_alloc_failures_time, row, report->time_us, where);
    report_write_value(store, F_alloc_failures_stamp, row, report_get(report, F_oom_events_stamp),
                       page_size);
    if (report->has_wall)
        store_set(store, F_alloc_failures_wall, row, report->wall_us, where);
    for (uint32_t field = REQUEST_FIRST; field <= REQUEST_LAST; field++)
        report_write_value(store, field_shift(field, tables->report_shift), row,
                           report_get(report, (enum field_id)field), page_size);
    store_failure_rows(report, store, T_oom_zones, tables->zones, row, page_size);
    store_failure_rows(report, store, T_oom_nodes, tables->nodes, row, page_size);
}
