/* SPDX-License-Identifier: MIT */
/* What to do and what not, the most important first. */
#include "verdict/suspect.h"

#include "base/map.h"

static void act_on_holder(struct maker *m, struct incident *incident)
{
    const struct holder *suspect = suspect_of(incident);
    if (!suspect || incident->kind == INCIDENT_NONE || incident->scope == SCOPE_MANUAL ||
        !has_holders(incident) || (suspect->share && suspect->share < start_share))
        return;
    struct statement *act =
        tell(m, &incident->act, "Start with {w}{s}: it {w} {b}", holder_words(suspect->kind),
             suspect->name, incident->series.n ? "held" : "holds", suspect->bytes);
    if (is_counted_on_host(incident, suspect))
        tell_into(m, act, " on the whole host");
    else if (suspect->share > 10000)
        tell_into(m, act,
                  suspect->processes > 1 ? " (shared pages counted in each of its processes)"
                                         : " (a part of it charged elsewhere)");
    else if (suspect->share > 0)
        tell_into(m, act, ", {r} of {w}", suspect->share, whole_words(incident));
    if (suspect->rate.known && suspect->rate.value > 0)
        tell_into(m, act, ", and grew by {v}", suspect->rate.value);
    tell_into(m, act, ".");
    statement_cite_all(m, act, &suspect->note);
    statement_cite_all(m, act, &incident->holders.whole);
}

static void add_once(struct maker *m, struct statements *list, struct map *seen,
                     struct text_list texts)
{
    for (size_t i = 0; i < texts.n; i++) {
        if (map_get(seen, texts.items[i], 0))
            continue;
        map_set(seen, texts.items[i], 1);
        struct statement *statement = statements_add(m, list);
        phrase_add(&statement->text, m->arena, PIECE_PROSE, texts.items[i]);
    }
}

/* The finding that decides what to do first: what the title says, unless that is only how it ended.
 */
static const struct ranked *decisive_of(const struct maker *m, const struct incident *incident)
{
    const struct ranked *first = incident->ranking.n ? &incident->ranking.items[0] : NULL;
    bool is_failure = incident->kind == INCIDENT_UNKNOWN ||
                      (first && span_is(first->finding->rule->id, "alloc-failure-only"));
    if (is_failure && failure_finding(incident))
        return failure_finding(incident);
    return incident->kind == INCIDENT_PRESSURE ? first : title_finding(m, incident);
}

/* Advice about a victim where there is none. */
static bool needs_victim(struct span text)
{
    return span_has(text, "victim") || span_has(text, "that was killed");
}

static void advice_of(struct maker *m, struct incident *incident, const struct ranked *ranked,
                      struct map *done, struct map *avoided)
{
    const struct rule *rule = ranked->finding->rule;
    if (done)
        add_once(m, &incident->act, done, rule->do_list);
    for (size_t i = 0; avoided && i < rule->dont_list.n; i++)
        if (incident->kind != INCIDENT_NO_KILL || !needs_victim(rule->dont_list.items[i]))
            add_once(m, &incident->avoid, avoided,
                     (struct text_list){&rule->dont_list.items[i], 1});
}

/* What to do about a kill is more than what to do about a request that failed beside it. */
static bool is_about_failure(const struct rule *rule)
{
    return rule->for_each && rule->table == T_alloc_failures;
}

/* To do: causes first, they say what to change. To avoid: scope first, it says where the limit is
 * not. */
void advice_make(struct maker *m, struct incident *incident)
{
    static const enum finding_role do_order[] = {ROLE_CAUSE, ROLE_SCOPE, ROLE_CONTRIBUTING,
                                                 ROLE_MISTAKE, ROLE_RISK};
    static const enum finding_role dont_order[] = {ROLE_SCOPE, ROLE_CAUSE, ROLE_MISTAKE,
                                                   ROLE_CONTRIBUTING, ROLE_RISK};
    struct map done = {0}, avoided = {0};
    const struct ranked *decisive = decisive_of(m, incident);
    bool holder_first = !decisive || (incident->limit.owner.n && decisive->role != ROLE_CAUSE);
    if (holder_first)
        act_on_holder(m, incident);
    if (decisive)
        advice_of(m, incident, decisive, &done, &avoided);
    if (!holder_first)
        act_on_holder(m, incident);
    for (size_t k = 0; k < ROLE_COUNT; k++)
        for (size_t i = 0; i < incident->ranking.n; i++) {
            const struct ranked *ranked = &incident->ranking.items[i];
            if ((span_is(ranked->finding->rule->id, "no-incident") && first_alarm(incident)) ||
                (incident->series.n && is_about_failure(ranked->finding->rule)))
                continue;
            advice_of(m, incident, ranked, ranked->role == do_order[k] ? &done : NULL,
                      ranked->role == dont_order[k] ? &avoided : NULL);
        }
    map_free(&done);
    map_free(&avoided);
}
