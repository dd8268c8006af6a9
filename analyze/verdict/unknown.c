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
    {"sys/fs/cgroup/**/cgroup.stat",
     "a host with cgroup v2; v1 does not count cgroups that were removed"},
    {"sys/fs/cgroup", "run collect on the host: a container sees only its own cgroup"},
    {"proc/", "sudo ./collect -o bundle.tar on the host"},
    {"sys/", "sudo ./collect -o bundle.tar on the host"},
};

static const char how_samples[] =
    "collect --samples 3 --interval 1: growth needs more than one point";
static const char how_journal[] =
    "add the journal: journalctl -o export > journal.export in the bundle";
static const char how_never[] = "no more is to be had: the kernel did not print it";
static const char how_all[] =
    "sudo ./collect -o bundle.tar on the host, or collect watch before it happens";

struct group {
    struct span pattern;
    size_t rules;
    const struct rule *first, *last; /* that asked */
    enum rule_kind kind;             /* most telling that asked */
    struct lack lack;
    struct span samples; /* of facts of samples: why they are missing; "" when not known */
    const char *how;
};

struct gatherer {
    struct maker *m;
    struct map ids;
    struct map files; /* packed ref without its row -> index in file_of + 1 */
    struct span *file_of;
    size_t n_files, room_files;
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

/* A report that is whole and does not say it: the kernel that wrote it never does. */
static bool is_unprinted(const struct maker *m, struct ref ref)
{
    if (ref.column == REF_COMPLETE || !is_of_event(ref) || ref.table == T_logs)
        return false;
    return ref.table != T_oom_events || flag_of(m, F_oom_events_complete, ref.row);
}

static const char unprinted_key[] = "a report";

/* Sums over processes miss a file of some process, not the file of the host. */
static bool is_sum_of_processes(enum field_id field)
{
    return field == F_host_use_processes_pss || field == F_host_use_processes_rss;
}

/* The same field of a million rows is looked for once. */
static struct span file_of(struct gatherer *g, struct ref ref)
{
    ref.row = 0;
    uint32_t at = map_get_number(&g->files, ref_pack(ref), 0);
    if (at > 0 && at <= g->n_files)
        return g->file_of[at - 1];
    g->file_of = maker_room(g->m, g->file_of, g->n_files, &g->room_files, sizeof(*g->file_of));
    g->file_of[g->n_files++] = field_file(ref_field(ref), g->m->arena);
    map_set_number(&g->files, ref_pack(ref), (uint32_t)g->n_files);
    return g->file_of[g->n_files - 1];
}

/* The name under which a lacking fact is gathered: the pattern of the file that would hold it. */
static struct span pattern_of(struct gatherer *g, struct ref ref)
{
    const struct maker *m = g->m;
    enum field_id field = ref_field(ref);
    if (is_of_samples(ref))
        return SPAN_LIT("samples/");
    if (is_unprinted(m, ref))
        return SPAN_LIT(unprinted_key);
    if (is_of_event(ref))
        return SPAN_LIT("dev/kmsg");
    if (ref.table == T_log_events)
        return SPAN_LIT("the journal");
    if (is_sum_of_processes(field))
        return SPAN_LIT("proc/*/smaps_rollup");
    return field == FIELD_NONE ? table_file((enum table_id)ref.table) : file_of(g, ref);
}

static const char *how_for(struct span pattern)
{
    if (span_is(pattern, "samples/"))
        return how_samples;
    if (span_is(pattern, unprinted_key))
        return how_never;
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
        struct group *group = group_of(g, pattern_of(g, finding->lacks[i]), lack);
        if (tells_more(&lack, &group->lack))
            group->lack = lack;
        if (group->how == how_samples && !group->samples.n)
            group->samples = samples_lack(g->m, finding->lacks[i], &group->lack);
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
    if ((x->how == how_never) != (y->how == how_never))
        return x->how == how_never ? 1 : -1;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    if (x->rules != y->rules)
        return x->rules > y->rules ? -1 : 1;
    return span_cmp(x->pattern, y->pattern);
}

static struct span reason_of(const struct group *group)
{
    static const char *const reasons[] = {
        [LACK_NOT_CAPTURED] = "not captured",
        [LACK_NO_MEMBER] = "no such file in the bundle",
        [LACK_NO_KEY] = "the file does not print it",
        [LACK_UNREADABLE] = "the text there is cut or malformed",
        [LACK_INCOMPLETE] = "not known to be complete",
        [LACK_COMPUTED] = "not all that it is computed from is there",
    };
    const struct lack *lack = &group->lack;
    if (group->how == how_never)
        return SPAN_LIT("the report is whole and does not say");
    if (group->how == how_samples)
        return group->samples.n ? group->samples : SPAN_LIT("samples are missing or too few");
    /* a file that was read and does not say it has no other word of the manifest */
    bool was_read = span_is(lack->status, "ok") || span_is(lack->status, "empty");
    return lack->status.n && !was_read ? lack->status : span_of(reasons[lack->reason]);
}

/* The input is a log alone: one line for everything that only a capture of the host holds. */
static bool is_log_only(const struct maker *m)
{
    return !is_known(m, F_meminfo_total, 0) && !is_known(m, F_capture_time, 0) &&
           store_row_next(m->store, T_logs, 0, ROW_NONE) != ROW_NONE;
}

/* Of many rules that wait for a log the title of the first would stand for all, and often asks what
 * this report has answered. */
static struct span question_of(struct maker *m, const struct group *group)
{
    if (span_is(group->pattern, "the journal"))
        return SPAN_LIT("Whether programs reported kills, evictions or refusals");
    if (span_is(group->pattern, "dev/kmsg") && group->lack.reason == LACK_INCOMPLETE)
        return SPAN_LIT("What the kernel log held beside this part of it");
    if (span_is(group->pattern, "dev/kmsg") && group->lack.reason == LACK_NO_MEMBER)
        return SPAN_LIT("What the kernel log says");
    struct span title = title_within(m, group->first->title);
    return span_of(arena_printf(m->arena, "Whether " SPAN_FMT, SPAN_ARG(title)));
}

static void unknown_fill(struct maker *m, struct unknown *unknown, const struct group *group)
{
    unknown->question = question_of(m, group);
    unknown->rules = group->rules;
    unknown->member = group->how == how_never ? log_member(m) : group->pattern;
    unknown->reason = reason_of(group);
    unknown->how = group->how;
    unknown->is_final = group->how == how_never;
    statement_cite_place(m, &unknown->note, group->lack.where);
}

static bool is_log_group(const struct group *group)
{
    return span_is(group->pattern, "dev/kmsg") || span_is(group->pattern, "the journal") ||
           group->how == how_never;
}

/* A question of the verdict itself about the same file: rules wait for it too. */
static struct unknown *asked_already(struct unknowns *unknowns, size_t n_own,
                                     const struct group *group)
{
    for (size_t i = 0; i < n_own; i++)
        if (group->how != how_never && span_eq(unknowns->items[i].member, group->pattern))
            return &unknowns->items[i];
    return NULL;
}

static void unknowns_of_groups(struct maker *m, struct incident *incident, struct gatherer *g,
                               size_t *room)
{
    struct unknowns *unknowns = &incident->unknowns;
    size_t n_own = unknowns->n, folded = SIZE_MAX;
    for (size_t i = 0; i < g->n; i++) {
        const struct group *group = &g->items[i];
        struct unknown *same = asked_already(unknowns, n_own, group);
        bool fold = is_log_only(m) && !is_log_group(group);
        if (!same && fold && folded != SIZE_MAX)
            same = &unknowns->items[folded];
        if (same) {
            same->rules = same->rules > group->rules ? same->rules : group->rules;
            continue;
        }
        struct unknown *unknown = unknown_add(m, unknowns, room);
        unknown_fill(m, unknown, group);
        if (!fold)
            continue;
        folded = unknowns->n - 1;
        unknown->question = SPAN_LIT("What the host's own files say: memory by class and process, "
                                     "cgroups, pressure, swap, slab");
        unknown->member = SPAN_LIT("proc, sys");
        unknown->reason = SPAN_LIT("the input is a kernel log alone");
        unknown->how = how_all;
    }
}

void unknowns_make(struct maker *m, struct incident *incident, bool is_first)
{
    size_t room = 0;
    unknowns_of_verdict(m, incident, &room);
    if (!is_first)
        return;
    struct gatherer g = {.m = m};
    for (size_t i = 0; i < m->findings->n; i++)
        if (m->findings->items[i].outcome == OUTCOME_UNKNOWN)
            gather_finding(&g, &m->findings->items[i]);
    map_free(&g.ids);
    map_free(&g.files);
    if (g.n)
        qsort(g.items, g.n, sizeof(*g.items), group_cmp);
    unknowns_of_groups(m, incident, &g, &room);
}
