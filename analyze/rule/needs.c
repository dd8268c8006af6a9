/* SPDX-License-Identifier: MIT */
#include "rule/body.h"

#include "base/arena.h"
#include "base/buf.h"

#include <stdlib.h>

/* ---- every name in a rule */

struct walk {
    void (*each)(void *context, const struct node *node);
    void *context;
};

static void walk(const struct walk *w, const struct node *node)
{
    if (!node)
        return;
    w->each(w->context, node);
    walk(w, node->a);
    walk(w, node->b);
}

/* Calls `each` for every path, let and quantifier node of a rule's expressions, context included.
 */
static void rule_each_node(const struct rule *rule,
                           void (*each)(void *context, const struct node *node), void *context)
{
    const struct rule_body *body = rule->body;
    struct walk w = {each, context};
    walk(&w, body->applies.root);
    walk(&w, body->binding.root);
    for (uint32_t i = 0; i < body->n_lets; i++)
        walk(&w, body->lets[i].expr.root);
    walk(&w, body->when.root);
    walk(&w, body->explains.root);
    for (size_t i = 0; i < body->n_say; i++)
        if (body->say[i].expr)
            walk(&w, body->say[i].expr->root);
    for (size_t i = 0; i < body->n_context; i++)
        walk(&w, body->context[i].root);
}

/* ---- the files behind a name */

struct need_list {
    struct arena *arena;
    struct need *items;
    size_t n, room;
};

static void push(struct need_list *list, enum table_id table, enum field_id field,
                 struct span pattern)
{
    if (list->n == list->room) {
        list->room = list->room ? list->room * 2 : 64;
        list->items = base_realloc(list->items, list->room, sizeof(*list->items));
    }
    list->items[list->n++] = (struct need){table, field, pattern};
}

/* Facts that code parses or computes have no key in schema.def: these are the files behind them. */
static const struct {
    enum table_id table;
    const char *patterns[3];
} files[] = {
    {T_host, {"bundle.json"}},
    {T_capture, {"bundle.json", "manifest.jsonl"}},
    {T_rates,
     {"samples/*/proc/vmstat", "samples/*/proc/meminfo", "samples/*/proc/pressure/memory"}},
    {T_host_use, {"proc/meminfo", "proc/*/status", "proc/*/smaps_rollup"}},
    {T_hugepages, {"sys/kernel/mm/hugepages/*/nr_hugepages"}},
    {T_swaps, {"proc/swaps"}},
    {T_tmpfs, {"proc/mounts", "collect/tmpfs"}},
    {T_shm, {"proc/sysvipc/shm"}},
    {T_shmem_files, {"collect/shmem_files"}},
    {T_slabs, {"proc/slabinfo"}},
    {T_allocations, {"proc/allocinfo"}},
    {T_zones, {"proc/zoneinfo", "proc/buddyinfo"}},
    {T_nodes, {"sys/devices/system/node/node*/meminfo"}},
    {T_processes, {"proc/*/status", "samples/*/proc/*/status"}},
    {T_process_nodes, {"proc/*/numa_maps"}},
    {T_process_mappings, {"proc/*/smaps"}},
    {T_commands, {"proc/*/status"}},
    {T_cgroups, {"sys/fs/cgroup/**/memory.current", "samples/*/sys/fs/cgroup/**/memory.current"}},
    {T_psi_samples, {"samples/*/proc/pressure/memory"}},
};

static void push_files(struct need_list *list, enum table_id table, enum field_id field)
{
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
        for (size_t p = 0; p < 3 && files[i].table == table && files[i].patterns[p]; p++)
            push(list, table, field, span_of(files[i].patterns[p]));
}

static void push_sources(struct need_list *list, enum field_id of, enum field_id field,
                         const char *before)
{
    uint32_t n;
    const struct source_def *sources = schema_sources(&n);
    const struct field_def *def = schema_field(of);
    for (uint32_t i = 0; i < def->n_sources; i++)
        push(list, schema_field(field)->table, field,
             span_of(arena_printf(list->arena, "%s%s", before,
                                  sources[def->first_source + i].pattern)));
}

static bool is_log_table(enum table_id table)
{
    enum table_id parent = schema_table(table)->parent;
    return table == T_oom_events || table == T_alloc_failures || table == T_log_events ||
           table == T_logs || parent == T_oom_events || parent == T_alloc_failures;
}

/* The fact whose samples this field holds, or FIELD_NONE. */
static enum field_id subject_of(enum field_id sample)
{
    for (uint32_t f = 0; f < FIELD_COUNT; f++)
        if (schema_field((enum field_id)f)->sample == sample)
            return (enum field_id)f;
    return FIELD_NONE;
}

static void push_field(struct need_list *list, enum field_id field)
{
    const struct field_def *def = schema_field(field);
    enum field_id subject = subject_of(field);
    if (def->n_sources)
        push_sources(list, field, field, "");
    else if (is_log_table(def->table))
        push(list, def->table, field, SPAN_LIT("dev/kmsg"));
    else if (subject != FIELD_NONE)
        push_sources(list, subject, field, "samples/*/");
    else
        push_files(list, def->table, field);
}

/* That all rows are there is said by the manifest, and for the log by the log itself. */
static void push_complete(struct need_list *list, enum table_id table)
{
    bool is_log = is_log_table(table);
    push(list, table, FIELD_NONE, is_log ? SPAN_LIT("dev/kmsg") : SPAN_LIT("manifest.jsonl"));
}

static void each_node(void *context, const struct node *node)
{
    if (node->kind == NODE_FIELD)
        push_field(context, node->field_id);
    else if (node_is_quantifier(node))
        push_complete(context, node->table);
}

static int by_place(const void *a, const void *b)
{
    const struct need *x = a, *y = b;
    if (x->table != y->table)
        return x->table < y->table ? -1 : 1;
    if (x->field != y->field)
        return x->field < y->field ? -1 : 1;
    return span_cmp(x->pattern, y->pattern);
}

struct span field_file(enum field_id field, struct arena *arena)
{
    struct need_list list = {.arena = arena};
    push_field(&list, field);
    struct span file = list.n ? list.items[0].pattern : SPAN_LIT("");
    free(list.items);
    return file;
}

struct span table_file(enum table_id table)
{
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
        if (files[i].table == table)
            return span_of(files[i].patterns[0]);
    return span_of(is_log_table(table) ? "dev/kmsg" : "manifest.jsonl");
}

struct needs rule_needs(const struct rule *rule, struct arena *arena)
{
    struct need_list list = {.arena = arena};
    rule_each_node(rule, each_node, &list);
    if (list.n)
        qsort(list.items, list.n, sizeof(*list.items), by_place);
    struct need *items = arena_array(arena, list.n ? list.n : 1, sizeof(*items));
    size_t n = 0;
    for (size_t i = 0; i < list.n; i++)
        if (n == 0 || by_place(&items[n - 1], &list.items[i]) != 0)
            items[n++] = list.items[i];
    free(list.items);
    return (struct needs){items, n};
}

void ruleset_needs(const struct ruleset *set, struct buf *out)
{
    struct arena *arena = arena_new();
    for (size_t i = 0; i < ruleset_count(set); i++) {
        const struct rule *rule = ruleset_at(set, i);
        struct needs needs = rule_needs(rule, arena);
        for (size_t n = 0; n < needs.n; n++) {
            const struct need *need = &needs.items[n];
            buf_fmt(out, SPAN_FMT "\t%s", SPAN_ARG(rule->id), schema_table(need->table)->name);
            if (need->field != FIELD_NONE)
                buf_fmt(out, ".%s", schema_field(need->field)->name);
            buf_fmt(out, "\t" SPAN_FMT "\n", SPAN_ARG(need->pattern));
        }
    }
    arena_free(arena);
}
