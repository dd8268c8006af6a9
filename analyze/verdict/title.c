/* SPDX-License-Identifier: MIT */
/* The first line: whose limit was hit, or what else happened. */
#include "verdict/say.h"

#include "base/amount.h"

/* Scope rules that say more than the constraint does: where one matches, its title is the headline.
 */
static const char *const refining[] = {"low-zone-oom", "fragmentation-oom", "false-global",
                                       "oom-panic", "no-killable-process"};

const struct ranked *first_alarm(const struct incident *incident)
{
    for (size_t i = 0; i < incident->ranking.n; i++)
        if (incident->ranking.items[i].finding->rule->severity >= SEVERITY_WARNING)
            return &incident->ranking.items[i];
    return NULL;
}

static const struct ranked *refinement(const struct incident *incident)
{
    for (size_t i = 0; i < incident->ranking.n; i++)
        for (size_t k = 0; k < sizeof(refining) / sizeof(*refining); k++)
            if (incident->ranking.items[i].role == ROLE_SCOPE &&
                span_is(incident->ranking.items[i].finding->rule->id, refining[k]))
                return &incident->ranking.items[i];
    return NULL;
}

static void title_rule(struct maker *m, struct incident *incident, const struct ranked *ranked)
{
    phrase_add(&incident->title.text, m->arena, PIECE_PROSE, ranked->finding->rule->title);
    statement_cite_all(m, &incident->title, &ranked->evidence);
}

static void title_cgroup(struct maker *m, struct incident *incident)
{
    const struct limit *limit = &incident->limit;
    uint32_t event = incident->series.detail;
    if (limit->owner.n == 0)
        tell_into(m, &incident->title, "a cgroup that the log does not name");
    else
        tell_into(m, &incident->title, "{p}", limit->owner);
    tell_into(m, &incident->title, "{@}{w} hit its {w}", ref_of(F_oom_events_cgroup, event),
              incident->scope == SCOPE_ANCESTOR ? ", an ancestor of the victim's cgroup," : "",
              incident->scope == SCOPE_CGROUP ? "own " : "");
    if (limit->bytes.known)
        tell_into(m, &incident->title, "{b} limit", limit->bytes.value);
    else
        tell_into(m, &incident->title, "memory limit");
    statement_cite_fact(m, &incident->title, F_oom_events_limit, event);
    if (!is_known(m, F_meminfo_available, 0))
        return;
    tell_into(m, &incident->title, "; the host had {} of {} available at the capture",
              ref_of(F_meminfo_available, 0), ref_of(F_meminfo_total, 0));
}

static void title_host(struct maker *m, struct incident *incident)
{
    const struct attribution *a = &incident->event;
    tell_into(m, &incident->title, "the host ran out of memory");
    statement_cite_fact(m, &incident->title, F_oom_events_constraint, incident->series.detail);
    if (!a->known || !a->dominant)
        return;
    tell_into(m, &incident->title, ": {r} of its {b} was {w}",
              amount_share(a->dominant->bytes, a->total_bytes), a->total_bytes,
              class_words(a->dominant->name));
    statement_cite_all(m, &incident->title, &a->dominant->note);
}

static void title_scope(struct maker *m, struct incident *incident)
{
    uint32_t event = incident->series.detail;
    switch (incident->scope) {
    case SCOPE_CGROUP:
    case SCOPE_ANCESTOR:
        title_cgroup(m, incident);
        break;
    case SCOPE_HOST:
        title_host(m, incident);
        break;
    case SCOPE_CPUSET:
        tell_into(m, &incident->title, "the memory nodes {} that a cpuset allows were full",
                  ref_of(F_oom_events_mems_allowed, event));
        break;
    case SCOPE_MEMPOLICY:
        tell_into(m, &incident->title, "the memory nodes {} that a memory policy allows were full",
                  ref_of(F_oom_events_nodemask, event));
        break;
    case SCOPE_MANUAL:
        tell_into(m, &incident->title, "the OOM killer was called by sysrq-f, not by a shortage{@}",
                  ref_of(F_oom_events_order, event));
        break;
    case SCOPE_UNKNOWN:
    case SCOPE_NONE:
        tell_into(m, &incident->title,
                  "the kernel killed {}; the log does not say whose limit was "
                  "hit",
                  ref_of(F_oom_events_victim_comm, event));
        break;
    }
}

/* Rules about how it ended; title_no_kill has said that. */
static bool tells_the_end(const struct ranked *ranked)
{
    return span_is(ranked->finding->rule->id, "oom-panic") ||
           span_is(ranked->finding->rule->id, "no-killable-process");
}

static void title_no_kill(struct maker *m, struct incident *incident, const struct ranked *refined)
{
    uint32_t event = incident->series.detail;
    bool panicked = flag_of(m, F_oom_events_panic, event);
    bool unkillable = flag_of(m, F_oom_events_no_killable, event);
    if (!panicked && !unkillable && incident->scope != SCOPE_UNKNOWN)
        title_scope(m, incident);
    if (panicked)
        tell_into(m, &incident->title, "out of memory, and the kernel panicked{@}",
                  ref_of(F_oom_events_panic, event));
    else if (unkillable)
        tell_into(m, &incident->title, "out of memory, and nothing could be killed{@}",
                  ref_of(F_oom_events_no_killable, event));
    else
        tell_into(m, &incident->title, "{w}the log does not show whom the kernel killed",
                  incident->scope == SCOPE_UNKNOWN ? "the OOM killer ran; " : "; ");
    if (refined && !tells_the_end(refined)) {
        tell_into(m, &incident->title, ": ");
        title_rule(m, incident, refined);
    }
}

static void title_lost(struct maker *m, struct incident *incident)
{
    uint32_t row = incident->limit.cgroup;
    if (row != ROW_NONE) {
        tell_into(m, &incident->title, "{p} has hit its ", incident->limit.owner);
        if (incident->limit.bytes.known)
            tell_into(m, &incident->title, "{} limit", ref_of(F_cgroups_max, row));
        else
            tell_into(m, &incident->title, "memory limit");
        tell_into(m, &incident->title, " and processes were killed; ");
        statement_cite_fact(m, &incident->title, F_cgroups_local_oom, row);
        statement_cite_fact(m, &incident->title, F_cgroups_events_oom_kill, row);
    } else {
        tell_into(m, &incident->title, "the kernel has killed {c} since boot; {@}",
                  number_or(m, F_vmstat_oom_kill, 0, 0), "process", "processes",
                  ref_of(F_vmstat_oom_kill, 0));
    }
    tell_into(m, &incident->title, "the report is no longer in the log");
}

static void title_without_event(struct maker *m, struct incident *incident)
{
    const struct ranked *alarm = first_alarm(incident);
    switch (incident->kind) {
    case INCIDENT_LOST:
        title_lost(m, incident);
        break;
    case INCIDENT_PRESSURE:
        title_rule(m, incident, alarm ? alarm : &incident->ranking.items[0]);
        break;
    case INCIDENT_NONE:
        tell_into(m, &incident->title, "no memory incident in this bundle");
        if (alarm) {
            tell_into(m, &incident->title, ", but a warning: ");
            title_rule(m, incident, alarm);
        }
        break;
    case INCIDENT_UNKNOWN:
    case INCIDENT_KILL:
    case INCIDENT_NO_KILL:
        tell_into(m, &incident->title,
                  "the evidence cannot say whether there was a memory incident");
        break;
    }
}

void title_make(struct maker *m, struct incident *incident)
{
    const struct ranked *refined = refinement(incident);
    if (incident->series.n == 0)
        title_without_event(m, incident);
    else if (incident->kind == INCIDENT_NO_KILL)
        title_no_kill(m, incident, refined);
    else if (refined)
        title_rule(m, incident, refined);
    else
        title_scope(m, incident);
}
