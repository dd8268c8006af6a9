/* SPDX-License-Identifier: MIT */
/* Findings that concern an incident, by role; causes by bytes explained, then severity, then id. */
#include "verdict/say.h"

#include "base/amount.h"
#include "base/map.h"

#include <inttypes.h>
#include <stdlib.h>

/* Incidents by the event they show. */
static void incidents_index(const struct maker *m, struct map *by_event)
{
    for (size_t i = 0; i < m->verdict->n_incidents; i++)
        map_set_number(by_event, m->verdict->incidents[i].series.detail, (uint32_t)i);
}

/* A finding about an event belongs to the incident that shows the event; of a rule's findings about
 * the repeats of a series that one is enough. A finding about the host, a process or a cgroup
 * belongs to the incident that is read first. NULL = to none. */
static struct incident *incident_for(const struct maker *m, const struct map *by_event,
                                     const struct finding *finding)
{
    bool about_event = finding->rule->for_each && finding->rule->table == T_oom_events;
    uint32_t at = 0;
    if (about_event && finding->row != ROW_NONE)
        at = map_get_number(by_event, finding->row, UINT32_MAX);
    return at == UINT32_MAX ? NULL : &m->verdict->incidents[at];
}

/* What a more precise finding replaces, as one text: the rule, and the row where both walk the same
 * table. */
static struct span replaced_key(struct maker *m, struct span id, uint32_t row)
{
    return span_of(arena_printf(m->arena, "%" PRIu32 " " SPAN_FMT, row, SPAN_ARG(id)));
}

static enum table_id table_of(const struct finding *finding)
{
    return finding->rule->for_each ? finding->rule->table : TABLE_NONE;
}

struct replaced {
    struct map rows;   /* by row and rule: the table that both walk, plus one */
    struct map tables; /* by rule: the table of what replaces it, plus one */
};

static void replaced_gather(struct maker *m, struct replaced *replaced)
{
    for (size_t i = 0; i < m->findings->n; i++) {
        const struct finding *finding = &m->findings->items[i];
        const struct text_list *supersedes = &finding->rule->supersedes;
        uint32_t table = (uint32_t)table_of(finding) + 1;
        for (size_t k = 0; finding->outcome == OUTCOME_MATCH && k < supersedes->n; k++) {
            map_set(&replaced->rows, replaced_key(m, supersedes->items[k], finding->row), table);
            map_set(&replaced->tables, supersedes->items[k], table);
        }
    }
}

static bool is_replaced(struct maker *m, const struct replaced *replaced,
                        const struct finding *finding)
{
    uint32_t own = (uint32_t)table_of(finding) + 1;
    uint32_t other = map_get(&replaced->tables, finding->rule->id, 0);
    if (other == 0)
        return false;
    return other != own ||
           map_get(&replaced->rows, replaced_key(m, finding->rule->id, finding->row), 0) == own;
}

/* What denies any incident is no part of one; that nothing but a request failed, or that cache is
 * no harm, is no part of a kill. */
static bool is_denial(const struct finding *finding, const struct incident *incident)
{
    static const char *const harmless[] = {"alloc-failure-only", "file-cache-normal"};
    if (incident->kind != INCIDENT_NONE && span_is(finding->rule->id, "no-incident"))
        return true;
    for (size_t i = 0; i < sizeof(harmless) / sizeof(*harmless); i++)
        if (incident->series.n && span_is(finding->rule->id, harmless[i]))
            return true;
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

/* What a program says of itself stands behind what files of the kernel say. */
static bool is_hearsay(const struct finding *finding)
{
    return span_is(finding->rule->id, "application-enomem");
}

static int ranked_cmp(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    const struct finding *f = x->finding, *g = y->finding;
    if (x->role != y->role)
        return x->role < y->role ? -1 : 1;
    if (is_hearsay(f) != is_hearsay(g))
        return is_hearsay(f) ? 1 : -1;
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

/* Paths as the other sentences show them. */
static struct span said_short(struct maker *m, const struct piece *piece)
{
    bool is_path = piece->kind == PIECE_EVIDENCE && span_starts(piece->text, "/");
    return is_path ? path_short(m, piece->text) : piece->text;
}

static void evidence_of(struct maker *m, struct ranked *ranked)
{
    const struct finding *finding = ranked->finding;
    for (size_t i = 0; i < finding->say.n; i++)
        phrase_add(&ranked->evidence.text, m->arena, finding->say.pieces[i].kind,
                   said_short(m, &finding->say.pieces[i]));
    statement_cite_refs(m, &ranked->evidence, finding->cites, finding->n_cites);
    statement_cite_refs(m, &ranked->evidence, finding->said, finding->n_said);
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

/* Rows of one rule: the first of them speaks for all in a short report. */
static void repeats_mark(struct ranking *ranking)
{
    struct map firsts = {0};
    for (size_t i = 0; i < ranking->n; i++) {
        struct ranked *ranked = &ranking->items[i];
        uint64_t key = (uint64_t)(uintptr_t)ranked->finding->rule * ROLE_COUNT + ranked->role;
        uint32_t first = map_get_number(&firsts, key, UINT32_MAX);
        if (first == UINT32_MAX) {
            map_set_number(&firsts, key, (uint32_t)i);
            continue;
        }
        ranking->items[first].more++;
        ranked->is_repeat = true;
    }
    map_free(&firsts);
}

static void ranked_add(struct maker *m, struct incident *incident, const struct finding *finding)
{
    struct ranking *ranking = &incident->ranking;
    ranking->items =
        maker_room(m, ranking->items, ranking->n, &ranking->room, sizeof(*ranking->items));
    struct ranked *ranked = &ranking->items[ranking->n++];
    *ranked = (struct ranked){.finding = finding, .role = role_of(finding)};
    if (incident->series.n && is_hearsay(finding))
        ranked->role = ROLE_CONTRIBUTING; /* beside a report of the killer it is a symptom */
    if (finding->explains_known)
        ranked->share = amount_share(finding->explains_bytes, whole_of(incident));
    evidence_of(m, ranked);
    context_tell(m, &ranked->context, finding, false);
}

static void ranking_finish(struct ranking *ranking)
{
    if (ranking->n == 0)
        return;
    qsort(ranking->items, ranking->n, sizeof(*ranking->items), ranked_cmp);
    roles_finish(ranking);
    repeats_mark(ranking);
}

/* Rules that count how often it happened speak of a series, at the event at which they begin to. */
static bool is_about_series(struct maker *m, const struct rule *rule)
{
    struct needs needs = rule_needs(rule, m->arena);
    for (size_t i = 0; i < needs.n; i++)
        if (needs.items[i].field == F_oom_events_repeat)
            return true;
    return false;
}

static bool is_ranked(const struct incident *incident, const struct rule *rule)
{
    for (size_t i = 0; i < incident->ranking.n; i++)
        if (incident->ranking.items[i].finding->rule == rule)
            return true;
    return false;
}

/* What is found of the series at an event that is not the one shown. */
static void rank_series(struct maker *m, const struct replaced *replaced)
{
    struct map by_event = {0};
    for (size_t i = 0; i < m->verdict->n_incidents; i++)
        for (size_t k = 0; k < m->verdict->incidents[i].series.n; k++)
            map_set_number(&by_event, m->verdict->incidents[i].series.events[k], (uint32_t)i);
    for (size_t i = 0; i < m->findings->n; i++) {
        const struct finding *finding = &m->findings->items[i];
        if (finding->outcome != OUTCOME_MATCH || !finding->rule->for_each ||
            finding->rule->table != T_oom_events || is_replaced(m, replaced, finding))
            continue;
        uint32_t at = map_get_number(&by_event, finding->row, UINT32_MAX);
        struct incident *incident = at == UINT32_MAX ? NULL : &m->verdict->incidents[at];
        if (incident && incident->series.n > 1 && !is_ranked(incident, finding->rule) &&
            is_about_series(m, finding->rule))
            ranked_add(m, incident, finding);
    }
    map_free(&by_event);
}

void rankings_make(struct maker *m)
{
    struct replaced replaced = {0};
    struct map by_event = {0};
    replaced_gather(m, &replaced);
    incidents_index(m, &by_event);
    for (size_t i = 0; i < m->findings->n; i++) {
        const struct finding *finding = &m->findings->items[i];
        if (finding->outcome != OUTCOME_MATCH || is_replaced(m, &replaced, finding))
            continue;
        struct incident *incident = incident_for(m, &by_event, finding);
        if (incident && !is_denial(finding, incident))
            ranked_add(m, incident, finding);
    }
    rank_series(m, &replaced);
    map_free(&replaced.rows);
    map_free(&replaced.tables);
    map_free(&by_event);
    for (size_t i = 0; i < m->verdict->n_incidents; i++)
        ranking_finish(&m->verdict->incidents[i].ranking);
}
