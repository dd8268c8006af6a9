/* SPDX-License-Identifier: MIT */
#include "derive/event_use.h"

#include "base/arena.h"

#include <stdlib.h>

/* One class as a sum of fields of the same row, each added or taken away. */
enum { MAX_TERMS = 8 };
struct term {
    enum field_id field;
    int sign; /* 0 ends the list */
};
struct sum_def {
    enum field_id result;
    struct term terms[MAX_TERMS];
};

#define E(name) F_oom_events_##name

/* memory.stat: shmem is a part of file. mm/memcontrol.c memory_stats[]. The first definition whose
 * fields are all there wins: kernels before 5.18 do not print "kernel", cgroup v1 prints kmem. */
static const struct sum_def memcg_sums[] = {
    {E(use_total), {{E(usage), 1}}},
    {E(use_anon), {{E(stat_anon), 1}}},
    {E(use_file), {{E(stat_file), 1}, {E(stat_shmem), -1}}},
    {E(use_shmem), {{E(stat_shmem), 1}}},
    {E(use_slab_reclaimable), {{E(stat_slab_reclaimable), 1}}},
    {E(use_slab_unreclaimable), {{E(stat_slab_unreclaimable), 1}}},
    {E(use_page_tables), {{E(stat_pagetables), 1}}},
    {E(use_kernel_stack), {{E(stat_kernel_stack), 1}}},
    {E(use_unevictable), {{E(stat_unevictable), 1}}},
    {E(use_dirty), {{E(stat_file_dirty), 1}, {E(stat_file_writeback), 1}}},
    {E(use_unaccounted),
     {{E(usage), 1},
      {E(stat_anon), -1},
      {E(stat_file), -1},
      {E(stat_kernel), -1},
      {E(stat_sock), -1}}},
    {E(use_unaccounted),
     {{E(usage), 1}, {E(stat_anon), -1}, {E(stat_file), -1}, {E(kmem_usage), -1}}},
    {E(use_unaccounted),
     {{E(usage), 1},
      {E(stat_anon), -1},
      {E(stat_file), -1},
      {E(stat_slab), -1},
      {E(stat_kernel_stack), -1},
      {E(stat_percpu), -1},
      {E(stat_sock), -1}}},
};

static const struct sum_def host_sums[] = {
    {E(use_total), {{E(mem_managed), 1}}},
    {E(use_free), {{E(mem_free), 1}}},
    {E(use_anon), {{E(mem_anon), 1}}},
    {E(use_file), {{E(mem_file), 1}}},
    {E(use_shmem), {{E(mem_shmem), 1}}},
    {E(use_slab_reclaimable), {{E(mem_slab_reclaimable), 1}}},
    {E(use_slab_unreclaimable), {{E(mem_slab_unreclaimable), 1}}},
    {E(use_page_tables), {{E(mem_pagetables), 1}}},
    {E(use_kernel_stack), {{E(mem_kernel_stack), 1}}},
    {E(use_unevictable), {{E(mem_unevictable), 1}}},
    {E(use_dirty), {{E(mem_dirty), 1}, {E(mem_writeback), 1}}},
    {E(use_unaccounted), {{E(mem_unaccounted), 1}}},
};

/* Sums over the zones or nodes that the report shows: show_mem() leaves out what the request may
 * not use (SHOW_MEM_FILTER_NODES). Shmem pages are on the anonymous lists. */
#define N(name) F_oom_nodes_##name
#define Z(name) F_oom_zones_##name
static const struct sum_def node_sums[] = {
    {E(use_anon), {{N(active_anon), 1}, {N(inactive_anon), 1}, {N(shmem), -1}}},
    {E(use_file), {{N(active_file), 1}, {N(inactive_file), 1}}},
    {E(use_shmem), {{N(shmem), 1}}},
    {E(use_page_tables), {{N(pagetables), 1}}},
    {E(use_kernel_stack), {{N(kernel_stack), 1}}},
    {E(use_unevictable), {{N(unevictable), 1}}},
    {E(use_dirty), {{N(dirty), 1}, {N(writeback), 1}}},
};
static const struct sum_def zone_sums[] = {
    {E(use_total), {{Z(managed), 1}}},
    {E(use_free), {{Z(free), 1}}},
};

static size_t term_count(const struct sum_def *def)
{
    size_t n = 0;

    while (n < MAX_TERMS && def->terms[n].sign != 0)
        n++;
    return n;
}

/* Adds the terms of one row to *sum and their refs to sources. False when one is not known. */
static bool add_row(const struct store *store, const struct sum_def *def, uint32_t row,
                    int64_t *sum, struct ref *sources)
{
    for (size_t i = 0; i < term_count(def); i++) {
        int64_t number;

        if (!store_number(store, def->terms[i].field, row, &number))
            return false;
        /* Each number is at most 2^63 - 1; a sum that leaves the range is no amount of memory. */
        if (__builtin_add_overflow(*sum, def->terms[i].sign * number, sum))
            return false;
        sources[i] = ref_of(def->terms[i].field, row);
    }
    return true;
}

/* Counters are read one after the other: a difference a little below nothing is nothing. */
static int64_t not_negative(int64_t number)
{
    return number < 0 ? 0 : number;
}

static void compute_sum(struct store *store, const struct sum_def *def, uint32_t event)
{
    struct ref sources[MAX_TERMS];
    int64_t sum = 0;

    if (add_row(store, def, event, &sum, sources))
        store_compute(store, def->result, event, not_negative(sum), sources, term_count(def));
}

static void compute_sums(struct store *store, const struct sum_def *defs, size_t n, uint32_t event)
{
    for (size_t i = 0; i < n; i++)
        if (store_fact(store, defs[i].result, event).state == FACT_ABSENT)
            compute_sum(store, &defs[i], event);
}

static size_t child_count(const struct store *store, enum table_id table, uint32_t event)
{
    size_t n = 0;

    for (uint32_t row = ROW_NONE; (row = store_row_next(store, table, event, row)) != ROW_NONE;)
        n++;
    return n;
}

/* A class over all children of the event; absent when one of them lacks a term or some may be
 * missing. */
static void compute_children(struct store *store, enum table_id table, const struct sum_def *def,
                             uint32_t event)
{
    size_t n_terms = term_count(def), n = 0;
    uint32_t row = ROW_NONE;
    struct ref *sources =
        base_realloc(NULL, child_count(store, table, event) * n_terms + 1, sizeof(*sources));
    int64_t sum = 0;
    bool known = store_is_complete(store, table, event);

    sources[n++] = ref_complete(table, event);
    while (known && (row = store_row_next(store, table, event, row)) != ROW_NONE) {
        known = add_row(store, def, row, &sum, sources + n);
        n += n_terms;
    }
    if (known && n > 1)
        store_compute(store, def->result, event, not_negative(sum), sources, n);
    free(sources);
}

static void compute_nodes(struct store *store, uint32_t event)
{
    for (size_t i = 0; i < sizeof(zone_sums) / sizeof(*zone_sums); i++)
        compute_children(store, T_oom_zones, &zone_sums[i], event);
    for (size_t i = 0; i < sizeof(node_sums) / sizeof(*node_sums); i++)
        compute_children(store, T_oom_nodes, &node_sums[i], event);
}

void derive_event_use(struct store *store)
{
    uint32_t event = ROW_NONE;

    while ((event = store_row_next(store, T_oom_events, 0, event)) != ROW_NONE) {
        struct span scope = store_fact(store, E(scope), event).text;

        if (span_is(scope, "memcg"))
            compute_sums(store, memcg_sums, sizeof(memcg_sums) / sizeof(*memcg_sums), event);
        else if (span_is(scope, "global"))
            compute_sums(store, host_sums, sizeof(host_sums) / sizeof(*host_sums), event);
        else if (span_is(scope, "cpuset") || span_is(scope, "mempolicy"))
            compute_nodes(store, event);
    }
}
