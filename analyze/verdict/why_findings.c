/* SPDX-License-Identifier: MIT */
/* The reasons that rules found. */
#include "verdict/suspect.h"
#include "verdict/why.h"

#include "base/amount.h"

const struct attribution *best_attribution(const struct incident *incident)
{
    return incident->event.known ? &incident->event : &incident->capture;
}

/* Scope rules that only repeat what why_limit and the victim's part say in their own words. */
static bool is_said(const struct ranked *ranked)
{
    static const char *const base[] = {"host-oom",   "cgroup-oom",          "ancestor-limit-oom",
                                       "cpuset-oom", "mempolicy-oom",       "manual-oom",
                                       "oom-group",  "cgroup-kills-counted"};
    for (size_t i = 0; i < sizeof(base) / sizeof(*base); i++)
        if (span_is(ranked->finding->rule->id, base[i]))
            return true;
    return false;
}

/* failure_why has told of the zones of the failure. */
static bool is_told_by_failure(const struct incident *incident, const struct ranked *ranked)
{
    const struct rule *rule = ranked->finding->rule;
    return incident->failure != ROW_NONE && rule->for_each && rule->table == T_alloc_failures;
}

/* The line of the classes has said what filled memory, the table that follows has the largest
 * holder. */
static bool is_told_by_classes(const struct incident *incident, const struct ranked *ranked)
{
    const struct attribution *a = best_attribution(incident);
    return span_is(ranked->finding->rule->id, "anonymous-growth") && incident->holders.n &&
           a->known && a->dominant && span_is(span_of(a->dominant->name), "anonymous");
}

/* The summary of a verdict that only warns is this finding. */
static bool is_told_by_summary(const struct incident *incident, const struct ranked *ranked)
{
    return incident->kind == INCIDENT_NONE && ranked == first_alarm(incident);
}

/* The line of the classes has said how much of the whole the largest is. */
static bool is_dominant_share(const struct incident *incident, int64_t share)
{
    const struct attribution *a = best_attribution(incident);
    if (!a->known || !a->dominant || incident->series.n == 0)
        return false;
    int64_t apart = share - amount_share(a->dominant->bytes, a->total_bytes);
    return apart > -100 && apart < 100;
}

static void say_share(struct maker *m, const struct incident *incident, struct statement *why,
                      int64_t share)
{
    tell_into(m, why, " This is {r} of {w}.", share, whole_words(incident));
    statement_cite_all(m, why, &best_attribution(incident)->whole);
}

static void why_finding(struct maker *m, struct incident *incident, const struct ranked *ranked)
{
    struct statement *why = statements_add(m, &incident->why);
    for (size_t k = 0; k < ranked->evidence.text.n; k++)
        phrase_add(&why->text, m->arena, ranked->evidence.text.pieces[k].kind,
                   ranked->evidence.text.pieces[k].text);
    statement_cite_all(m, why, &ranked->evidence);
    /* a balloon may lie outside the total; what the capture shows is no part of what an event did
     */
    bool is_of_same = incident->series.n == 0 || ranked->finding->rule->table == T_oom_events;
    if (is_of_same && ranked->share > 0 && ranked->share <= 10000 &&
        !is_dominant_share(incident, ranked->share))
        say_share(m, incident, why, ranked->share);
    if (ranked->more)
        tell_into(m, why, " The same holds for {n} more.", (int64_t)ranked->more);
    /* without an event the rows that the first finding lists are the nearest thing to holders */
    if (incident->kind == INCIDENT_PRESSURE && ranked == &incident->ranking.items[0])
        context_tell(m, why, ranked->finding, true);
}

void why_findings(struct maker *m, struct incident *incident)
{
    for (size_t i = 0; i < incident->ranking.n; i++) {
        const struct ranked *ranked = &incident->ranking.items[i];
        if (ranked->is_repeat || ranked->role > ROLE_CONTRIBUTING ||
            is_told_by_failure(incident, ranked) || is_told_by_classes(incident, ranked) ||
            is_told_by_summary(incident, ranked) ||
            (ranked->role == ROLE_SCOPE && incident->kind != INCIDENT_PRESSURE && is_said(ranked)))
            continue;
        why_finding(m, incident, ranked);
    }
}
