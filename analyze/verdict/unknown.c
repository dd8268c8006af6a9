/* SPDX-License-Identifier: MIT */
/* What the bundle cannot say: the facts that rules asked for in vain, gathered by the file that
 * would have said them, with the reason and the way to get it next time. */
#include "verdict/say.h"

#include "base/map.h"

#include <stdlib.h>

/* What gets a file next time, by the start of its pattern; the first that fits. */
struct how {
    const char *pattern, *how;
};
static const struct how hows[] = {
    {"dev/kmsg",
     "run collect as root, soon after the event; a larger log_buf_len keeps the log longer"},
    {"collect/", "run collect (not a copy of files): it counts these itself"},
    {"proc/*/smaps_rollup", "run collect as root: the kernel shows smaps of others to root only"},
    {"proc/*/numa_maps", "run collect as root, with --largest N for more processes"},
    {"proc/slabinfo", "run collect as root: slabinfo is readable by root only"},
    {"proc/pressure", "a kernel with CONFIG_PSI=y (boot option psi=1 where it is off)"},
    {"proc/allocinfo", "a kernel with CONFIG_MEM_ALLOC_PROFILING, sysctl vm.mem_profiling=1"},
    {"sys/kernel/debug", "mount debugfs and run collect as root"},
    {"sys/fs/cgroup", "run collect on the host: a container sees only its own cgroup"},
    {"proc/", "sudo ./collect -o bundle.tar on the host"},
    {"sys/", "sudo ./collect -o bundle.tar on the host"},
};

static const char how_samples[] =
    "collect --samples 3 --interval 1: growth needs more than one point";
static const char how_log[] = "the kernel log from before the event: collect takes dev/kmsg, "
                              "journalctl -k -o export keeps more";
static const char how_journal[] =
    "add the journal: journalctl -o export > journal.export in the bundle";
static const char how_all[] =
    "sudo ./collect -o bundle.tar on the host, or collect watch before it happens";

struct group {
    struct span pattern;
    size_t rules;
    const struct rule *first, *last; /* that asked */
    enum rule_kind kind;             /* most telling that asked */
    struct lack lack;
    const char *how;
};

struct gatherer {
    struct maker *m;
    struct map ids;
    struct group *items;
    size_t n, room;
};

static bool is_of_samples(struct ref ref)
{
    enum field_id field = ref_field(ref);
    enum table_id table = (enum table_id)ref.table;
    if (table == T_rates || table == T_process_samples || table == T_cgroup_samples ||
        table == T_meminfo_samples || table == T_vmstat_samples || table == T_psi_samples)
        return true;
    if (field == FIELD_NONE)
        return false;
    struct span name = span_of(schema_field(field)->name);
    return (table == T_processes || table == T_cgroups || table == T_commands) &&
           (span_has(name, "growth") || span_has(name, "_rate"));
}

static bool is_of_event(struct ref ref)
{
    enum table_id table = (enum table_id)ref.table;
    return table == T_oom_events || schema_table(table)->parent == T_oom_events || table == T_logs;
}

/* The name under which a lacking fact is gathered: the pattern of the file that would hold it. */
static struct span pattern_of(struct ref ref, const struct lack *lack)
{
    enum field_id field = ref_field(ref);
    if (is_of_samples(ref))
        return SPAN_LIT("samples/");
    if (is_of_event(ref))
        return SPAN_LIT("dev/kmsg");
    if (ref.table == T_log_events)
        return SPAN_LIT("the journal");
    uint32_t n_sources;
    const struct source_def *sources = schema_sources(&n_sources);
    if (field != FIELD_NONE && schema_field(field)->n_sources)
        return span_of(sources[schema_field(field)->first_source].pattern);
    if (lack->reason != LACK_COMPUTED && lack->member.n)
        return lack->member;
    return span_of(schema_table((enum table_id)ref.table)->name);
}

static const char *how_for(struct span pattern)
{
    if (span_is(pattern, "samples/"))
        return how_samples;
    if (span_is(pattern, "the journal"))
        return how_journal;
    for (size_t i = 0; i < sizeof(hows) / sizeof(*hows); i++)
        if (span_starts(pattern, hows[i].pattern))
            return hows[i].how;
    return how_all;
}

static struct group *group_of(struct gatherer *g, struct span pattern, struct lack lack)
{
    uint32_t at = map_get(&g->ids, pattern, UINT32_MAX);
    if (at != UINT32_MAX)
        return &g->items[at];
    g->items = maker_room(g->m, g->items, g->n, &g->room, sizeof(*g->items));
    pattern = arena_copy(g->m->arena, pattern);
    map_set(&g->ids, pattern, (uint32_t)g->n);
    struct group *group = &g->items[g->n++];
    *group = (struct group){.pattern = pattern, .lack = lack, .kind = RULE_RISK};
    group->how = how_for(pattern);
    return group;
}

/* A reason of the manifest tells more than "no such file". */
static bool tells_more(const struct lack *a, const struct lack *b)
{
    return a->status.n && !b->status.n;
}

static void gather_finding(struct gatherer *g, const struct finding *finding)
{
    for (size_t i = 0; i < finding->n_lacks; i++) {
        struct lack lack = store_lack(g->m->store, finding->lacks[i]);
        struct group *group = group_of(g, pattern_of(finding->lacks[i], &lack), lack);
        if (tells_more(&lack, &group->lack))
            group->lack = lack;
        if (group->last == finding->rule)
            continue;
        group->last = finding->rule;
        group->rules++;
        if (!group->first || finding->rule->kind < group->kind) {
            group->first = finding->rule;
            group->kind = finding->rule->kind;
        }
    }
}

static int group_cmp(const void *a, const void *b)
{
    const struct group *x = a, *y = b;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    if (x->rules != y->rules)
        return x->rules > y->rules ? -1 : 1;
    return span_cmp(x->pattern, y->pattern);
}

static struct span reason_of(const struct lack *lack)
{
    static const char *const reasons[] = {
        [LACK_NOT_CAPTURED] = "not captured",
        [LACK_NO_MEMBER] = "no such file in the bundle",
        [LACK_NO_KEY] = "the file does not print it",
        [LACK_UNREADABLE] = "the text there is cut or malformed",
        [LACK_INCOMPLETE] = "not known to be complete",
        [LACK_COMPUTED] = "a fact it is computed from is missing",
    };
    /* a file that was read and does not say it has no other word of the manifest */
    bool was_read = span_is(lack->status, "ok") || span_is(lack->status, "empty");
    return lack->status.n && !was_read ? lack->status : span_of(reasons[lack->reason]);
}

static struct unknown *unknown_add(struct maker *m, struct unknowns *unknowns, size_t *room)
{
    unknowns->items = maker_room(m, unknowns->items, unknowns->n, room, sizeof(*unknowns->items));
    struct unknown *unknown = &unknowns->items[unknowns->n++];
    *unknown = (struct unknown){0};
    return unknown;
}

/* The input is a log alone: one line for everything that only a capture of the host holds. */
static bool is_log_only(const struct maker *m)
{
    return !is_known(m, F_meminfo_total, 0) && !is_known(m, F_capture_time, 0) &&
           store_row_next(m->store, T_logs, 0, ROW_NONE) != ROW_NONE;
}

static void unknowns_of_groups(struct maker *m, struct incident *incident, struct gatherer *g,
                               size_t *room)
{
    bool log_only = is_log_only(m);
    struct unknown *folded = NULL;
    size_t folded_at = 0;
    for (size_t i = 0; i < g->n; i++) {
        const struct group *group = &g->items[i];
        bool is_log = span_is(group->pattern, "dev/kmsg") || span_is(group->pattern, "the journal");
        if (log_only && !is_log && folded) {
            folded = &incident->unknowns.items[folded_at];
            folded->rules = folded->rules > group->rules ? folded->rules : group->rules;
            continue;
        }
        struct unknown *unknown = unknown_add(m, &incident->unknowns, room);
        unknown->question = group->first->title;
        unknown->rules = group->rules;
        unknown->member = group->pattern;
        unknown->reason = reason_of(&group->lack);
        unknown->how = group->how;
        statement_cite_place(m, &unknown->note, group->lack.where);
        if (!log_only || is_log)
            continue;
        folded = unknown;
        folded_at = incident->unknowns.n - 1;
        unknown->question = SPAN_LIT("What the host's own files say: memory by class and process, "
                                     "cgroups, pressure, swap, slab");
        unknown->member = SPAN_LIT("proc, sys");
        unknown->reason = SPAN_LIT("the input is a kernel log alone");
        unknown->how = how_all;
    }
}

/* Questions of the verdict itself. */
static void unknowns_of_incident(struct maker *m, struct incident *incident, size_t *room)
{
    uint32_t event = incident->series.detail;
    if (incident->kind == INCIDENT_LOST) {
        struct unknown *unknown = unknown_add(m, &incident->unknowns, room);
        unknown->question = SPAN_LIT("Whose limit was hit, who was killed and when");
        unknown->member = SPAN_LIT("dev/kmsg");
        unknown->reason = SPAN_LIT("the log in the bundle holds no report");
        unknown->how = how_log;
    }
    if (event == ROW_NONE || incident->scope == SCOPE_MANUAL)
        return;
    if (!incident->holders.n) {
        struct unknown *unknown = unknown_add(m, &incident->unknowns, room);
        unknown->question = SPAN_LIT("Who held the memory");
        unknown->member = SPAN_LIT("dev/kmsg");
        unknown->reason = SPAN_LIT("the report has no task table");
        unknown->how = "sysctl vm.oom_dump_tasks=1, and the whole report from the log";
    }
    if (incident->kind == INCIDENT_NO_KILL && !flag_of(m, F_oom_events_panic, event) &&
        !flag_of(m, F_oom_events_no_killable, event)) {
        struct unknown *unknown = unknown_add(m, &incident->unknowns, room);
        unknown->question = SPAN_LIT("Who was killed, if anybody");
        unknown->member = SPAN_LIT("dev/kmsg");
        unknown->reason = SPAN_LIT("the report has no kill line: the log is cut there");
        unknown->how = how_log;
    }
}

void unknowns_make(struct maker *m, struct incident *incident, bool is_first)
{
    size_t room = 0;
    unknowns_of_incident(m, incident, &room);
    if (!is_first)
        return;
    struct gatherer g = {.m = m};
    for (size_t i = 0; i < m->findings->n; i++)
        if (m->findings->items[i].outcome == OUTCOME_UNKNOWN)
            gather_finding(&g, &m->findings->items[i]);
    map_free(&g.ids);
    if (g.n)
        qsort(g.items, g.n, sizeof(*g.items), group_cmp);
    unknowns_of_groups(m, incident, &g, &room);
}
