/* SPDX-License-Identifier: MIT */
/* The same thing told by several sources: the log, the cgroup tree, the counters of the kernel.
 * What differs is reported, not smoothed over. */
#include "verdict/say.h"

static int64_t kills_in_log(const struct maker *m, const struct incident *incident)
{
    int64_t kills = 0;
    for (size_t i = 0; i < m->verdict->n_incidents; i++) {
        const struct incident *other = &m->verdict->incidents[i];
        if (!incident || other == incident)
            kills += other->victim.kills;
    }
    return kills;
}

/* Whether all reports are of one boot: the counter begins anew with each. */
static bool is_one_boot(const struct maker *m)
{
    int64_t boot = -1;
    for (size_t i = 0; i < m->verdict->n_incidents; i++) {
        const struct series *series = &m->verdict->incidents[i].series;
        for (size_t k = 0; k < series->n; k++) {
            int64_t here = number_or(m, F_oom_events_boot, series->events[k], 0);
            if (boot >= 0 && here != boot)
                return false;
            boot = here;
        }
    }
    return true;
}

/* oom_kill of proc/vmstat counts all kills since boot; a log that shows fewer has lost some, one
 * that shows more was written by others, or before that boot. */
static void join_counter(struct maker *m)
{
    struct quantity counted = quantity_of(m, F_vmstat_oom_kill, 0);
    int64_t seen = kills_in_log(m, NULL);
    if (!counted.known || counted.value == seen || seen == 0 || !is_one_boot(m))
        return;
    struct statement *line =
        tell(m, &m->verdict->disagreements,
             "The kernel counts {c} since boot, the log in the bundle shows {n}: {w}.{@}",
             counted.value, "kill", "kills", seen,
             counted.value > seen ? "the earlier reports are gone"
                                  : "not all that the log shows happened in this boot",
             ref_of(F_vmstat_oom_kill, 0));
    for (size_t i = 0; i < m->verdict->n_incidents; i++)
        for (size_t k = 0; k < m->verdict->incidents[i].series.n; k++)
            statement_cite_fact(m, line, F_oom_events_victim_pid,
                                m->verdict->incidents[i].series.events[k]);
}

/* cgroup v1 counts a kill in the cgroup of the victim alone, v2 in its ancestors too
 * (memcontrol.c, memcg_memory_event): a parent's limit shows no kill there. */
static bool counts_only_its_own(struct maker *m, uint32_t row)
{
    struct fact kills = store_fact(m->store, F_cgroups_events_oom_kill, row);
    return span_ends(store_member_path(m->store, kills.where.member), "memory.oom_control");
}

static void join_cgroup_counters(struct maker *m, struct incident *incident)
{
    uint32_t row = incident->limit.cgroup;
    struct quantity kills = quantity_of(m, F_cgroups_events_oom_kill, row);
    int64_t seen = incident->victim.kills;
    if (!kills.known || (kills.value < seen && counts_only_its_own(m, row)))
        return;
    if (kills.value != seen && is_one_boot(m))
        tell(m, &m->verdict->disagreements, "{p} counts {c}, the log shows {n} at its limit{w}.{@}",
             incident->limit.owner, kills.value, "kill", "kills", seen,
             kills.value < seen ? ": the cgroup was made anew since" : "",
             ref_of(F_cgroups_events_oom_kill, row));
    struct statement *why =
        tell(m, &incident->why, "In the cgroup tree {p} counts {c}{@}", incident->limit.owner,
             kills.value, "kill", "kills", ref_of(F_cgroups_events_oom_kill, row));
    if (seen > incident->victim.killed && kills.value == seen)
        tell_into(m, why, " (the first victim of a group counts twice)");
    struct quantity met = quantity_of(m, F_cgroups_events_max, row);
    if (met.known)
        tell_into(m, why, ", and its limit was met {c}{@}", met.value, "time", "times",
                  ref_of(F_cgroups_events_max, row));
    if (is_known(m, F_cgroups_current, row))
        tell_into(m, why, "; at the capture it holds {}", ref_of(F_cgroups_current, row));
    tell_into(m, why, ".");
}

static void join_limit(struct maker *m, struct incident *incident)
{
    uint32_t row = incident->limit.cgroup, event = incident->series.detail;
    struct quantity then = quantity_of(m, F_oom_events_limit, event);
    struct quantity now = quantity_of(m, F_cgroups_max, row);
    if (!then.known || (!now.known && !now.unlimited) || (now.known && now.value == then.value))
        return;
    tell(m, &m->verdict->disagreements,
         "The limit of {p} was {} at the event and is {} at the capture: somebody changed it in "
         "between.",
         incident->limit.owner, ref_of(F_oom_events_limit, event), ref_of(F_cgroups_max, row));
}

void joins_make(struct maker *m)
{
    join_counter(m);
    for (size_t i = 0; i < m->verdict->n_incidents; i++) {
        struct incident *incident = &m->verdict->incidents[i];
        if (incident->limit.cgroup == ROW_NONE || incident->series.n == 0)
            continue;
        join_cgroup_counters(m, incident);
        join_limit(m, incident);
    }
}
