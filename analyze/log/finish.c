/* SPDX-License-Identifier: MIT */
#include "log/intake.h"

#include "base/arena.h"
#include "fact/mem_report.h"

/* What can be said only when all logs were read: the order of the events, their wall clock by the
 * clocks of the bundle, and which tables are complete. */

static int64_t number_or(const struct store *store, enum field_id field, uint32_t row, int64_t none)
{
    int64_t n;
    return store_number(store, field, row, &n) ? n : none;
}

/* By wall clock, else by boot and time since boot, at last by the line: a report is written when
 * its last line was read. `fields` ends with the one whose place is that of the first line. */
static bool is_before(const struct store *store, uint32_t a, uint32_t b,
                      const enum field_id *fields)
{
    for (unsigned i = 0; i < 3; i++) {
        int64_t x = number_or(store, fields[i], a, -1), y = number_or(store, fields[i], b, -1);
        if (x >= 0 && y >= 0 && x != y)
            return x < y;
    }
    struct where x = store_fact(store, fields[3], a).where,
                 y = store_fact(store, fields[3], b).where;
    return x.member == y.member && x.line != y.line ? x.line < y.line : a < b;
}

static bool oom_before(const struct store *store, uint32_t a, uint32_t b)
{
    static const enum field_id fields[] = {F_oom_events_wall, F_oom_events_boot, F_oom_events_time,
                                           F_oom_events_header};
    return is_before(store, a, b, fields);
}

static bool failure_before(const struct store *store, uint32_t a, uint32_t b)
{
    static const enum field_id fields[] = {F_alloc_failures_wall, F_alloc_failures_boot,
                                           F_alloc_failures_time, F_alloc_failures_kind};
    return is_before(store, a, b, fields);
}

static bool other_before(const struct store *store, uint32_t a, uint32_t b)
{
    static const enum field_id fields[] = {F_log_events_wall, F_log_events_boot, F_log_events_time,
                                           F_log_events_kind};
    return is_before(store, a, b, fields);
}

static void number_rows(struct store *store, enum table_id table, enum field_id number,
                        enum field_id placed)
{
    int64_t n = 0;
    for (uint32_t row = ROW_NONE; (row = store_row_next(store, table, 0, row)) != ROW_NONE;)
        store_set(store, number, row, ++n, store_fact(store, placed, row).where);
}

/* printk time counts from boot as the clock of the bundle does, but stands still in suspend. */
static void compute_wall(struct store *store)
{
    int64_t capture, wall, time, known;
    if (!store_number(store, F_capture_time, 0, &capture) ||
        !store_number(store, F_capture_wall, 0, &wall))
        return;
    for (uint32_t row = ROW_NONE;
         (row = store_row_next(store, T_oom_events, 0, row)) != ROW_NONE;) {
        if (store_number(store, F_oom_events_wall, row, &known) ||
            !store_number(store, F_oom_events_time, row, &time))
            continue;
        struct ref sources[] = {ref_of(F_oom_events_time, row), ref_of(F_capture_time, 0),
                                ref_of(F_capture_wall, 0)};
        store_compute(store, F_oom_events_wall, row, wall - capture + time, sources, 3);
    }
}

/* The release that the first report names: "Comm: java Not tainted 6.1.0 #1". */
static struct fact kernel_of(const struct store *store, const struct mem_report *tables)
{
    struct fact kernel = {0};
    for (uint32_t row = ROW_NONE;
         kernel.state != FACT_KNOWN &&
         (row = store_row_next(store, tables->reports, 0, row)) != ROW_NONE;)
        kernel = store_fact(store, field_shift(F_oom_events_kernel, tables->report_shift), row);
    return kernel;
}

static void set_kernel(struct intake *intake)
{
    struct store *store = intake->store;
    struct span release = buf_span(&intake->version);
    struct where where = intake->version_where;
    for (size_t i = 0; release.n == 0 && i < MEM_REPORTS; i++) {
        struct fact kernel = kernel_of(store, &mem_reports[i]);
        if (kernel.state == FACT_KNOWN) {
            release = kernel.text;
            where = kernel.where;
        }
    }
    struct fact known = store_fact(store, F_host_kernel, 0);
    /* an older boot may have run another kernel: that is no disagreement */
    if (release.n > 0 && (known.state == FACT_ABSENT || span_eq(known.text, release)))
        store_set_text(store, F_host_kernel, 0, release, where);
}

void intake_finish(struct intake *intake)
{
    struct store *store = intake->store;
    store_rows_sort(store, T_oom_events, 0, oom_before);
    store_rows_sort(store, T_log_events, 0, other_before);
    number_rows(store, T_oom_events, F_oom_events_event, F_oom_events_header);
    store_rows_sort(store, T_alloc_failures, 0, failure_before);
    number_rows(store, T_alloc_failures, F_alloc_failures_failure, F_alloc_failures_kind);
    number_rows(store, T_log_events, F_log_events_event, F_log_events_kind);
    if (intake->most_boot == 0)
        compute_wall(store);
    set_kernel(intake);
    if (intake->complete.member) {
        store_set_complete(store, T_oom_events, 0, true, intake->complete);
        store_set_complete(store, T_log_events, 0, true, intake->complete);
        store_set_complete(store, T_alloc_failures, 0, true, intake->complete);
    }
    peel_free(&intake->peeler);
    join_free(&intake->joiner);
    assemble_free(&intake->assembler);
    buf_free(&intake->version);
}
