/* SPDX-License-Identifier: MIT */
/* The second line: who was killed, who held the memory, how often. */
#include "verdict/suspect.h"

#include "base/amount.h"
#include "base/map.h"

static void summary_holder(struct maker *m, struct incident *incident, const struct holder *top,
                           bool is_same)
{
    struct statement *summary = &incident->summary;
    const char *measure = incident->holders.measure;
    if (is_same)
        tell_into(m, summary, "; it");
    else
        tell_into(m, summary, "; {w}{s}", holder_words(top->kind), top->name);
    if (top->processes > 1 && top->kind == HOLDER_PROCESS)
        tell_into(m, summary, " ({n} processes)", top->processes);
    if (is_counted_on_host(incident, top))
        tell_into(m, summary, " had {b} on the whole host at the {w}", top->bytes,
                  incident->holders.at);
    else if (top->share == 0)
        tell_into(m, summary, " held {b} {w}", top->bytes, measure);
    else if (top->share > 10000)
        tell_into(m, summary, " held {b} {w}, {w}", top->bytes, measure,
                  top->processes > 1 ? "shared pages counted in each"
                                     : "a part of it charged elsewhere");
    else
        tell_into(m, summary, " held {r} ({b} {w})", top->share, top->bytes, measure);
    if (top->rate.known && top->rate.value > 0)
        tell_into(m, summary, " and grew by {v} over the samples", top->rate.value);
    statement_cite_all(m, summary, &top->note);
    statement_cite_all(m, summary, &incident->holders.whole);
}

static void summary_kill(struct maker *m, struct incident *incident)
{
    const struct victim *victim = &incident->victim;
    uint32_t event = incident->series.detail;
    struct statement *summary = &incident->summary;
    if (!victim->known)
        return;
    tell_into(m, summary, "{} (pid {}) was killed", ref_of(F_oom_events_victim_comm, event),
              ref_of(F_oom_events_victim_pid, event));
    if (victim->killed > 1)
        tell_into(m, summary,
                  incident->series.n > 1 ? " last, one of {n} processes in all"
                                         : ", one of {n} processes",
                  victim->killed);
    const struct holder *top = suspect_of(incident);
    if (incident->scope == SCOPE_MANUAL) {
        tell_into(m, summary, ".");
        return;
    }
    /* above the whole: a part of it is charged elsewhere; below a thousandth: the bytes say more */
    bool has_share = victim->share >= 10 && victim->share <= 10000;
    if (has_share)
        tell_into(m, summary, "; it held {r} of {w}", victim->share, whole_words(incident));
    statement_cite_fact(m, summary, F_oom_events_victim_rss, event);
    statement_cite_all(m, summary, &incident->event.whole);
    bool is_victim = top && top->is_victim && top->processes == 1;
    if (victim->bytes.known && victim->bytes.value > 0)
        tell_into(m, summary, has_share ? " ({b})" : "; it held {b}", victim->bytes.value);
    if (top && !is_victim && !is_too_small(incident, top))
        summary_holder(m, incident, top, false);
    tell_into(m, summary, ".");
}

/* Who asked is who held: told once. */
static bool is_trigger(const struct maker *m, uint32_t event, const struct holder *top)
{
    struct quantity pid = quantity_of(m, F_oom_events_trigger_pid, event);
    return top->kind == HOLDER_PROCESS && top->processes == 1 && pid.known && pid.value == top->pid;
}

static void summary_no_kill(struct maker *m, struct incident *incident)
{
    uint32_t event = incident->series.detail;
    const struct holder *top = suspect_of(incident);
    if (!is_known(m, F_oom_events_trigger_comm, event))
        return;
    tell_into(m, &incident->summary, "{} asked for memory and did not get it",
              ref_of(F_oom_events_trigger_comm, event));
    if (top && !is_too_small(incident, top))
        summary_holder(m, incident, top, is_trigger(m, event, top));
    if (incident->victim.killed > 0)
        tell_into(m, &incident->summary, "; of this series {c} {w} killed", incident->victim.killed,
                  "process", "processes", incident->victim.killed == 1 ? "was" : "were");
    tell_into(m, &incident->summary, ".");
}

int64_t owners_of(struct maker *m, const struct series *series)
{
    struct map seen = {0};
    int64_t n = 0;
    for (size_t i = 0; i < series->n; i++) {
        struct span owner = text_of(m, F_oom_events_cgroup, series->events[i]);
        if (!owner.n || map_get(&seen, owner, 0))
            continue;
        map_set(&seen, owner, 1);
        n++;
    }
    map_free(&seen);
    return n;
}

static void summary_series(struct maker *m, struct incident *incident)
{
    const struct series *series = &incident->series;
    if (series->n < 2)
        return;
    bool has_time = moment_is_known(&series->first);
    bool all_killed = incident->victim.killed >= (int64_t)series->n;
    tell_into(m, &incident->summary, "{w}{n} {w}", incident->summary.text.n ? " " : "",
              (int64_t)series->n, all_killed ? "kills" : "such events");
    if (has_time)
        tell_into(m, &incident->summary, ", the first {t}, the last {t}", &series->first,
                  &series->last);
    int64_t owners = owners_of(m, series);
    if (owners > 1)
        tell_into(m, &incident->summary, ", in {n} cgroups of the same kind", owners);
    tell_into(m, &incident->summary, ".");
}

/* What kind of memory filled a limit that is not the host's: of the host the title says it. */
static void summary_class(struct maker *m, struct incident *incident)
{
    const struct attribution *a = &incident->event;
    if (!a->known || !a->dominant || incident->scope == SCOPE_HOST ||
        incident->scope == SCOPE_MANUAL)
        return;
    bool of_nodes = incident->scope == SCOPE_CPUSET || incident->scope == SCOPE_MEMPOLICY;
    tell_into(m, &incident->summary, "{w}What filled {w}: {r} {w}.",
              incident->summary.text.n ? " " : "", of_nodes ? "them" : "the limit",
              amount_share(a->dominant->bytes, a->total_bytes), class_words(a->dominant->name));
    statement_cite_all(m, &incident->summary, &a->dominant->note);
    statement_cite_all(m, &incident->summary, &a->whole);
}

/* A warning is about what comes: of a process that grows, when. */
static void summary_alarm(struct maker *m, struct incident *incident, const struct ranked *alarm)
{
    const struct finding *finding = alarm->finding;
    struct statement *summary = &incident->summary;
    for (size_t i = 0; i < alarm->evidence.text.n; i++)
        phrase_add(&summary->text, m->arena, alarm->evidence.text.pieces[i].kind,
                   alarm->evidence.text.pieces[i].text);
    statement_cite_all(m, summary, &alarm->evidence);
    if (!finding->rule->for_each || finding->rule->table != T_processes ||
        !flag_of(m, F_processes_growth_steady, finding->row))
        return;
    say_time_left(m, summary, finding->row, " At");
    tell_into(m, summary, ".");
}

void summary_make(struct maker *m, struct incident *incident)
{
    const struct ranked *alarm = first_alarm(incident);
    switch (incident->kind) {
    case INCIDENT_KILL:
        if (incident->victim.known)
            summary_kill(m, incident);
        else /* others of the series killed, the one that is shown did not */
            summary_no_kill(m, incident);
        summary_class(m, incident);
        summary_series(m, incident);
        break;
    case INCIDENT_NO_KILL:
        summary_no_kill(m, incident);
        summary_class(m, incident);
        summary_series(m, incident);
        break;
    case INCIDENT_PRESSURE:
    case INCIDENT_LOST:
    case INCIDENT_NONE:
    case INCIDENT_UNKNOWN:
        if (incident->kind == INCIDENT_NONE && alarm) {
            summary_alarm(m, incident, alarm);
            break;
        }
        if (incident->kind == INCIDENT_UNKNOWN && incident->failure != ROW_NONE) {
            failure_summary(m, incident, &incident->summary);
            break;
        }
        if (incident->kind == INCIDENT_UNKNOWN && incident->first_signal.what.text.n) {
            incident->summary = incident->first_signal.what;
            break;
        }
        if (incident->why.n) {
            incident->summary = incident->why.items[0];
            break;
        }
        tell_into(m, &incident->summary,
                  "Neither a kernel log from the boot on nor the counter of "
                  "kills (proc/vmstat) is in it.");
        break;
    }
}
