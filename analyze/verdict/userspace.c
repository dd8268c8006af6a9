/* SPDX-License-Identifier: MIT */
/* A kill by a program in user space, where the kernel killed nobody: whom it ended, and whose
 * memory it watches. */
#include "verdict/say.h"

#include "base/map.h"

static bool is_decisive(const struct incident *incident)
{
    if (incident->kind != INCIDENT_PRESSURE || incident->ranking.n == 0)
        return false;
    struct span rule = incident->ranking.items[0].finding->rule->id;
    return span_is(rule, "userspace-kill") || span_is(rule, "kubelet-eviction");
}

static bool names_a_victim(const struct maker *m, uint32_t row)
{
    struct span kind = text_of(m, F_log_events_kind, row);
    return (span_is(kind, "userspace_kill") || span_is(kind, "kubelet_eviction")) &&
           (is_known(m, F_log_events_pid, row) || is_known(m, F_log_events_comm, row) ||
            is_known(m, F_log_events_cgroup, row));
}

/* One victim is told of several times: SIGTERM, then SIGKILL. *ret_n counts the victims. */
static uint32_t last_victim(const struct maker *m, int64_t *ret_n)
{
    struct map pids = {0}, cgroups = {0};
    uint32_t last = ROW_NONE;
    *ret_n = 0;
    for (uint32_t row = ROW_NONE;
         (row = store_row_next(m->store, T_log_events, 0, row)) != ROW_NONE;) {
        if (!names_a_victim(m, row))
            continue;
        struct quantity pid = quantity_of(m, F_log_events_pid, row);
        struct span cgroup = text_of(m, F_log_events_cgroup, row);
        bool is_seen = pid.known ? map_get_number(&pids, (uint64_t)pid.value, 0)
                                 : map_get(&cgroups, cgroup, 0);
        if (pid.known)
            map_set_number(&pids, (uint64_t)pid.value, 1);
        else
            map_set(&cgroups, cgroup, 1);
        *ret_n += !is_seen;
        last = row;
    }
    map_free(&pids);
    map_free(&cgroups);
    return last;
}

static void tell_victim(struct maker *m, struct statements *why, uint32_t row, int64_t n,
                        bool is_host)
{
    struct statement *said = tell(m, why, "{} chose ", ref_of(F_log_events_source, row));
    if (is_known(m, F_log_events_comm, row) && is_known(m, F_log_events_pid, row))
        tell_into(m, said, "{} (pid {})", ref_of(F_log_events_comm, row),
                  ref_of(F_log_events_pid, row));
    else
        tell_into(m, said, "{}",
                  ref_of(is_known(m, F_log_events_comm, row)     ? F_log_events_comm
                         : is_known(m, F_log_events_cgroup, row) ? F_log_events_cgroup
                                                                 : F_log_events_pid,
                         row));
    if (is_known(m, F_log_events_rss, row))
        tell_into(m, said, ", {} by its own words,", ref_of(F_log_events_rss, row));
    if (n > 1)
        tell_into(m, said, " (the last of {n})", n);
    tell_into(m, said, " as its victim");
    if (is_known(m, F_log_events_scope, row))
        tell_into(m, said, "; it watches {w}{@}, not a limit of the kernel",
                  is_host ? "the memory of the host" : "the memory pressure of a cgroup",
                  ref_of(F_log_events_scope, row));
    tell_into(m, said, ".");
}

void userspace_make(struct maker *m, struct incident *incident)
{
    struct victim *victim = &incident->victim;
    int64_t n;
    if (!is_decisive(incident))
        return;
    uint32_t row = last_victim(m, &n);
    if (row == ROW_NONE)
        return;
    struct span scope = text_of(m, F_log_events_scope, row);
    bool is_host = span_is(scope, "global");
    if (scope.n)
        incident->scope = is_host ? SCOPE_HOST : SCOPE_CGROUP;
    victim->comm = text_of(m, F_log_events_comm, row);
    victim->pid = quantity_of(m, F_log_events_pid, row);
    victim->bytes = quantity_of(m, F_log_events_rss, row);
    victim->known = victim->comm.n || victim->pid.known;
    victim->killed = n;
    tell_victim(m, &victim->why, row, n, is_host);
}
