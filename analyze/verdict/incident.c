/* SPDX-License-Identifier: MIT */
/* From events to incidents: repeats of the same trouble are one incident with a series. */
#include "verdict/say.h"

#include "base/buf.h"
#include "base/map.h"

#include <stdlib.h>
#include <string.h>

/* Host-wide kills further apart than this are told apart: what filled the host may have changed.
 * Repeats in one cgroup stay together however far apart: each restart is the same story. */
static const int64_t host_gap_us = INT64_C(3600) * 1000000;

enum { HEX_ID_DIGITS = 12 };

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || c == '-' || c == '_';
}

/* A path with the ids of containers and pods made equal: a restarted container has a new one.
 * True when there was one. */
static bool path_unit(struct span path, struct buf *out)
{
    bool changed = false;
    size_t i = 0;
    while (i < path.n) {
        size_t end = i, digits = 0;
        while (end < path.n && is_hex(path.p[end])) {
            digits += path.p[end] != '-' && path.p[end] != '_';
            end++;
        }
        if (digits >= HEX_ID_DIGITS) {
            buf_char(out, '*');
            changed = true;
        } else {
            buf_add(out, span_slice(path, i, end));
        }
        if (end < path.n)
            buf_char(out, path.p[end]);
        i = end + 1;
    }
    return changed;
}

/* Events with equal keys belong to one series. */
static struct span event_key(struct maker *m, uint32_t event)
{
    struct buf key = {0};
    buf_add(&key, text_of(m, F_oom_events_scope, event));
    buf_fmt(&key, "\n%lld\n%d\n", (long long)number_or(m, F_oom_events_boot, event, 0),
            flag_of(m, F_oom_events_manual, event));
    struct span path = text_of(m, F_oom_events_cgroup, event);
    if (path_unit(path, &key)) {
        buf_char(&key, '\n');
        buf_add(&key, text_of(m, F_oom_events_victim_comm, event));
    }
    struct span copy = arena_copy(m->arena, buf_span(&key));
    buf_free(&key);
    return copy;
}

static bool is_host_wide(const struct maker *m, uint32_t event)
{
    return text_of(m, F_oom_events_cgroup, event).n == 0;
}

struct groups {
    struct map ids;
    struct series *items;
    size_t n, room;
    size_t *rooms; /* of items[i].events */
};

static size_t group_find(struct maker *m, struct groups *groups, uint32_t event)
{
    struct span key = event_key(m, event);
    uint32_t at = map_get(&groups->ids, key, UINT32_MAX);
    if (at < groups->n) {
        const struct series *series = &groups->items[at];
        struct moment last = moment_of_event(m, series->events[series->n - 1]);
        struct moment here = moment_of_event(m, event);
        int64_t gap_us;
        if (!is_host_wide(m, event) || !moment_gap(&last, &here, &gap_us) || gap_us <= host_gap_us)
            return at;
    }
    size_t room = groups->room;
    groups->items = maker_room(m, groups->items, groups->n, &groups->room, sizeof(*groups->items));
    if (groups->room != room) {
        groups->rooms = maker_room(m, groups->rooms, groups->n, &room, sizeof(*groups->rooms));
    }
    groups->items[groups->n] = (struct series){.detail = ROW_NONE};
    map_set(&groups->ids, key, (uint32_t)groups->n);
    return groups->n++;
}

static void group_add(struct maker *m, struct groups *groups, uint32_t event)
{
    size_t at = group_find(m, groups, event);
    struct series *series = &groups->items[at];
    series->events = maker_room(m, series->events, series->n, &groups->rooms[at], sizeof(uint32_t));
    series->events[series->n++] = event;
}

/* How much an event tells: the last of the best is shown. */
static int event_detail(const struct maker *m, uint32_t event)
{
    bool has_tasks = store_row_next(m->store, T_oom_tasks, event, ROW_NONE) != ROW_NONE;
    return 2 * flag_of(m, F_oom_events_complete, event) + has_tasks;
}

static void series_finish(struct maker *m, struct series *series)
{
    int best = -1;
    for (size_t i = 0; i < series->n; i++) {
        int detail = event_detail(m, series->events[i]);
        if (detail >= best) {
            best = detail;
            series->detail = series->events[i];
        }
    }
    series->first = moment_of_event(m, series->events[0]);
    series->last = moment_of_event(m, series->events[series->n - 1]);
    for (size_t i = 1; i < series->n; i++) {
        struct moment a = moment_of_event(m, series->events[i - 1]);
        struct moment b = moment_of_event(m, series->events[i]);
        int64_t gap_us;
        if (moment_gap(&a, &b, &gap_us) && (i == 1 || gap_us < series->shortest_gap_us))
            series->shortest_gap_us = gap_us;
    }
}

static enum incident_scope scope_of(const struct maker *m, uint32_t event)
{
    struct span scope = text_of(m, F_oom_events_scope, event);
    struct span owner = text_of(m, F_oom_events_cgroup, event);
    struct span own = text_of(m, F_oom_events_task_cgroup, event);
    if (flag_of(m, F_oom_events_manual, event))
        return SCOPE_MANUAL;
    if (span_is(scope, "global"))
        return SCOPE_HOST;
    if (span_is(scope, "cpuset"))
        return SCOPE_CPUSET;
    if (span_is(scope, "mempolicy"))
        return SCOPE_MEMPOLICY;
    if (!span_is(scope, "memcg"))
        return SCOPE_UNKNOWN;
    return own.n && owner.n && !span_eq(owner, own) ? SCOPE_ANCESTOR : SCOPE_CGROUP;
}

static enum incident_kind kind_of(const struct maker *m, const struct series *series)
{
    for (size_t i = 0; i < series->n; i++)
        if (is_known(m, F_oom_events_victim_comm, series->events[i]) ||
            is_known(m, F_oom_events_victim_pid, series->events[i]))
            return INCIDENT_KILL;
    return INCIDENT_NO_KILL;
}

static bool is_panic(const struct maker *m, const struct incident *incident)
{
    for (size_t i = 0; i < incident->series.n; i++)
        if (flag_of(m, F_oom_events_panic, incident->series.events[i]) ||
            flag_of(m, F_oom_events_no_killable, incident->series.events[i]))
            return true;
    return false;
}

/* Which incident to read first: the newest boot, a panic before anything, host before cgroup, more
 * kills, later. */
struct rank {
    const struct maker *m;
    int64_t keys[5];
    size_t incident;
};

static struct rank rank_of(const struct maker *m, const struct incident *incident, size_t index)
{
    static const int weights[] = {
        [SCOPE_HOST] = 4,     [SCOPE_CPUSET] = 3,  [SCOPE_MEMPOLICY] = 3, [SCOPE_CGROUP] = 2,
        [SCOPE_ANCESTOR] = 2, [SCOPE_UNKNOWN] = 1, [SCOPE_MANUAL] = 0,    [SCOPE_NONE] = 0};
    uint32_t last = incident->series.events[incident->series.n - 1];
    return (struct rank){.m = m,
                         .keys = {number_or(m, F_oom_events_boot, last, 0), is_panic(m, incident),
                                  weights[incident->scope], (int64_t)incident->series.n, last},
                         .incident = index};
}

static int rank_cmp(const void *a, const void *b)
{
    const struct rank *x = a, *y = b;
    for (size_t i = 0; i < 5; i++)
        if (x->keys[i] != y->keys[i])
            return x->keys[i] > y->keys[i] ? -1 : 1;
    return 0;
}

/* A log of a year may hold ten thousand, and each takes 70 KiB when it is told. */
enum { INCIDENTS_MAX = 100 };

static void incidents_order(struct maker *m, struct incident *incidents, size_t n)
{
    struct rank *ranks = arena_array(m->arena, n, sizeof(*ranks));
    struct incident *ordered = arena_array(m->arena, n, sizeof(*ordered));
    for (size_t i = 0; i < n; i++)
        ranks[i] = rank_of(m, &incidents[i], i);
    qsort(ranks, n, sizeof(*ranks), rank_cmp);
    for (size_t i = 0; i < n; i++)
        ordered[i] = incidents[ranks[i].incident];
    m->verdict->incidents = ordered;
    m->verdict->n_incidents = n < INCIDENTS_MAX ? n : INCIDENTS_MAX;
    m->verdict->incidents_omitted = n - m->verdict->n_incidents;
}

static void incidents_of_events(struct maker *m, struct groups *groups)
{
    struct incident *incidents = arena_array(m->arena, groups->n, sizeof(*incidents));
    for (size_t i = 0; i < groups->n; i++) {
        struct incident *incident = &incidents[i];
        incident->series = groups->items[i];
        incident->failure = ROW_NONE;
        series_finish(m, &incident->series);
        incident->kind = kind_of(m, &incident->series);
        incident->scope = scope_of(m, incident->series.detail);
        incident->when = moment_of_event(m, incident->series.detail);
        incident->severity = SEVERITY_CRITICAL;
    }
    incidents_order(m, incidents, groups->n);
}

/* Counters of kills that no report in the bundle explains. */
static bool has_lost_kills(const struct maker *m)
{
    return number_or(m, F_vmstat_oom_kill, 0, 0) > 0 || limit_by_counters(m) != ROW_NONE;
}

static const struct finding *finding_matched(const struct maker *m, const char *id)
{
    for (size_t i = 0; i < m->findings->n; i++)
        if (m->findings->items[i].outcome == OUTCOME_MATCH &&
            span_is(m->findings->items[i].rule->id, id))
            return &m->findings->items[i];
    return NULL;
}

/* A scope that was found tells what happened even where it is harmless. */
static bool says_pressure(const struct finding *finding)
{
    const struct rule *rule = finding->rule;
    if (finding->outcome != OUTCOME_MATCH || span_is(rule->id, "no-incident"))
        return false;
    return rule->kind == RULE_SCOPE ||
           (rule->kind == RULE_PRESSURE && rule->severity >= SEVERITY_WARNING);
}

/* Evidence enough to say that nothing happened: the counter of kills, or a log from the boot on. */
static bool can_say_none(const struct maker *m)
{
    if (quantity_of(m, F_vmstat_oom_kill, 0).known || finding_matched(m, "no-incident"))
        return true;
    for (uint32_t log = ROW_NONE; (log = store_row_next(m->store, T_logs, 0, log)) != ROW_NONE;)
        if (flag_of(m, F_logs_from_boot, log) && number_or(m, F_logs_lost, log, 0) == 0)
            return true;
    return false;
}

static void incident_without_event(struct maker *m)
{
    struct incident *incident = arena_alloc(m->arena, sizeof(*incident));
    m->verdict->incidents = incident;
    m->verdict->n_incidents = 1;
    incident->series.detail = ROW_NONE;
    incident->failure = ROW_NONE;
    incident->kind = can_say_none(m) ? INCIDENT_NONE : INCIDENT_UNKNOWN;
    incident->when = moment_of_capture(m);
    for (size_t i = 0; i < m->findings->n; i++) {
        if (!says_pressure(&m->findings->items[i]))
            continue;
        incident->kind = INCIDENT_PRESSURE;
        incident->severity = m->findings->items[i].rule->severity;
        break;
    }
    if (has_lost_kills(m)) {
        incident->kind = INCIDENT_LOST;
        incident->severity = SEVERITY_CRITICAL;
    } else {
        incident->failure = failure_pick(m);
        if (incident->kind == INCIDENT_UNKNOWN && incident->failure != ROW_NONE)
            incident->when = moment_of_failure(m, incident->failure);
    }
    incident->scope = incident->kind == INCIDENT_NONE ? SCOPE_NONE : SCOPE_UNKNOWN;
}

void incidents_make(struct maker *m)
{
    struct groups groups = {0};
    for (uint32_t event = ROW_NONE;
         (event = store_row_next(m->store, T_oom_events, 0, event)) != ROW_NONE;)
        group_add(m, &groups, event);
    if (groups.n)
        incidents_of_events(m, &groups);
    else
        incident_without_event(m);
    map_free(&groups.ids);
}
