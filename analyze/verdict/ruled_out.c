/* SPDX-License-Identifier: MIT */
/* What it was not, with the evidence that says so. An alternative without evidence is left to the
 * unknowns. */
#include "verdict/say.h"

#include "base/amount.h"

static bool is_memcg(const struct incident *incident)
{
    return incident->scope == SCOPE_CGROUP || incident->scope == SCOPE_ANCESTOR;
}

static void not_the_host(struct maker *m, struct incident *incident)
{
    uint32_t event = incident->series.detail;
    if (!is_memcg(incident) || event == ROW_NONE)
        return;
    /* 5.0 and some vendor kernels print CONSTRAINT_NONE beside the cgroup at its limit */
    bool is_told = span_is(text_of(m, F_oom_events_constraint, event), "memcg");
    struct statement *line =
        tell(m, &incident->ruled_out, "Host exhaustion: the {w} {}{@}",
             is_told ? "constraint is" : "scope of the report is",
             ref_of(is_told ? F_oom_events_constraint : F_oom_events_scope, event),
             ref_of(F_oom_events_cgroup, event));
    struct moment capture = moment_of_capture(m);
    int64_t gap_us;
    if (is_known(m, F_meminfo_available, 0)) {
        tell_into(m, line, "; {} of {} was available at the capture",
                  ref_of(F_meminfo_available, 0), ref_of(F_meminfo_total, 0));
        if (moment_gap(&incident->when, &capture, &gap_us) && gap_us >= 0)
            tell_into(m, line, ", {d} after {w}", gap_us,
                      incident->victim.known ? "the kill" : "the event");
        statement_cite_fact(m, line, F_capture_time, 0);
        statement_cite_fact(m, line, F_oom_events_time, event);
    }
    tell_into(m, line, ".");
}

static void not_a_cgroup(struct maker *m, struct incident *incident)
{
    uint32_t event = incident->series.detail;
    if (incident->scope == SCOPE_HOST && is_known(m, F_oom_events_constraint, event))
        tell(m, &incident->ruled_out,
             "A limit of a cgroup, a cpuset or a memory policy: the constraint is {}.",
             ref_of(F_oom_events_constraint, event));
}

static void not_swap_of_cgroup(struct maker *m, struct incident *incident)
{
    uint32_t event = incident->series.detail, cgroup = incident->limit.cgroup;
    if (!is_memcg(incident))
        return;
    struct quantity swap_max = quantity_of(m, F_cgroups_swap_max, cgroup);
    struct quantity swap_total = quantity_of(m, F_meminfo_swap_total, 0);
    if (swap_total.known && swap_total.value == 0)
        tell(m, &incident->ruled_out, "Swap: the host has none (SwapTotal {}).",
             ref_of(F_meminfo_swap_total, 0));
    else if (swap_max.known && swap_max.value == 0)
        tell(m, &incident->ruled_out, "Swap: the cgroup may not use any (memory.swap.max {}).",
             ref_of(F_cgroups_swap_max, cgroup));
    else if (is_known(m, F_oom_events_swap_usage, event))
        tell(m, &incident->ruled_out, "Swap: {} of the cgroup was swapped out.",
             ref_of(F_oom_events_swap_usage, event));
}

static void not_a_full_swap(struct maker *m, struct incident *incident)
{
    uint32_t event = incident->series.detail;
    struct quantity total = quantity_of(m, F_oom_events_mem_swap_total, event);
    struct quantity free = quantity_of(m, F_oom_events_mem_swap_free, event);
    if (incident->scope != SCOPE_HOST || !total.known || !free.known || total.value == 0)
        return;
    if (free.value > total.value / 10)
        tell(m, &incident->ruled_out, "Exhausted swap: {} of {} was free.",
             ref_of(F_oom_events_mem_swap_free, event), ref_of(F_oom_events_mem_swap_total, event));
}

/* Classes too small to have filled the limit, in one sentence. */
static void not_small_classes(struct maker *m, struct incident *incident)
{
    static const char *const suspects[] = {
        "anonymous",        "file",        "shmem",  "slab unreclaimable",
        "slab reclaimable", "page tables", "hugetlb"};
    const struct attribution *a = &incident->event;
    if (!a->known || incident->scope == SCOPE_MANUAL)
        return;
    struct statement line = {0};
    int64_t sum = 0;
    size_t n = 0;
    for (size_t s = 0; s < sizeof(suspects) / sizeof(*suspects); s++)
        for (size_t i = 0; i < a->n_classes; i++) {
            const struct class_share *share = &a->classes[i];
            if (!span_is(span_of(share->name), suspects[s]) || share->bytes > a->total_bytes / 20)
                continue;
            tell_into(m, &line, "{w}{w} {b}",
                      n++ ? ", " : "Classes under 5 %: ", class_words(share->name), share->bytes);
            statement_cite_all(m, &line, &share->note);
            sum += share->bytes;
        }
    if (n == 0)
        return;
    tell_into(m, &line, "; together {r} of {b}.", amount_share(sum, a->total_bytes),
              a->total_bytes);
    statement_cite_all(m, &line, &a->whole);
    *statements_add(m, &incident->ruled_out) = line;
}

static void not_fragmentation(struct maker *m, struct incident *incident)
{
    uint32_t event = incident->series.detail;
    struct quantity order = quantity_of(m, F_oom_events_order, event);
    if (incident->scope == SCOPE_HOST && order.known && order.value == 0)
        tell(m, &incident->ruled_out,
             "Fragmentation: the request was for a single page (order {}).",
             ref_of(F_oom_events_order, event));
}

static void not_a_kill(struct maker *m, struct incident *incident)
{
    if (incident->kind != INCIDENT_PRESSURE)
        return;
    struct quantity kills = quantity_of(m, F_vmstat_oom_kill, 0);
    if (kills.known && kills.value == 0)
        tell(m, &incident->ruled_out, "A kill by the kernel: oom_kill is {} since boot.",
             ref_of(F_vmstat_oom_kill, 0));
}

static bool is_about_events(const struct rule *rule)
{
    return rule->for_each && rule->table == T_oom_events;
}

/* A rule about hosts is clear of a cgroup's kill by the scope alone: there may be a balloon, and it
 * was not looked for. */
static bool is_by_scope(const struct finding *finding)
{
    bool by_scope = false;
    for (size_t i = 0; i < finding->n_cites; i++) {
        struct ref ref = finding->cites[i];
        if (ref.column == REF_COMPLETE)
            continue;
        if (ref_field(ref) != F_oom_events_scope)
            return false;
        by_scope = true;
    }
    return by_scope;
}

/* Rules that a reader would suspect, found clear on evidence. */
static void not_by_rule(struct maker *m, struct incident *incident, enum rule_kind kind,
                        bool about_events)
{
    for (size_t i = 0; i < m->findings->n; i++) {
        const struct finding *finding = &m->findings->items[i];
        const struct rule *rule = finding->rule;
        if (finding->outcome != OUTCOME_CLEAR || finding->n_cites == 0 ||
            rule->severity < SEVERITY_WARNING || rule->kind != kind ||
            is_about_events(rule) != about_events || (about_events && incident->series.n == 0) ||
            is_by_scope(finding))
            continue;
        struct statement *line = statements_add(m, &incident->ruled_out);
        tell_into(m, line, "Not found: ");
        phrase_add(&line->text, m->arena, PIECE_PROSE, title_within(m, rule->title));
        tell_into(m, line, " ({s}).", rule->id);
        statement_cite_refs(m, line, finding->cites, finding->n_cites);
        incident->ruled_out_rules =
            maker_room(m, incident->ruled_out_rules, incident->n_ruled_out_rules,
                       &incident->room_ruled_out_rules, sizeof(*incident->ruled_out_rules));
        incident->ruled_out_rules[incident->n_ruled_out_rules++] = rule->id;
    }
}

/* Of an event first: they are what else could have filled the limit. */
static void not_by_rules(struct maker *m, struct incident *incident)
{
    static const enum rule_kind kinds[] = {RULE_CAUSE, RULE_PRESSURE};
    for (size_t about_events = 2; about_events-- > 0;)
        for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
            not_by_rule(m, incident, kinds[i], about_events);
}

void ruled_out_make(struct maker *m, struct incident *incident)
{
    not_the_host(m, incident);
    not_a_cgroup(m, incident);
    not_swap_of_cgroup(m, incident);
    not_a_full_swap(m, incident);
    not_small_classes(m, incident);
    not_fragmentation(m, incident);
    not_a_kill(m, incident);
    if (incident == &m->verdict->incidents[0])
        not_by_rules(m, incident);
}
