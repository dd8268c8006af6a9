/* SPDX-License-Identifier: MIT */
/* From the first pressure signal to the last kill, and to the capture. */
#include "verdict/say.h"

#include <stdlib.h>

enum { TICKS_MAX = 64 };

static struct tick *tick_add(struct maker *m, struct timeline *timeline, struct moment when)
{
    timeline->items =
        maker_room(m, timeline->items, timeline->n, &timeline->room, sizeof(*timeline->items));
    struct tick *tick = &timeline->items[timeline->n++];
    *tick = (struct tick){.when = when, .until = when, .count = 1};
    return tick;
}

static void tick_event(struct maker *m, struct timeline *timeline, uint32_t event)
{
    struct tick *tick = tick_add(m, timeline, moment_of_event(m, event));
    if (is_known(m, F_oom_events_victim_comm, event))
        tell_into(m, &tick->what, "the kernel killed {} (pid {})",
                  ref_of(F_oom_events_victim_comm, event), ref_of(F_oom_events_victim_pid, event));
    else if (flag_of(m, F_oom_events_panic, event))
        tell_into(m, &tick->what, "out of memory: the kernel panicked{@}",
                  ref_of(F_oom_events_panic, event));
    else
        tell_into(m, &tick->what, "the OOM killer ran; no kill is in the log");
    if (is_known(m, F_oom_events_cgroup, event))
        tell_into(m, &tick->what, " in {p}{@}", text_of(m, F_oom_events_cgroup, event),
                  ref_of(F_oom_events_cgroup, event));
    statement_cite_fact(m, &tick->what, F_oom_events_time, event);
}

static void tick_log_event(struct maker *m, struct timeline *timeline, uint32_t row)
{
    struct tick *tick = tick_add(m, timeline, moment_of_log_event(m, row));
    tick->kind = text_of(m, F_log_events_kind, row);
    tell_into(m, &tick->what, "{}", ref_of(F_log_events_kind, row));
    if (is_known(m, F_log_events_comm, row))
        tell_into(m, &tick->what, ", {}", ref_of(F_log_events_comm, row));
    if (is_known(m, F_log_events_text, row))
        tell_into(m, &tick->what, ": {}", ref_of(F_log_events_text, row));
}

static int tick_cmp(const void *a, const void *b)
{
    const struct tick *x = a, *y = b;
    if (x->when.boot_known && y->when.boot_known && x->when.boot_us != y->when.boot_us)
        return x->when.boot_us < y->when.boot_us ? -1 : 1;
    if (x->when.wall_known && y->when.wall_known && x->when.wall_us != y->when.wall_us)
        return x->when.wall_us < y->when.wall_us ? -1 : 1;
    const struct where *p = x->what.places, *q = y->what.places;
    if (!x->what.n_places || !y->what.n_places)
        return x->what.n_places ? -1 : y->what.n_places > 0;
    if (p->member != q->member)
        return p->member < q->member ? -1 : 1;
    return p->line < q->line ? -1 : p->line > q->line;
}

/* Neighbours of one kind become one: forty failed allocations in a row are one thing to know. */
static void timeline_fold(struct timeline *timeline)
{
    size_t kept = 0;
    for (size_t i = 0; i < timeline->n; i++) {
        struct tick *last = kept ? &timeline->items[kept - 1] : NULL;
        const struct tick *tick = &timeline->items[i];
        if (last && tick->kind.n && span_eq(last->kind, tick->kind)) {
            last->count++;
            last->until = tick->when;
            continue;
        }
        timeline->items[kept++] = *tick;
    }
    timeline->n = kept;
}

/* Keeps the first and the last half of what is allowed. */
static void timeline_trim(struct timeline *timeline)
{
    if (timeline->n <= TICKS_MAX)
        return;
    size_t tail = TICKS_MAX / 2, from = timeline->n - tail;
    timeline->omitted = timeline->n - TICKS_MAX;
    for (size_t i = 0; i < tail; i++)
        timeline->items[TICKS_MAX - tail + i] = timeline->items[from + i];
    timeline->n = TICKS_MAX;
}

/* Events of a log that tell of memory running short, not of what people did about it. */
static const char *const signals[] = {"alloc_failure", "alloc_stall",    "vmalloc_failure",
                                      "slub_failure",  "userspace_kill", "kubelet_eviction",
                                      "unit_oom",      "app_enomem",     "overcommit_refused",
                                      "hung_task",     "fork_rejected",  "pagefault_oom"};

static bool is_signal(const struct maker *m, uint32_t row)
{
    struct span kind = text_of(m, F_log_events_kind, row);
    for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++)
        if (span_is(kind, signals[i]))
            return true;
    return false;
}

static void first_signal_take(struct incident *incident, const struct tick *tick)
{
    if (!incident->first_signal.what.text.n || tick_cmp(tick, &incident->first_signal) < 0)
        incident->first_signal = *tick;
}

static bool same_boot(const struct maker *m, const struct incident *incident, uint32_t row)
{
    if (incident->series.detail == ROW_NONE)
        return true;
    return number_or(m, F_log_events_boot, row, 0) ==
           number_or(m, F_oom_events_boot, incident->series.detail, 0);
}

static void log_events_add(struct maker *m, struct incident *incident)
{
    struct timeline *timeline = &incident->timeline;
    for (uint32_t row = ROW_NONE;
         (row = store_row_next(m->store, T_log_events, 0, row)) != ROW_NONE;) {
        if (!same_boot(m, incident, row))
            continue;
        tick_log_event(m, timeline, row);
        if (is_signal(m, row))
            first_signal_take(incident, &timeline->items[timeline->n - 1]);
    }
}

void timeline_make(struct maker *m, struct incident *incident, bool is_first)
{
    struct timeline *timeline = &incident->timeline;
    for (size_t i = 0; i < incident->series.n; i++) {
        tick_event(m, timeline, incident->series.events[i]);
        first_signal_take(incident, &timeline->items[timeline->n - 1]);
    }
    if (is_first)
        log_events_add(m, incident);
    struct moment capture = moment_of_capture(m);
    if (capture.boot_known)
        tell_into(m, &tick_add(m, timeline, capture)->what, "this capture began{@}",
                  ref_of(F_capture_time, 0));
    if (timeline->n)
        qsort(timeline->items, timeline->n, sizeof(*timeline->items), tick_cmp);
    timeline_fold(timeline);
    timeline_trim(timeline);
}
