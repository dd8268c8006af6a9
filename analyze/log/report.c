/* SPDX-License-Identifier: MIT */
#include "log/report.h"

#include "base/arena.h"

#include <stdlib.h>

struct report *report_new(const char *failure, struct where where)
{
    struct report *r = base_realloc(NULL, 1, sizeof(*r));
    *r = (struct report){.failure = failure, .member = where.member};
    r->arena = arena_new();
    r->event = arena_array(r->arena, schema_table(T_oom_events)->n_fields, sizeof(*r->event));
    r->first_line = r->last_line = where.line;
    r->last_member = where.member;
    return r;
}

void report_free(struct report *report)
{
    arena_free(report->arena);
    free(report);
}

static struct value *event_value(struct report *r, enum field_id field)
{
    return &r->event[schema_field(field)->column];
}

const struct value *report_get(const struct report *report, enum field_id field)
{
    return &report->event[schema_field(field)->column];
}

static void set(struct value *v, enum value_kind kind, int64_t number, struct where where)
{
    if (v->kind == VALUE_NONE)
        *v = (struct value){.kind = kind, .number = number, .where = where};
}

void report_set(struct report *report, enum field_id field, int64_t number, struct where where)
{
    set(event_value(report, field), VALUE_NUMBER, number, where);
}

void report_set_pages(struct report *report, enum field_id field, int64_t pages, struct where where)
{
    set(event_value(report, field), VALUE_PAGES, pages, where);
}

void report_set_text(struct report *report, enum field_id field, struct span text,
                     struct where where)
{
    struct value *v = event_value(report, field);
    if (v->kind != VALUE_NONE)
        return;
    *v = (struct value){.kind = VALUE_TEXT, .where = where};
    v->text = arena_copy(report->arena, text);
}

/* LLONG_MAX and ULONG_MAX in pages of 4 to 64 KiB, on 32 and 64 bit: all at or above 2^53 kB, but
 * for 8589934588 kB of 32 bit (2^31 - 1 pages of 4 KiB) */
void report_set_limit(struct report *report, enum field_id field, uint64_t kib, struct where where)
{
    static const uint64_t most_kib = 1ull << 52, most_32_bit_kib = 8589934588ull;
    if (kib >= most_kib || kib == most_32_bit_kib)
        set(event_value(report, field), VALUE_UNLIMITED, 0, where);
    else
        report_set(report, field, (int64_t)kib * 1024, where);
}

void report_replace(struct report *report, enum field_id field, int64_t number, struct where where)
{
    event_value(report, field)->kind = VALUE_NONE;
    report_set(report, field, number, where);
}

void report_add(struct report *report, enum field_id field, int64_t number, struct where where)
{
    struct value *v = event_value(report, field);
    if (v->kind == VALUE_NUMBER && number <= INT64_MAX - v->number)
        v->number += number;
    else
        report_set(report, field, number, where);
}

struct child *report_child(struct report *report, enum table_id table)
{
    struct child *child = arena_alloc(report->arena, sizeof(*child));
    child->table = table;
    child->columns =
        arena_array(report->arena, schema_table(table)->n_fields, sizeof(*child->columns));
    if (report->last)
        report->last->next = child;
    else
        report->first = child;
    report->last = child;
    return child;
}

struct value *child_value(struct child *child, enum field_id field)
{
    return &child->columns[schema_field(field)->column];
}

void child_set(struct child *child, enum field_id field, int64_t number, struct where where)
{
    set(child_value(child, field), VALUE_NUMBER, number, where);
}

void child_set_pages(struct child *child, enum field_id field, int64_t pages, struct where where)
{
    set(child_value(child, field), VALUE_PAGES, pages, where);
}

void child_set_text(struct report *report, struct child *child, enum field_id field,
                    struct span text, struct where where)
{
    struct value *v = child_value(child, field);
    if (v->kind != VALUE_NONE)
        return;
    *v = (struct value){.kind = VALUE_TEXT, .where = where};
    v->text = arena_copy(report->arena, text);
}
