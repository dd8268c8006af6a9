/* SPDX-License-Identifier: MIT */
/* Findings that concern an incident, by role; causes by bytes explained, then severity, then id. */
#include "verdict/say.h"

#include "base/amount.h"

#include <stdlib.h>

static bool series_has(const struct series *series, uint32_t event)
{
    for (size_t i = 0; i < series->n; i++)
        if (series->events[i] == event)
            return true;
    return false;
}

/* A finding about an event belongs to the incident of that event; one about the host, a process or
 * a cgroup to the incident that is read first. */
static bool concerns(const struct finding *finding, const struct incident *incident, bool is_first)
{
    bool about_event = finding->rule->for_each && finding->rule->table == T_oom_events;
    if (about_event && finding->row != ROW_NONE)
        return series_has(&incident->series, finding->row);
    return is_first;
}

/* Of findings of one rule about the events of a series the one of the event shown is enough. */
static bool is_repeat(const struct finding *finding, const struct incident *incident)
{
    return finding->rule->for_each && finding->rule->table == T_oom_events &&
           finding->row != ROW_NONE && finding->row != incident->series.detail;
}

static bool is_superseded(const struct maker *m, const struct finding *finding)
{
    for (size_t i = 0; i < m->findings->n; i++) {
        const struct finding *other = &m->findings->items[i];
        if (other->outcome != OUTCOME_MATCH || other->row != finding->row)
            continue;
        for (size_t k = 0; k < other->rule->supersedes.n; k++)
            if (span_eq(other->rule->supersedes.items[k], finding->rule->id))
                return true;
    }
    return false;
}

static enum finding_role role_of(const struct finding *finding)
{
    switch (finding->rule->kind) {
    case RULE_SCOPE:
        return ROLE_SCOPE;
    case RULE_CAUSE:
        return ROLE_CAUSE;
    case RULE_PRESSURE:
        return ROLE_CONTRIBUTING;
    case RULE_MISTAKE:
        return ROLE_MISTAKE;
    case RULE_RISK:
        return ROLE_RISK;
    }
    return ROLE_RISK;
}

static int ranked_cmp(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    const struct finding *f = x->finding, *g = y->finding;
    if (x->role != y->role)
        return x->role < y->role ? -1 : 1;
    int64_t fb = f->explains_known ? f->explains_bytes : -1;
    int64_t gb = g->explains_known ? g->explains_bytes : -1;
    if (fb != gb)
        return fb > gb ? -1 : 1;
    if (f->rule->severity != g->rule->severity)
        return f->rule->severity > g->rule->severity ? -1 : 1;
    int by_id = span_cmp(f->rule->id, g->rule->id);
    if (by_id)
        return by_id;
    return f->row < g->row ? -1 : f->row > g->row;
}

static void evidence_of(struct maker *m, struct ranked *ranked)
{
    const struct finding *finding = ranked->finding;
    for (size_t i = 0; i < finding->say.n; i++)
        phrase_add(&ranked->evidence.text, m->arena, finding->say.pieces[i].kind,
                   finding->say.pieces[i].text);
    for (size_t i = 0; i < finding->n_cites; i++)
        cite(m, &ranked->evidence, finding->cites[i]);
}

static int64_t whole_of(const struct incident *incident)
{
    const struct attribution *attribution =
        incident->event.known ? &incident->event : &incident->capture;
    return attribution->known ? attribution->total_bytes : 0;
}

/* Only the first cause is the cause; the others, and pressure, contribute. */
static void roles_finish(struct ranking *ranking)
{
    bool has_cause = false;
    for (size_t i = 0; i < ranking->n; i++) {
        struct ranked *ranked = &ranking->items[i];
        if (ranked->role != ROLE_CAUSE)
            continue;
        bool is_alarm = ranked->finding->rule->severity > SEVERITY_NOTICE;
        if (has_cause || !is_alarm)
            ranked->role = ROLE_CONTRIBUTING;
        has_cause |= is_alarm;
    }
    qsort(ranking->items, ranking->n, sizeof(*ranking->items), ranked_cmp);
}

void ranking_make(struct maker *m, struct incident *incident, bool is_first)
{
    struct ranking *ranking = &incident->ranking;
    size_t room = 0;
    for (size_t i = 0; i < m->findings->n; i++) {
        const struct finding *finding = &m->findings->items[i];
        if (finding->outcome != OUTCOME_MATCH || !concerns(finding, incident, is_first) ||
            is_repeat(finding, incident) || is_superseded(m, finding))
            continue;
        ranking->items = maker_room(m, ranking->items, ranking->n, &room, sizeof(*ranking->items));
        struct ranked *ranked = &ranking->items[ranking->n++];
        *ranked = (struct ranked){.finding = finding, .role = role_of(finding)};
        if (finding->explains_known)
            ranked->share = amount_share(finding->explains_bytes, whole_of(incident));
        evidence_of(m, ranked);
    }
    if (ranking->n == 0)
        return;
    qsort(ranking->items, ranking->n, sizeof(*ranking->items), ranked_cmp);
    roles_finish(ranking);
}
