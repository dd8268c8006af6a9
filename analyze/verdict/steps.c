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

static void step_scope(struct maker *m, struct incident *incident)
{
    struct statement *step =
        tell(m, &incident->steps, "Scope: {w}", incident_scope_name(incident->scope));
    if (incident->limit.owner.n)
        tell_into(m, step, ", {p}", incident->limit.owner);
    if (incident->limit.bytes.known)
        tell_into(m, step, ", limit {b}", incident->limit.bytes.value);
    tell_into(m, step, ".");
    if (incident->series.n)
        statement_cite_fact(m, step, F_oom_events_constraint, incident->series.detail);
}

static void step_attribution(struct maker *m, struct incident *incident)
{
    const struct attribution *a = incident->event.known ? &incident->event : &incident->capture;
    if (!a->known || !a->dominant) {
        tell(m, &incident->steps, "Attribution: the evidence does not split the memory by class.");
        return;
    }
    struct statement *step = tell(m, &incident->steps, "Attribution ({w}): mostly {w}, {b} of {b}",
                                  a->at, a->dominant->name, a->dominant->bytes, a->total_bytes);
    statement_cite_all(m, step, &a->dominant->note);
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
