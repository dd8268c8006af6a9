/* SPDX-License-Identifier: MIT */
/* The limit that was hit and its owner: found in the event, and again in the cgroup tree. */
#include "verdict/say.h"

static void limit_of_cgroup(struct maker *m, struct incident *incident, struct limit *limit)
{
    uint32_t event = incident->series.detail;
    limit->owner = text_of(m, F_oom_events_cgroup, event);
    limit->bytes = quantity_of(m, F_oom_events_limit, event);
    limit->usage = quantity_of(m, F_oom_events_usage, event);
    limit->cgroup = store_row_find(m->store, T_cgroups, limit->owner);
    if (!limit->bytes.known && !limit->bytes.unlimited)
        limit->bytes = quantity_of(m, F_cgroups_max, limit->cgroup);
    limit->known = limit->owner.n > 0;
}

/* The nodes an allocation was held to are limit and owner at once. */
static void limit_of_nodes(struct maker *m, struct incident *incident, struct limit *limit)
{
    uint32_t event = incident->series.detail;
    bool by_policy = incident->scope == SCOPE_MEMPOLICY;
    limit->owner = text_of(m, by_policy ? F_oom_events_nodemask : F_oom_events_mems_allowed, event);
    limit->known = limit->owner.n > 0;
}

static void limit_of_host(struct maker *m, struct incident *incident, struct limit *limit)
{
    uint32_t event = incident->series.detail;
    limit->owner = SPAN_LIT("");
    limit->bytes = quantity_of(m, F_oom_events_mem_managed, event);
    struct quantity free = quantity_of(m, F_oom_events_mem_free, event);
    limit->usage = limit->bytes;
    limit->usage.known = limit->bytes.known && free.known;
    limit->usage.value -= free.value;
    limit->known = true;
}

/* Where nobody was killed: the cgroup that the first finding of pressure is about. */
static void limit_of_finding(struct maker *m, struct incident *incident, struct limit *limit)
{
    for (size_t i = 0; i < m->findings->n; i++) {
        const struct finding *finding = &m->findings->items[i];
        if (finding->outcome != OUTCOME_MATCH || finding->row == ROW_NONE ||
            finding->rule->table != T_cgroups || finding->rule->severity != incident->severity)
            continue;
        if (finding->rule->kind != RULE_SCOPE && finding->rule->kind != RULE_PRESSURE)
            continue;
        limit->cgroup = finding->row;
        limit->owner = text_of(m, F_cgroups_path, finding->row);
        struct quantity high = quantity_of(m, F_cgroups_high, finding->row);
        limit->bytes = high.known ? high : quantity_of(m, F_cgroups_max, finding->row);
        limit->usage = quantity_of(m, F_cgroups_current, finding->row);
        limit->known = true;
        return;
    }
}

/* memory.events.local oom counts at the owner of the limit; version 1 has failcnt and oom_kill in
 * oom_control. */
uint32_t limit_by_counters(const struct maker *m)
{
    uint32_t best = ROW_NONE;
    int64_t most = 0;
    for (uint32_t row = ROW_NONE;
         (row = store_row_next(m->store, T_cgroups, 0, row)) != ROW_NONE;) {
        int64_t hits = number_or(m, F_cgroups_local_oom, row, 0);
        if (number_or(m, F_cgroups_version, row, 2) == 1)
            hits = number_or(m, F_cgroups_events_oom_kill, row, 0);
        if (hits > most) {
            most = hits;
            best = row;
        }
    }
    return best;
}

static void limit_of_counters(struct maker *m, struct incident *incident, struct limit *limit)
{
    uint32_t row = limit_by_counters(m);
    if (row == ROW_NONE)
        return;
    limit->cgroup = row;
    limit->owner = text_of(m, F_cgroups_path, row);
    limit->bytes = quantity_of(m, F_cgroups_max, row);
    limit->usage = quantity_of(m, F_cgroups_current, row);
    limit->known = true;
    bool killed_here = number_or(m, F_cgroups_local_oom_kill, row, 1) > 0;
    incident->scope = killed_here ? SCOPE_CGROUP : SCOPE_ANCESTOR;
}

void limit_make(struct maker *m, struct incident *incident)
{
    struct limit *limit = &incident->limit;
    limit->cgroup = ROW_NONE;
    if (incident->kind == INCIDENT_LOST) {
        limit_of_counters(m, incident, limit);
        return;
    }
    switch (incident->scope) {
    case SCOPE_CGROUP:
    case SCOPE_ANCESTOR:
        limit_of_cgroup(m, incident, limit);
        break;
    case SCOPE_CPUSET:
    case SCOPE_MEMPOLICY:
        limit_of_nodes(m, incident, limit);
        break;
    case SCOPE_HOST:
        limit_of_host(m, incident, limit);
        break;
    case SCOPE_UNKNOWN:
        if (incident->kind == INCIDENT_PRESSURE)
            limit_of_finding(m, incident, limit);
        break;
    case SCOPE_MANUAL:
    case SCOPE_NONE:
        break;
    }
}
