/* SPDX-License-Identifier: MIT */
/* The reasons where no report of a kill is: what the counters and the host say. */
#include "verdict/why.h"

enum { LOGS_NAMED = 100 };

static void why_no_kill(struct maker *m, struct incident *incident)
{
    if (is_known(m, F_vmstat_oom_kill, 0))
        tell(m, &incident->why, "The kernel has killed {c} for memory since boot.{@}",
             number_or(m, F_vmstat_oom_kill, 0, 0), "process", "processes",
             ref_of(F_vmstat_oom_kill, 0));
    int64_t n = 0;
    for (uint32_t log = ROW_NONE; (log = store_row_next(m->store, T_logs, 0, log)) != ROW_NONE;)
        if (n++ < LOGS_NAMED)
            tell(m, &incident->why, "The log {} ({} records) holds no report of the OOM killer.",
                 ref_of(F_logs_member, log), ref_of(F_logs_records, log));
    if (n > LOGS_NAMED)
        tell(m, &incident->why, "Nor {w} {c}.", n == LOGS_NAMED + 1 ? "does" : "do", n - LOGS_NAMED,
             "more log", "more logs");
}

/* How the host stood at the capture. */
static void why_host_now(struct maker *m, struct incident *incident)
{
    if (is_known(m, F_meminfo_available, 0) && is_known(m, F_meminfo_total, 0))
        tell(m, &incident->why, "At the capture {} of the host's {} was available.",
             ref_of(F_meminfo_available, 0), ref_of(F_meminfo_total, 0));
    struct quantity waited = quantity_of(m, F_psi_memory_some_total, 0);
    if (waited.known && waited.value == 0)
        tell(m, &incident->why, "No task has waited for memory since boot.{@}",
             ref_of(F_psi_memory_some_total, 0));
    else if (waited.known)
        tell(m, &incident->why,
             "Since boot tasks waited {} for memory; in the last 10 s {} of the "
             "time, in the last 300 s {}.",
             ref_of(F_psi_memory_some_total, 0), ref_of(F_psi_memory_some_avg10, 0),
             ref_of(F_psi_memory_some_avg300, 0));
}

static void why_lost(struct maker *m, struct incident *incident)
{
    uint32_t row = incident->limit.cgroup;
    struct quantity hits = quantity_of(m, F_cgroups_local_oom, row);
    if (row == ROW_NONE)
        return;
    struct statement *why = tell(m, &incident->why, "{p} met its limit", incident->limit.owner);
    if (hits.known)
        tell_into(m, why, " {c} with nothing left to reclaim{@}", hits.value, "time", "times",
                  ref_of(F_cgroups_local_oom, row));
    struct quantity kills = quantity_of(m, F_cgroups_events_oom_kill, row);
    if (kills.known)
        tell_into(m, why, "; {c} in it {w} killed{@}", kills.value, "process", "processes",
                  kills.value == 1 ? "was" : "were", ref_of(F_cgroups_events_oom_kill, row));
    tell_into(m, why, ".");
    const struct attribution *now = &incident->capture; /* what is left after the kill */
    if (now->known && incident->limit.bytes.known &&
        now->total_bytes >= incident->limit.bytes.value / 10)
        why_filled(m, incident);
}

/* The rule no-incident says in one sentence what why_no_kill and why_host_now say in four. */
static bool is_told(const struct incident *incident)
{
    for (size_t i = 0; i < incident->ranking.n; i++)
        if (span_is(incident->ranking.items[i].finding->rule->id, "no-incident"))
            return true;
    return false;
}

void why_without_event(struct maker *m, struct incident *incident)
{
    if (incident->kind == INCIDENT_LOST)
        why_lost(m, incident);
    failure_why(m, incident);
    why_findings(m, incident);
    why_victim(m, incident);
    if (is_told(incident))
        return;
    if (incident->kind != INCIDENT_PRESSURE)
        why_no_kill(m, incident);
    why_host_now(m, incident);
}
