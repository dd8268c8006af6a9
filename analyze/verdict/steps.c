/* SPDX-License-Identifier: MIT */
/* The five questions of an incident, answered from what the other parts found. */
#include "verdict/say.h"

static void step_evidence(struct maker *m, struct incident *incident)
{
    struct statement *step = tell(m, &incident->steps, "Evidence: ");
    if (flag_of(m, F_capture_complete, 0))
        tell_into(m, step, "the capture is complete{@}", ref_of(F_capture_complete, 0));
    else if (is_known(m, F_capture_time, 0))
        tell_into(m, step, "the capture is not complete");
    else
        tell_into(m, step, "this is not a capture by collect");
    if (is_known(m, F_capture_members, 0))
        tell_into(m, step, ", {} members", ref_of(F_capture_members, 0));
    tell_into(m, step, "; {n} of {n} rules could not decide.",
              (int64_t)m->verdict->outcomes[OUTCOME_UNKNOWN], (int64_t)m->findings->n);
}

static const char *scope_words(enum incident_scope scope)
{
    static const char *const words[] = {[SCOPE_UNKNOWN] = "not known",
                                        [SCOPE_HOST] = "the host",
                                        [SCOPE_CGROUP] = "one cgroup, by its own limit",
                                        [SCOPE_ANCESTOR] = "a cgroup above the victim's",
                                        [SCOPE_CPUSET] = "the memory nodes of a cpuset",
                                        [SCOPE_MEMPOLICY] = "the memory nodes of a policy",
                                        [SCOPE_MANUAL] = "none, the killer was called by hand",
                                        [SCOPE_NONE] = "none"};
    return words[scope];
}

static void step_scope(struct maker *m, struct incident *incident)
{
    bool by_program = incident->kind == INCIDENT_PRESSURE && incident->victim.why.n > 0;
    const char *words = scope_words(incident->scope);
    if (by_program && incident->scope == SCOPE_HOST)
        words = "the host, by the thresholds of a program in user space";
    else if (by_program && incident->scope == SCOPE_CGROUP)
        words = "one cgroup, by the thresholds of a program in user space";
    else if (incident->scope == SCOPE_UNKNOWN && incident->limit.cgroup != ROW_NONE)
        words = "one cgroup"; /* that was slowed down, or of which counters tell */
    struct statement *step = tell(m, &incident->steps, "Scope: {w}", words);
    if (incident->limit.owner.n)
        tell_into(m, step, ", {w}{p}", path_words(incident->limit.owner), incident->limit.owner);
    if (incident->limit.bytes.known)
        tell_into(m, step, ", limit {b}", incident->limit.bytes.value);
    tell_into(m, step, ".");
    statement_cite_fact(m, step, F_oom_events_constraint, incident->series.detail);
    statement_cite_fact(m, step, F_oom_events_limit, incident->series.detail);
    if (incident->scope == SCOPE_HOST)
        statement_cite_fact(m, step, F_oom_events_mem_managed, incident->series.detail);
    statement_cite_fact(m, step, F_cgroups_max, incident->limit.cgroup);
    statement_cite_fact(m, step, F_cgroups_high, incident->limit.cgroup);
}

static void step_attribution(struct maker *m, struct incident *incident)
{
    const struct attribution *a = incident->event.known ? &incident->event : &incident->capture;
    if (!a->known || !a->dominant) {
        tell(m, &incident->steps, "Attribution: the evidence does not split the memory by class.");
        return;
    }
    struct statement *step =
        tell(m, &incident->steps, "Attribution at the {w}: mostly {w}, {b} of {b}", a->at,
             class_words(a->dominant->name), a->dominant->bytes, a->total_bytes);
    statement_cite_all(m, step, &a->dominant->note);
    statement_cite_all(m, step, &a->whole);
    if (incident->holders.n) {
        tell_into(m, step, "; largest holder {s}, {b}", incident->holders.items[0].name,
                  incident->holders.items[0].bytes);
        statement_cite_all(m, step, &incident->holders.items[0].note);
    }
    tell_into(m, step, ".");
}

static void step_advice(struct maker *m, struct incident *incident, const char *name,
                        const struct statements *from)
{
    if (from->n == 0) {
        tell(m, &incident->steps, "{w}: nothing that the evidence asks for.", name);
        return;
    }
    struct statement *step = tell(m, &incident->steps, "{w}: ", name);
    for (size_t i = 0; i < from->items[0].text.n; i++)
        phrase_add(&step->text, m->arena, from->items[0].text.pieces[i].kind,
                   from->items[0].text.pieces[i].text);
    statement_cite_all(m, step, &from->items[0]);
}

void steps_make(struct maker *m, struct incident *incident)
{
    step_evidence(m, incident);
    step_scope(m, incident);
    step_attribution(m, incident);
    step_advice(m, incident, "Mitigation", &incident->act);
    struct statements guards = {0};
    for (size_t i = 0; i < incident->ranking.n; i++)
        if (incident->ranking.items[i].role >= ROLE_MISTAKE)
            *statements_add(m, &guards) = incident->ranking.items[i].evidence;
    step_advice(m, incident, "Guardrails", &guards);
}
