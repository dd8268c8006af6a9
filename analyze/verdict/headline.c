/* SPDX-License-Identifier: MIT */
/* The lines below the title: who held and who died, what to do and what not. */
#include "verdict/say.h"

#include "base/amount.h"
#include "base/map.h"

/* Where the whole is not known the task table may be a part: a holder smaller than the victim, or
 * small at all, is none. */
static bool is_of_part(const struct incident *incident, const struct holder *holder)
{
    const struct quantity *victim = &incident->victim.bytes;
    return incident->series.n && (holder->bytes < INT64_C(32) * 1024 * 1024 ||
                                  (victim->known && holder->bytes < victim->value));
}

/* The holder to look at first: what grew, where growth is known, else what held most. */
static const struct holder *suspect_of(const struct incident *incident)
{
    const struct holders *holders = &incident->holders;
    if (!holders->n)
        return NULL;
    const struct holder *suspect = &holders->items[0];
    if (!suspect->share && is_of_part(incident, suspect))
        return NULL;
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

/* What a share is a share of. */
static const char *whole_words(const struct incident *incident)
{
    switch (incident->scope) {
    case SCOPE_CGROUP:
    case SCOPE_ANCESTOR:
        return "what filled the limit";
    case SCOPE_CPUSET:
    case SCOPE_MEMPOLICY:
        return "the memory of the nodes allowed";
    case SCOPE_UNKNOWN:
    case SCOPE_HOST:
    case SCOPE_MANUAL:
    case SCOPE_NONE:
        break;
    }
    return incident->limit.owner.n ? "the cgroup's memory" : "the host's memory";
}

static const char *holder_words(enum holder_kind kind)
{
    static const char *const words[] = {[HOLDER_PROCESS] = "",
                                        [HOLDER_CGROUP] = "the cgroup ",
                                        [HOLDER_MOUNT] = "the tmpfs ",
                                        [HOLDER_SHM] = "the shared memory segment ",
                                        [HOLDER_SLAB] = "the slab cache ",
                                        [HOLDER_POOL] = "the pool "};
    return words[kind];
}

/* What the evidence counts for the host alone: a cache or a mount need not be the cgroup's. */
static bool is_counted_on_host(const struct incident *incident, const struct holder *holder)
{
    bool in_cgroup = incident->scope == SCOPE_CGROUP || incident->scope == SCOPE_ANCESTOR;
    return in_cgroup && holder->kind != HOLDER_PROCESS && holder->kind != HOLDER_CGROUP;
}

static void summary_holder(struct maker *m, struct incident *incident, const struct holder *top)
{
    struct statement *summary = &incident->summary;
    const char *measure = incident->holders.measure;
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

/* Too small to be named beside a victim that held more, or where nothing can be held to account. */
static bool is_too_small(const struct incident *incident, const struct holder *top)
{
    bool grew = top->rate.known && top->rate.value > 0;
    int64_t least = has_holders(incident) ? incident->victim.share : start_share;
    return !grew && top->share && top->share < (least > 100 ? least : 100);
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
        summary_holder(m, incident, top);
    tell_into(m, summary, ".");
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
        summary_holder(m, incident, top);
    tell_into(m, &incident->summary, ".");
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
    bool has_time = series->first.wall_known || series->first.boot_known;
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
        summary_no_kill(m, incident);
        summary_class(m, incident);
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
    if (incident->kind == INCIDENT_PRESSURE)
        return incident->ranking.n ? &incident->ranking.items[0] : NULL;
    return title_finding(m, incident);
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

/* To do: causes first, they say what to change. To avoid: scope first, it says where the limit is
 * not. */
static void advice_make(struct maker *m, struct incident *incident)
{
    static const enum finding_role do_order[] = {ROLE_CAUSE, ROLE_SCOPE, ROLE_CONTRIBUTING,
                                                 ROLE_MISTAKE, ROLE_RISK};
    static const enum finding_role dont_order[] = {ROLE_SCOPE, ROLE_CAUSE, ROLE_MISTAKE,
                                                   ROLE_CONTRIBUTING, ROLE_RISK};
    struct map done = {0}, avoided = {0};
    const struct ranked *decisive = decisive_of(m, incident);
    bool holder_first = !decisive || incident->limit.owner.n;
    if (holder_first)
        act_on_holder(m, incident);
    if (decisive)
        advice_of(m, incident, decisive, &done, &avoided);
    if (!holder_first)
        act_on_holder(m, incident);
    for (size_t k = 0; k < ROLE_COUNT; k++)
        for (size_t i = 0; i < incident->ranking.n; i++) {
            const struct ranked *ranked = &incident->ranking.items[i];
            if (span_is(ranked->finding->rule->id, "no-incident") && first_alarm(incident))
                continue;
            advice_of(m, incident, ranked, ranked->role == do_order[k] ? &done : NULL,
                      ranked->role == dont_order[k] ? &avoided : NULL);
        }
    map_free(&done);
    map_free(&avoided);
}

void headline_make(struct maker *m, struct incident *incident)
{
    title_make(m, incident);
    summary_make(m, incident);
    advice_make(m, incident);
}
