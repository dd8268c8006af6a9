/* SPDX-License-Identifier: MIT */
#include "derive/event_use.h"

#include "derive/sum.h"

#define E(name) F_oom_events_##name

/* memory.stat: shmem is a part of file. mm/memcontrol.c memory_stats[]. The first definition whose
 * fields are all there wins: kernels before 5.18 do not print "kernel", cgroup v1 prints kmem. */
static const struct sum_def memcg_sums[] = {
    {E(use_total), {{E(usage), 1, false}}},
    {E(use_anon), {{E(stat_anon), 1, false}}},
    {E(use_file), {{E(stat_file), 1, false}, {E(stat_shmem), -1, false}}},
    {E(use_shmem), {{E(stat_shmem), 1, false}}},
    {E(use_slab_reclaimable), {{E(stat_slab_reclaimable), 1, false}}},
    {E(use_slab_unreclaimable), {{E(stat_slab_unreclaimable), 1, false}}},
    {E(use_page_tables), {{E(stat_pagetables), 1, false}}},
    {E(use_kernel_stack), {{E(stat_kernel_stack), 1, false}}},
    {E(use_unevictable), {{E(stat_unevictable), 1, false}}},
    {E(use_dirty), {{E(stat_file_dirty), 1, false}, {E(stat_file_writeback), 1, false}}},
    {E(use_unaccounted),
     {{E(usage), 1, false},
      {E(stat_anon), -1, false},
      {E(stat_file), -1, false},
      {E(stat_kernel), -1, false},
      {E(stat_sock), -1, false}}},
    {E(use_unaccounted),
     {{E(usage), 1, false},
      {E(stat_anon), -1, false},
      {E(stat_file), -1, false},
      {E(kmem_usage), -1, false}}},
    {E(use_unaccounted),
     {{E(usage), 1, false},
      {E(stat_anon), -1, false},
      {E(stat_file), -1, false},
      {E(stat_slab), -1, false},
      {E(stat_kernel_stack), -1, false},
      {E(stat_percpu), -1, false},
      {E(stat_sock), -1, false}}},
};

static const struct sum_def host_sums[] = {
    {E(use_total), {{E(mem_managed), 1, false}}},
    {E(use_free), {{E(mem_free), 1, false}}},
    {E(use_anon), {{E(mem_anon), 1, false}}},
    {E(use_file), {{E(mem_file), 1, false}}},
    {E(use_shmem), {{E(mem_shmem), 1, false}}},
    {E(use_slab_reclaimable), {{E(mem_slab_reclaimable), 1, false}}},
    {E(use_slab_unreclaimable), {{E(mem_slab_unreclaimable), 1, false}}},
    {E(use_page_tables), {{E(mem_pagetables), 1, false}}},
    {E(use_kernel_stack), {{E(mem_kernel_stack), 1, false}}},
    {E(use_unevictable), {{E(mem_unevictable), 1, false}}},
    {E(use_dirty), {{E(mem_dirty), 1, false}, {E(mem_writeback), 1, false}}},
    {E(use_unaccounted), {{E(mem_unaccounted), 1, false}}},
};

/* Sums over the zones or nodes that the report shows: show_mem() leaves out what the request may
 * not use (SHOW_MEM_FILTER_NODES). Shmem pages are on the anonymous lists. */
#define N(name) F_oom_nodes_##name
#define Z(name) F_oom_zones_##name
static const struct sum_def node_sums[] = {
    {E(use_anon),
     {{N(active_anon), 1, false}, {N(inactive_anon), 1, false}, {N(shmem), -1, false}}},
    {E(use_file), {{N(active_file), 1, false}, {N(inactive_file), 1, false}}},
    {E(use_shmem), {{N(shmem), 1, false}}},
    {E(use_page_tables), {{N(pagetables), 1, false}}},
    {E(use_kernel_stack), {{N(kernel_stack), 1, false}}},
    {E(use_unevictable), {{N(unevictable), 1, false}}},
    {E(use_dirty), {{N(dirty), 1, false}, {N(writeback), 1, false}}},
};
static const struct sum_def zone_sums[] = {
    {E(use_total), {{Z(managed), 1, false}}},
    {E(use_free), {{Z(free), 1, false}}},
};

static void sum_rows(struct store *store, const struct sum_def *defs, size_t n, uint32_t event)
{
    for (size_t i = 0; i < n; i++)
        sum_row(store, &defs[i], event);
}

static void compute_nodes(struct store *store, uint32_t event)
{
    for (size_t i = 0; i < sizeof(zone_sums) / sizeof(*zone_sums); i++)
        sum_children(store, T_oom_zones, &zone_sums[i], event);
    for (size_t i = 0; i < sizeof(node_sums) / sizeof(*node_sums); i++)
        sum_children(store, T_oom_nodes, &node_sums[i], event);
}

void derive_event_use(struct store *store)
{
    uint32_t event = ROW_NONE;

    while ((event = store_row_next(store, T_oom_events, 0, event)) != ROW_NONE) {
        struct span scope = store_fact(store, E(scope), event).text;

        if (span_is(scope, "memcg"))
            sum_rows(store, memcg_sums, sizeof(memcg_sums) / sizeof(*memcg_sums), event);
        else if (span_is(scope, "global"))
            sum_rows(store, host_sums, sizeof(host_sums) / sizeof(*host_sums), event);
        else if (span_is(scope, "cpuset") || span_is(scope, "mempolicy"))
            compute_nodes(store, event);
    }
}
