/* SPDX-License-Identifier: MIT */
#include "log/assemble.h"
#include "log/lookup.h"
#include "log/read.h"

#include "base/arena.h"

#include <stdlib.h>

enum { OPEN_MOST = 8, KILL_AFTER_US = 60 * 1000000, ROW_AFTER_US = 120 * 1000000 };

static void close_report(struct assembler *a, uint32_t index)
{
    struct report *r = a->open[index];
    for (uint32_t i = index; i + 1 < a->n_open; i++)
        a->open[i] = a->open[i + 1];
    a->n_open--;
    if (r->failure)
        report_store_failure(r, a->store);
    else if (report_is_event(r))
        report_store(r, a->store, lookup_row(a, r));
    else
        store_observe(a->store, OBS_TRUNCATED, (struct where){r->member, r->first_line},
                      "memory statistics without a line that says why they were printed");
    report_free(r);
}

void assemble_flush(struct assembler *a)
{
    while (a->n_open > 0)
        close_report(a, 0);
}

void assemble_free(struct assembler *a)
{
    assemble_flush(a);
    free(a->seen);
    map_free(&a->by_victim);
    map_free(&a->by_pid);
}

static struct report *open_report(struct assembler *a, const char *failure,
                                  const struct record *record)
{
    if (a->n_open == OPEN_MOST)
        close_report(a, 0);
    struct where where = {a->member, record->line};
    struct report *r = report_new(failure, where);
    r->boot = a->boot;
    r->writer = record->writer;
    r->has_boot_id = record->has_boot;
    r->boot_hash = record->boot_hash;
    r->caller = record->caller >> 63 ? 0 : record->caller;
    r->has_time = record->has_time;
    r->time_us = r->last_time_us = record->time_us;
    r->has_clock = record->has_clock;
    r->clock_us = r->last_clock_us = record->clock_us;
    r->has_wall = record->has_wall;
    r->wall_us = record->wall_us;
    if (record->stamp.n > 0)
        report_set_text(r, F_oom_events_stamp, record->stamp, where);
    if (r->caller)
        r->pid = r->caller;
    a->open[a->n_open++] = r;
    return r;
}

/* Both have a clock, and the record is within `most_us` of the report's last. */
static bool is_near(const struct report *r, const struct record *record, int64_t most_us)
{
    if (r->has_time && record->has_time)
        return record->time_us >= r->time_us - 1000000 &&
               record->time_us <= r->last_time_us + most_us;
    if (r->has_clock && record->has_clock)
        return record->clock_us >= r->clock_us - 2000000 &&
               record->clock_us <= r->last_clock_us + most_us;
    return true;
}

/* By caller id where both have one (5.1 and later with CONFIG_PRINTK_CALLER). */
static bool may_be_of(const struct report *r, const struct record *record)
{
    return !r->caller || !record->caller || record->caller >> 63 || r->caller == record->caller;
}

/* A block that a report has once: a second one means another report. */
static bool is_repeated(const struct report *r, enum line_kind kind, struct span text)
{
    int64_t kib;
    switch (kind) {
    case LINE_COUNTERS:
        return r->has_counters && report_get(r, F_oom_events_mem_active_anon)->kind != VALUE_NONE &&
               span_starts(text, "active_anon:");
    case LINE_TASKS:
        return r->has_tasks_head;
    case LINE_OOM_KILL:
        return r->has_oom_kill;
    case LINE_CHOSEN:
        return r->has_chosen;
    case LINE_USAGE:
        return span_starts(text, "memory: ") &&
               report_get(r, F_oom_events_usage)->kind != VALUE_NONE &&
               read_after(text, "usage ", &kib) &&
               report_get(r, F_oom_events_usage)->number != kib * 1024;
    case LINE_CPU:
        return report_get(r, F_oom_events_trigger_pid)->kind != VALUE_NONE;
    default:
        return false;
    }
}

static bool is_of_oom_only(enum line_kind kind)
{
    return kind == LINE_TASKS || kind == LINE_TASK || kind == LINE_TASK_IN ||
           kind == LINE_REACHED || kind == LINE_USAGE || kind == LINE_STATS || kind == LINE_STAT ||
           kind == LINE_PROTECTION || kind == LINE_SYSRQ || line_is_verdict(kind);
}

static int64_t pid_behind(struct span text, const char *words)
{
    int64_t pid;
    struct span name, rest;
    size_t at = span_find(text, span_of(words));
    if (at == text.n ||
        !read_pid_and_name(span_skip(text, at + span_of(words).n), &pid, &name, &rest))
        return -1;
    return pid;
}

static bool has_task(const struct report *r, int64_t pid)
{
    for (struct child *c = r->first; c; c = c->next)
        if (c->table == T_oom_tasks && (child_value(c, F_oom_tasks_pid)->number == pid ||
                                        child_value(c, F_oom_tasks_tgid)->number == pid))
            return true;
    return false;
}

/* How well a kill fits a report; 0 = not at all. */
static unsigned kill_fit(const struct report *r, const struct record *record, int64_t pid)
{
    if (r->failure || !may_be_of(r, record) || !is_near(r, record, KILL_AFTER_US))
        return 0;
    if (r->n_victims > 0)
        return r->has_group ? 4 : 0;
    if (r->chosen_pid == (uint64_t)pid)
        return 5;
    if (r->has_chosen)
        return 4; /* a child of the task chosen, to 5.0 */
    if (r->has_oom_kill && r->chosen_pid)
        return 0;
    return has_task(r, pid) ? 3 : r->n_tasks > 0 ? 1 : 2;
}

static struct report *report_of_kill(struct assembler *a, const struct record *record)
{
    int64_t pid = pid_behind(record->text, "Killed process ");
    struct report *best = NULL;
    unsigned best_fit = 0;
    for (uint32_t i = a->n_open; i-- > 0;) {
        unsigned fit = kill_fit(a->open[i], record, pid);
        if (fit > best_fit) {
            best = a->open[i];
            best_fit = fit;
        }
    }
    return best;
}

static struct report *report_of(struct assembler *a, enum line_kind kind,
                                const struct record *record)
{
    if (kind == LINE_KILLED)
        return report_of_kill(a, record);
    for (uint32_t i = a->n_open; i-- > 0;) {
        struct report *r = a->open[i];
        if (!may_be_of(r, record) || !is_near(r, record, ROW_AFTER_US) ||
            (r->failure && is_of_oom_only(kind)))
            continue;
        if (kind == LINE_GROUP || kind == LINE_EXITING || kind == LINE_LET_LIVE ||
            kind == LINE_PANIC || kind == LINE_NO_VICTIM)
            return r->n_victims > 0 && (kind == LINE_NO_VICTIM || kind == LINE_PANIC) ? NULL : r;
        if (report_is_decided(r) && kind == LINE_CPU && !r->has_header && r->n_victims == 0 &&
            !r->pid)
            return r; /* a panic prints its task behind the message */
        if (kind == LINE_SHARING)
            return r->n_victims > 0 ? r : NULL;
        if (report_is_decided(r) && kind == LINE_TRACE && r->n_victims == 0)
            return r;
        if (report_is_decided(r))
            return NULL; /* what comes behind a kill belongs to the next report */
        if (is_repeated(r, kind, record->text)) {
            if (kind == LINE_CPU)
                return NULL;
            continue;
        }
        return r;
    }
    return NULL;
}

/* Kinds with which an event begins whose first lines are lost. */
static bool opens_headless(enum line_kind kind)
{
    switch (kind) {
    case LINE_TASK_IN:
    case LINE_REACHED:
    case LINE_USAGE:
    case LINE_STATS:
    case LINE_MEMINFO:
    case LINE_COUNTERS:
    case LINE_NODE:
    case LINE_ZONE:
    case LINE_TASKS:
    case LINE_TASK:
    case LINE_OOM_KILL:
    case LINE_CHOSEN:
    case LINE_KILLED:
    case LINE_EXITING:
    case LINE_LET_LIVE:
    case LINE_NO_VICTIM:
    case LINE_PANIC:
        return true;
    default:
        return false;
    }
}

static void keep_lines(struct assembler *a, const struct record *record, struct span raw)
{
    struct span line;
    for (uint32_t n = record->line; raw.n > 0 && span_cut(raw, '\n', &line, &raw); n++)
        store_keep_line(a->store, (struct where){a->member, n}, line);
}

static void note_times(struct report *r, const struct record *record)
{
    r->last_line = record->last_line;
    if (record->has_time) {
        if (!r->has_time)
            r->time_us = record->time_us;
        r->has_time = true;
        r->last_time_us = record->time_us;
    }
    if (record->has_clock) {
        if (!r->has_clock)
            r->clock_us = record->clock_us;
        r->has_clock = true;
        r->last_clock_us = record->clock_us;
    }
    if (record->writer != WRITER_KERNEL)
        r->writer = record->writer;
}

/* A new header ends what came before it: the killer runs under oom_lock, one report at a time. With
 * caller ids, reports of other tasks stay open for what still comes of them. */
static void make_way(struct assembler *a, enum line_kind kind, const struct record *record)
{
    for (uint32_t i = a->n_open; i-- > 0;) {
        struct report *r = a->open[i];
        bool same = r->caller && record->caller && r->caller == record->caller;
        if (report_is_decided(r) || same || (kind == LINE_FAILURE && r->failure && !r->caller))
            close_report(a, i);
    }
}

static bool reap(struct assembler *a, enum line_kind kind, const struct record *record)
{
    int64_t pid = kind == LINE_REAPED ? pid_behind(record->text, "reaped process ")
                                      : pid_behind(record->text, "reap pid:");
    enum field_id field = kind == LINE_REAPED ? F_oom_events_reaped : F_oom_events_reap_failed;
    struct where where = {a->member, record->line};
    for (uint32_t i = a->n_open; i-- > 0;) {
        const struct value *victim = report_get(a->open[i], F_oom_events_victim_pid);
        if (victim->kind == VALUE_NUMBER && victim->number == pid) {
            report_set(a->open[i], field, 1, where);
            return true;
        }
    }
    uint32_t found = map_get_number(&a->by_pid, (uint64_t)pid, 0);
    if (found > 0 && a->seen[found - 1].member == a->member) {
        store_set(a->store, field, a->seen[found - 1].row, 1, where);
        return true;
    }
    return false;
}

bool assemble(struct assembler *a, enum line_kind kind, const struct record *record,
              struct span raw)
{
    struct report *r;
    if (kind == LINE_REAPED || kind == LINE_UNREAPED) {
        if (!reap(a, kind, record))
            return false;
        keep_lines(a, record, raw);
        return true;
    }
    if (kind == LINE_INVOKED || kind == LINE_FAILURE) {
        make_way(a, kind, record);
        r = open_report(a, line_failure(record->text, NULL), record);
    } else {
        r = report_of(a, kind, record);
        if (!r && !opens_headless(kind))
            return false;
        if (!r) {
            make_way(a, kind, record);
            r = open_report(a, NULL, record);
        }
    }
    struct reading in = {a->store, r, record->text, {a->member, record->line}, record->last_line};
    keep_lines(a, record, raw);
    read_line(&in, kind);
    note_times(r, record);
    r->last_member = a->member;
    return true;
}
