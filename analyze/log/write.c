/* SPDX-License-Identifier: MIT */
#include "log/write.h"

#include "base/arena.h"
#include "base/num.h"

/* The ratio of an exact kB figure to the same figure in pages, where it is a page size. */
static int64_t size_from(int64_t bytes, int64_t pages)
{
    if (pages < 16 || bytes % pages != 0)
        return 0;
    int64_t size = bytes / pages;
    return size >= 4096 && size <= 65536 && (size & (size - 1)) == 0 ? size : 0;
}

/* total-vm of the kill line in kB against total_vm of the same task in pages. */
static void size_from_victim(struct report *r)
{
    const struct value *pid = report_get(r, F_oom_events_victim_pid);
    const struct value *vm = report_get(r, F_oom_events_victim_total_vm);
    if (pid->kind != VALUE_NUMBER || vm->kind != VALUE_NUMBER)
        return;
    for (struct child *c = r->first; c && !r->page_size_bytes; c = c->next) {
        if (c->table != T_oom_tasks || child_value(c, F_oom_tasks_pid)->number != pid->number)
            continue;
        r->page_size_bytes = size_from(vm->number, child_value(c, F_oom_tasks_total_vm)->number);
        if (r->page_size_bytes)
            report_set(r, F_oom_events_page_size, r->page_size_bytes, vm->where);
    }
}

/* Unlimited counters are LONG_MAX pages: 9007199254740988 kB with 4 KiB, ...928 with 64 KiB; the
 * report keeps no number of those, so only free: of the zones is left. It and the counter are read
 * at different moments: the nearest page size within a tenth is taken. */
static void size_from_zones(struct report *r)
{
    const struct value *free_pages = report_get(r, F_oom_events_mem_free);
    int64_t free_bytes = 0;
    for (struct child *c = r->first; c; c = c->next)
        if (c->table == T_oom_zones)
            free_bytes += child_value(c, F_oom_zones_free)->number;
    if (free_pages->kind != VALUE_PAGES || free_pages->number < 16)
        return;
    for (int64_t size = 4096; size <= 65536; size *= 2)
        if (free_bytes > num_muldiv(free_pages->number, size * 9, 10) &&
            free_bytes < num_muldiv(free_pages->number, size * 11, 10)) {
            r->page_size_bytes = size;
            report_set(r, F_oom_events_page_size, size, free_pages->where);
        }
}

int64_t report_page_size(struct report *r, struct store *store)
{
    enum { USUAL_BYTES = 4096 };
    int64_t size;
    if (!r->page_size_bytes)
        size_from_victim(r);
    if (!r->page_size_bytes)
        size_from_zones(r);
    if (r->page_size_bytes)
        return r->page_size_bytes;
    if (store_number(store, F_host_page_size, 0, &size) && size > 0)
        return size;
    if (r->n_tasks > 0 || r->has_counters)
        store_observe(store, OBS_NOTE, (struct where){r->member, r->first_line},
                      "the page size is not in the report: 4 KiB pages are assumed");
    return USUAL_BYTES;
}

void report_write_value(struct store *store, enum field_id field, uint32_t row,
                        const struct value *v, int64_t page_size)
{
    int64_t bytes;
    switch (v->kind) {
    case VALUE_NONE:
        break;
    case VALUE_NUMBER:
        store_set(store, field, row, v->number, v->where);
        break;
    case VALUE_PAGES:
        if (num_mul(v->number, page_size, &bytes))
            store_set(store, field, row, bytes, v->where);
        else
            store_set_unreadable(store, field, row, v->where);
        break;
    case VALUE_TEXT:
        store_set_text(store, field, row, v->text, v->where);
        break;
    case VALUE_UNLIMITED:
        store_set_unlimited(store, field, row, v->where);
        break;
    }
}

void report_write_columns(struct store *store, enum table_id table, uint32_t row,
                          const struct value *values, int64_t page_size)
{
    const struct table_def *def = schema_table(table);
    for (uint32_t i = 0; i < def->n_fields; i++)
        report_write_value(store, (enum field_id)(def->first_field + i), row, &values[i],
                           page_size);
}

/* The names of scopes and constraints: what the kernel says, else what the words of the report
 * mean. */
static void infer_scope(struct report *r)
{
    static const struct {
        const char *constraint, *scope;
    } scopes[] = {{"none", "global"},
                  {"cpuset", "cpuset"},
                  {"memory_policy", "mempolicy"},
                  {"memcg", "memcg"}};
    const struct value *constraint = report_get(r, F_oom_events_constraint);
    const struct value *ram = report_get(r, F_oom_events_mem_ram);
    bool has_memory = r->has_counters || r->n_zones > 0 || ram->kind != VALUE_NONE;
    struct where where = {r->member, r->first_line};
    /* 5.0 and some vendor kernels print CONSTRAINT_NONE beside the cgroup at its limit */
    if (constraint->kind == VALUE_TEXT && !(span_is(constraint->text, "none") && r->is_memcg)) {
        for (size_t i = 0; i < sizeof(scopes) / sizeof(*scopes); i++)
            if (span_is(constraint->text, scopes[i].constraint)) {
                report_set_text(r, F_oom_events_scope, span_of(scopes[i].scope), constraint->where);
                return;
            }
        report_set_text(r, F_oom_events_scope,
                        r->is_memcg ? SPAN_LIT("memcg") : SPAN_LIT("unknown"), constraint->where);
        return;
    }
    if (report_get(r, F_oom_events_victim_pid)->kind != VALUE_NONE)
        where = report_get(r, F_oom_events_victim_pid)->where;
    if (r->is_memcg) {
        report_set_text(r, F_oom_events_constraint, SPAN_LIT("memcg"), where);
        report_set_text(r, F_oom_events_scope, SPAN_LIT("memcg"), where);
    } else if (!r->is_plain && r->trace == TRACE_MEMCG) {
        report_set_text(r, F_oom_events_scope, SPAN_LIT("memcg"), where);
    } else if (r->is_plain || has_memory || r->trace == TRACE_GLOBAL) {
        report_set_text(r, F_oom_events_scope, SPAN_LIT("global"), where);
    } else {
        report_set_text(r, F_oom_events_scope, SPAN_LIT("unknown"), where);
    }
}

/* To 4.20 the kernel does not print the constraint. show_mem() leaves out the nodes that a cpuset
 * or a memory policy forbids: where the zones shown hold all RAM, there was neither. */
static void infer_no_constraint(struct report *r, int64_t page_size)
{
    enum { NEARLY_ALL_PERCENT = 97 };
    const struct value *ram = report_get(r, F_oom_events_mem_ram);
    int64_t present = 0;
    for (struct child *c = r->first; c; c = c->next)
        if (c->table == T_oom_zones)
            present += child_value(c, F_oom_zones_present)->number;
    if (!r->is_memcg && r->trace != TRACE_MEMCG && ram->kind == VALUE_PAGES && present > 0 &&
        present / page_size >= num_muldiv(ram->number, NEARLY_ALL_PERCENT, 100))
        report_set_text(r, F_oom_events_constraint, SPAN_LIT("none"), ram->where);
}

bool report_is_decided(const struct report *r)
{
    static const enum field_id ends[] = {F_oom_events_panic, F_oom_events_no_killable,
                                         F_oom_events_exiting, F_oom_events_let_live};
    for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
        if (report_get(r, ends[i])->kind != VALUE_NONE)
            return true;
    return r->n_victims > 0;
}

void report_infer_request(struct report *r)
{
    const struct value *order = report_get(r, F_oom_events_order);
    if (order->kind == VALUE_NUMBER && order->number >= 0 && order->number < 20)
        report_set_pages(r, F_oom_events_request, (int64_t)1 << order->number, order->where);
}

static void infer_event(struct report *r, struct store *store)
{
    struct where first = {r->member, r->first_line}, last = {r->last_member, r->last_line};
    bool decided = report_is_decided(r);
    if (r->n_victims > 0) /* of a group, one died by itself */
        r->event[schema_field(F_oom_events_exiting)->column].kind = VALUE_NONE;
    infer_scope(r);
    report_infer_request(r);
    report_set(r, F_oom_events_header, r->has_header, first);
    report_set(r, F_oom_events_complete, r->has_header && decided, last);
    report_set(r, F_oom_events_victims, r->n_victims, last);
    report_set(r, F_oom_events_kills, r->n_kills, last);
    report_set(r, F_oom_events_boot, r->boot, first);
    if (r->has_time) {
        report_set(r, F_oom_events_time, r->time_us, first);
        report_set(r, F_oom_events_end_time, r->last_time_us, last);
    }
    if (r->has_wall)
        report_set(r, F_oom_events_wall, r->wall_us, first);
    report_set(r, F_oom_events_trusted, r->writer == WRITER_KERNEL, first);
    if (r->writer != WRITER_KERNEL)
        store_observe(store, OBS_NOTE, first,
                      "the carrier of this log cannot tell the kernel from a program that writes "
                      "the same words: events are taken as the kernel's");
    if (!r->has_header)
        store_observe(store, OBS_TRUNCATED, first,
                      "an event without its first line (invoked oom-killer): cut off, overwritten "
                      "or held back by the rate limit of the kernel");
    else if (!decided)
        store_observe(store, OBS_TRUNCATED, last,
                      "an event without its outcome: no kill, panic or no-victim line follows");
}

/* Sum of the three kinds of resident memory of the victim; sources are known, so it is computed. */
static void compute_victim(struct store *store, uint32_t row)
{
    static const enum field_id parts[] = {
        F_oom_events_victim_anon_rss, F_oom_events_victim_file_rss, F_oom_events_victim_shmem_rss};
    struct ref sources[3];
    int64_t sum = 0, n;
    size_t n_sources = 0;
    for (size_t i = 0; i < 3; i++)
        if (store_number(store, parts[i], row, &n)) {
            sum += n;
            sources[n_sources++] = ref_of(parts[i], row);
        }
    if (n_sources >= 2) /* shmem-rss is printed from 4.5 on; before it is part of file-rss */
        store_compute(store, F_oom_events_victim_rss, row, sum, sources, n_sources);
}

static bool has_children(const struct store *store, enum table_id table, uint32_t row)
{
    return store_row_next(store, table, row, ROW_NONE) != ROW_NONE;
}

void report_store(struct report *report, struct store *store, uint32_t row)
{
    static const enum table_id tables[] = {T_oom_tasks, T_oom_victims, T_oom_zones,
                                           T_oom_nodes, T_oom_slabs,   T_oom_allocations};
    struct where last = {report->last_member, report->last_line};
    int64_t page_size = report_page_size(report, store);
    infer_no_constraint(report, page_size);
    infer_event(report, store);
    report_write_columns(store, T_oom_events, row, report->event, page_size);
    for (size_t t = 0; t < sizeof(tables) / sizeof(*tables); t++) {
        if (has_children(store, tables[t], row))
            continue; /* the other source of the same event had them */
        for (struct child *c = report->first; c; c = c->next)
            if (c->table == tables[t])
                report_write_columns(store, c->table, store_row_add(store, c->table, row),
                                     c->columns, page_size);
    }
    compute_victim(store, row);
    /* what was printed between the header of a table and the line behind it is the whole table */
    if (report->has_tasks_head && (report->has_oom_kill || report->has_chosen))
        store_set_complete(store, T_oom_tasks, row, true, last);
    /* "pages RAM" comes behind all nodes and zones */
    struct fact ram = store_fact(store, F_oom_events_mem_ram, row);
    if (ram.state == FACT_KNOWN) {
        store_set_complete(store, T_oom_zones, row, true, ram.where);
        store_set_complete(store, T_oom_nodes, row, true, ram.where);
    }
    if (report->has_header && report->n_victims > 0)
        store_set_complete(store, T_oom_victims, row, true, last);
}
