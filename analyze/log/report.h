/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_LOG_REPORT_H
#define OOMSCOPE_LOG_REPORT_H

#include "fact/store.h"
#include "log/line.h"
#include "log/record.h"

struct arena;

enum value_kind { VALUE_NONE, VALUE_NUMBER, VALUE_PAGES, VALUE_TEXT, VALUE_UNLIMITED };

/* A fact on its way to the store: pages become bytes when the page size is known. */
struct value {
    enum value_kind kind;
    int64_t number;
    struct span text; /* in the arena of the report */
    struct where where;
};

/* A row of a child table. `columns` has room for every field of its table. */
struct child {
    enum table_id table;
    struct child *next;
    struct value *columns;
};

/* One report being read: an OOM event, or an allocation that failed, whose Mem-Info looks alike. */
struct report {
    struct arena *arena;
    const char
        *failure; /* of warn_alloc: its kind in log_events; NULL for a report of the killer */
    struct span message; /* of the failure: its first line, in the arena */
    struct value *event; /* one per field of oom_events */
    struct child *first, *last;
    struct child *zone, *node; /* the rows read last */
    uint32_t n_tasks, n_zones, n_victims;
    uint32_t n_kills; /* kill lines: of memory.oom.group one victim has two */
    /* what was seen */
    bool has_header, has_counters, has_tasks_head, has_oom_kill, has_chosen, has_group;
    bool is_memcg, is_plain;                              /* by the words of its lines */
    enum { TRACE_NONE, TRACE_MEMCG, TRACE_GLOBAL } trace; /* by its call trace */
    enum line_kind block; /* the block that rows belong to: LINE_STATS, LINE_SLAB_HEAD, ... */
    /* correlation */
    uint64_t caller, pid;
    uint64_t chosen_pid;
    bool has_time, has_clock;
    int64_t time_us, clock_us, last_time_us, last_clock_us;
    uint32_t boot;
    bool has_boot_id;
    uint64_t boot_hash; /* of the boot id that the carrier prints */
    uint32_t first_line, last_line, member, last_member; /* differ in a dump of several files */
    enum writer writer;
    bool has_wall;
    int64_t wall_us;
    /* columns of the task table */
    enum field_id columns[24];
    bool columns_are_pages[24];
    uint32_t n_columns;
    int64_t page_size_bytes; /* 0 = not known */
};

struct report *report_new(const char *failure, struct where where);
void report_free(struct report *report);

/* Sets a field of the event: the first value stays. replace overwrites it, add adds to it. */
void report_set(struct report *report, enum field_id field, int64_t number, struct where where);
void report_set_pages(struct report *report, enum field_id field, int64_t pages,
                      struct where where);
void report_set_text(struct report *report, enum field_id field, struct span text,
                     struct where where);
void report_set_limit(struct report *report, enum field_id field, uint64_t kib,
                      struct where where); /* kB; the unlimited numbers of every era */
void report_replace(struct report *report, enum field_id field, int64_t number, struct where where);
void report_add(struct report *report, enum field_id field, int64_t number, struct where where);
const struct value *report_get(const struct report *report, enum field_id field);

struct child *report_child(struct report *report, enum table_id table);
struct value *child_value(struct child *child, enum field_id field);
void child_set(struct child *child, enum field_id field, int64_t number, struct where where);
void child_set_pages(struct child *child, enum field_id field, int64_t pages, struct where where);
void child_set_text(struct report *report, struct child *child, enum field_id field,
                    struct span text, struct where where);

/* Its last line is there: a kill, a panic, or the word that nobody is killed. */
bool report_is_decided(const struct report *report);

/* Writes the report into a row of oom_events: a new one, or that of the same event from another
 * source, which gets further places. */
void report_store(struct report *report, struct store *store, uint32_t row);
/* Writes an allocation that failed into alloc_failures; one without Mem-Info too. */
void report_store_failure(struct report *report, struct store *store);

#endif
