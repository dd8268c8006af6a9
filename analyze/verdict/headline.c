/* SPDX-License-Identifier: MIT */
/* The lines below the title: who held and who died, what to do and what not. */
#include "verdict/say.h"

#include "base/amount.h"
#include "base/map.h"

/* The holder to look at first: what grew, where growth is known, else what held most. */
static const struct holder *suspect_of(const struct incident *incident)
{
    const struct holders *holders = &incident->holders;
    const struct holder *suspect = holders->n ? &holders->items[0] : NULL;
    for (size_t i = 0; i < holders->n; i++) {
        const struct holder *holder = &holders->items[i];
        bool grew = holder->rate.known && holder->rate.value > 0 && holder->share > 500;
        if (grew && (!suspect->rate.known || holder->rate.value > suspect->rate.value))
            suspect = holder;
    }
    return suspect;
}

/* Below this share a holder is no place to start. */
static const int64_t start_share = 2000;

/* Whether processes, mounts or caches can be held to account for the class that filled the limit.
 */
static bool has_holders(const struct incident *incident)
{
    static const char *const held[] = {"anonymous", "shmem", "page tables", "slab unreclaimable",
                                       "slab reclaimable"};
    const struct attribution *a = incident->event.known ? &incident->event : &incident->capture;
    for (size_t i = 0; a->dominant && i < sizeof(held) / sizeof(*held); i++)
        if (span_is(span_of(a->dominant->name), held[i]))
            return true;
    return !a->known;
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
        tell_into(m, summary, ", one of {n} processes{w}", victim->killed,
                  incident->series.n > 1 ? " in all" : "");
    const struct holder *top = suspect_of(incident);
    if (!top || incident->scope == SCOPE_MANUAL) {
        tell_into(m, summary, ".");
        return;
    }
    statement_cite_all(m, summary, &top->note);
    if (top->is_victim && top->processes == 1) {
        if (top->share > 0)
            tell_into(m, summary, "; it held {r} of what filled the limit ({b}).", top->share,
                      top->bytes);
        else
            tell_into(m, summary, "; it held {b} {w}.", top->bytes, incident->holders.measure);
        return;
    }
    if (victim->share > 0)
        tell_into(m, summary, "; it held {r} of what filled the limit", victim->share);
    statement_cite_fact(m, summary, F_oom_events_victim_rss, event);
    bool grew = top->rate.known && top->rate.value > 0;
    if (!grew && top->share && top->share < (has_holders(incident) ? victim->share : start_share)) {
        tell_into(m, summary, ".");
        return;
    }
    tell_into(m, summary, "; {s}", top->name);
    if (top->processes > 1)
        tell_into(m, summary, " ({n} processes)", top->processes);
    if (top->share == 0)
        tell_into(m, summary, " held {b} {w}", top->bytes, incident->holders.measure);
    else if (top->share > 10000)
        tell_into(m, summary, " held {b} {w}, shared pages counted in each", top->bytes,
                  incident->holders.measure);
    else
        tell_into(m, summary, " held {r} ({b} {w})", top->share, top->bytes,
                  incident->holders.measure);
    if (grew)
        tell_into(m, summary, " and grew by {v} over the samples", top->rate.value);
    tell_into(m, summary, ".");
}

/* Containers of one unit have a cgroup each. */
static int64_t owners_of(struct maker *m, const struct series *series)
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
    tell_into(m, &incident->summary, " {n} such events", (int64_t)series->n);
    if (series->first.wall_known || series->first.boot_known)
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
    tell_into(m, &incident->summary, "{w}What filled the limit: {r} {w}.",
              incident->summary.text.n ? " " : "", amount_share(a->dominant->bytes, a->total_bytes),
              class_words(a->dominant->name));
    statement_cite_all(m, &incident->summary, &a->dominant->note);
}

static void summary_make(struct maker *m, struct incident *incident)
{
    const struct ranked *alarm = first_alarm(incident);
    switch (incident->kind) {
    case INCIDENT_KILL:
        summary_kill(m, incident);
        summary_class(m, incident);
        summary_series(m, incident);
        break;
    case INCIDENT_NO_KILL:
        if (is_known(m, F_oom_events_trigger_comm, incident->series.detail))
            tell_into(m, &incident->summary, "{} asked for memory.",
                      ref_of(F_oom_events_trigger_comm, incident->series.detail));
        summary_series(m, incident);
        break;
    case INCIDENT_PRESSURE:
    case INCIDENT_LOST:
    case INCIDENT_NONE:
    case INCIDENT_UNKNOWN:
        if (incident->kind == INCIDENT_NONE && alarm) {
            incident->summary = alarm->evidence;
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

static void act_on_holder(struct maker *m, struct incident *incident)
{
    const struct holder *suspect = suspect_of(incident);
    if (!suspect || incident->kind == INCIDENT_NONE || incident->scope == SCOPE_MANUAL ||
        !has_holders(incident) || (suspect->share && suspect->share < start_share))
        return;
    struct statement *act = tell(m, &incident->act, "Start with {s}: it {w} {b}", suspect->name,
                                 incident->series.n ? "held" : "holds", suspect->bytes);
    if (suspect->share > 10000)
        tell_into(m, act,
                  suspect->processes > 1 ? " (shared pages counted in each of its processes)"
                                         : " (a part of it charged elsewhere)");
    else if (suspect->share > 0)
        tell_into(m, act, ", {r} of {w}", suspect->share,
                  incident->series.n ? "what filled the limit" : "the memory");
    if (suspect->rate.known && suspect->rate.value > 0)
        tell_into(m, act, ", and grew by {v}", suspect->rate.value);
    tell_into(m, act, ".");
    statement_cite_all(m, act, &suspect->note);
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

/* To do: causes first, they say what to change. To avoid: scope first, it says where the limit is
 * not. */
static void advice_make(struct maker *m, struct incident *incident)
{
    static const enum finding_role do_order[] = {ROLE_CAUSE, ROLE_SCOPE, ROLE_CONTRIBUTING,
                                                 ROLE_MISTAKE, ROLE_RISK};
    static const enum finding_role dont_order[] = {ROLE_SCOPE, ROLE_CAUSE, ROLE_MISTAKE,
                                                   ROLE_CONTRIBUTING, ROLE_RISK};
    struct map done = {0}, avoided = {0};
    for (size_t k = 0; k < ROLE_COUNT; k++)
        for (size_t i = 0; i < incident->ranking.n; i++) {
            const struct ranked *ranked = &incident->ranking.items[i];
            const struct rule *rule = ranked->finding->rule;
            if (span_is(rule->id, "no-incident") && first_alarm(incident))
                continue;
            if (ranked->role == do_order[k])
                add_once(m, &incident->act, &done, rule->do_list);
            if (ranked->role == dont_order[k])
                add_once(m, &incident->avoid, &avoided, rule->dont_list);
        }
    map_free(&done);
    map_free(&avoided);
}

void headline_make(struct maker *m, struct incident *incident)
{
    title_make(m, incident);
    summary_make(m, incident);
    act_on_holder(m, incident);
    advice_make(m, incident);
}
