/* SPDX-License-Identifier: MIT */
#include "derive/event_sums.h"

#include "derive/sum.h"

#include "base/arena.h"
#include "fact/mem_report.h"

#include <stdlib.h>

#define E(name) F_oom_events_##name

static const struct sum_def managed = {E(mem_managed),
                                       {{E(mem_ram), 1, false}, {E(mem_reserved), -1, false}}};

/* In the zone lines up to 5.8, in the node lines since. */
static const struct sum_def zone_stacks = {E(mem_kernel_stack),
                                           {{F_oom_zones_kernel_stack, 1, false}}};
static const struct sum_def node_stacks = {E(mem_kernel_stack),
                                           {{F_oom_nodes_kernel_stack, 1, false}}};
static const struct sum_def node_balloons = {E(mem_balloon), {{F_oom_nodes_balloon, 1, false}}};

static const struct sum_def classes[] = {
    /* Whatever list a page is on, mlocked ones on the unevictable list too: all lists of reclaim
       less the "pagecache pages", which are file, shmem and swap cache; swap cache is anonymous. */
    {E(mem_anon),
     {{E(mem_active_anon), 1, false},
      {E(mem_inactive_anon), 1, false},
      {E(mem_isolated_anon), 1, true},
      {E(mem_active_file), 1, false},
      {E(mem_inactive_file), 1, false},
      {E(mem_isolated_file), 1, true},
      {E(mem_unevictable), 1, false},
      {E(mem_pagecache), -1, false},
      {E(mem_swap_cache), 1, true}}},
    /* A report cut before its tail: shmem pages are on the anonymous lists. */
    {E(mem_anon),
     {{E(mem_active_anon), 1, false},
      {E(mem_inactive_anon), 1, false},
      {E(mem_isolated_anon), 1, true},
      {E(mem_shmem), -1, false}}},
    {E(mem_file),
     {{E(mem_pagecache), 1, false}, {E(mem_shmem), -1, false}, {E(mem_swap_cache), -1, true}}},
    /* Over the lists of reclaim, which do not overlap: anonymous, shmem and swap cache; file;
       unevictable. */
    {E(mem_unaccounted),
     {{E(mem_managed), 1, false},
      {E(mem_free), -1, false},
      {E(mem_active_anon), -1, false},
      {E(mem_inactive_anon), -1, false},
      {E(mem_active_file), -1, false},
      {E(mem_inactive_file), -1, false},
      {E(mem_unevictable), -1, false},
      {E(mem_slab_reclaimable), -1, false},
      {E(mem_slab_unreclaimable), -1, false},
      {E(mem_pagetables), -1, false},
      {E(mem_isolated_anon), -1, true},
      {E(mem_isolated_file), -1, true},
      {E(mem_free_pcp), -1, true},
      {E(mem_sec_pagetables), -1, true},
      {E(mem_kernel_stack), -1, true},
      {E(mem_hugetlb), -1, true},
      {E(mem_balloon), -1, true}}},
};

static const struct sum_def task_sums[] = {
    {E(tasks_rss), {{F_oom_tasks_rss, 1, false}}},
    {E(tasks_pgtables), {{F_oom_tasks_pgtables, 1, false}}},
    {E(tasks_swap), {{F_oom_tasks_swap, 1, false}}},
};

/* The row with the largest rss, the first of equals; ROW_NONE when a rss is not known or there are
 * no rows. */
static uint32_t largest_task(const struct store *store, uint32_t event)
{
    uint32_t best = ROW_NONE;
    int64_t most = -1, rss;

    for (uint32_t task = ROW_NONE;
         (task = store_row_next(store, T_oom_tasks, event, task)) != ROW_NONE;) {
        if (!store_number(store, F_oom_tasks_rss, task, &rss))
            return ROW_NONE;
        if (rss > most) {
            most = rss;
            best = task;
        }
    }
    return best;
}

/* All rows decide who is the largest. The last place is kept for the fact of the largest itself. */
static size_t task_sources(const struct store *store, uint32_t event, struct ref *sources)
{
    size_t n = 0;

    sources[n++] = ref_complete(T_oom_tasks, event);
    for (uint32_t task = ROW_NONE;
         (task = store_row_next(store, T_oom_tasks, event, task)) != ROW_NONE;)
        sources[n++] = ref_of(F_oom_tasks_rss, task);
    return n;
}

static void set_largest(struct store *store, uint32_t event, uint32_t task, struct ref *sources)
{
    size_t n = task_sources(store, event, sources);
    struct fact comm = store_fact(store, F_oom_tasks_comm, task);
    int64_t number;

    store_number(store, F_oom_tasks_rss, task, &number);
    store_compute(store, E(tasks_count), event, (int64_t)n - 1, sources, 1);
    store_compute(store, E(largest_rss), event, number, sources, n);
    if (comm.state == FACT_KNOWN) {
        sources[n] = ref_of(F_oom_tasks_comm, task);
        store_compute_text(store, E(largest_comm), event, comm.text, sources, n + 1);
    }
    if (store_number(store, F_oom_tasks_pid, task, &number)) {
        sources[n] = ref_of(F_oom_tasks_pid, task);
        store_compute(store, E(largest_pid), event, number, sources, n + 1);
    }
}

static size_t task_count(const struct store *store, uint32_t event)
{
    size_t n = 0;

    for (uint32_t task = ROW_NONE;
         (task = store_row_next(store, T_oom_tasks, event, task)) != ROW_NONE;)
        n++;
    return n;
}

static void sum_tasks(struct store *store, uint32_t event)
{
    uint32_t largest = largest_task(store, event);
    struct ref *sources;

    for (size_t i = 0; i < sizeof(task_sums) / sizeof(*task_sums); i++)
        sum_children(store, T_oom_tasks, &task_sums[i], event);
    if (largest == ROW_NONE || !store_is_complete(store, T_oom_tasks, event))
        return;
    sources = base_realloc(NULL, task_count(store, event) + 2, sizeof(*sources));
    set_largest(store, event, largest, sources);
    free(sources);
}

/* The definition for the table of `reports`, with terms of the table that `shift` says. */
static struct sum_def moved(const struct sum_def *def, uint32_t result_shift, uint32_t shift)
{
    struct sum_def moved = *def;

    moved.result = field_shift(moved.result, result_shift);
    for (size_t i = 0; i < SUM_TERMS && moved.terms[i].sign != 0; i++)
        moved.terms[i].field = field_shift(moved.terms[i].field, shift);
    return moved;
}

static void sum_mem_info(struct store *store, const struct mem_report *tables, uint32_t event)
{
    struct sum_def ram = moved(&managed, tables->report_shift, tables->report_shift);
    struct sum_def by_zone = moved(&zone_stacks, tables->report_shift, tables->zone_shift);
    struct sum_def by_node = moved(&node_stacks, tables->report_shift, tables->node_shift);
    struct sum_def balloon = moved(&node_balloons, tables->report_shift, tables->node_shift);

    sum_row(store, &ram, event);
    sum_children(store, tables->zones, &by_zone, event);
    sum_children(store, tables->nodes, &by_node, event);
    sum_children(store, tables->nodes, &balloon, event);
    for (size_t i = 0; i < sizeof(classes) / sizeof(*classes); i++) {
        struct sum_def class = moved(&classes[i], tables->report_shift, tables->report_shift);
        sum_row(store, &class, event);
    }
}

void derive_event_sums(struct store *store)
{
    for (size_t i = 0; i < MEM_REPORTS; i++)
        for (uint32_t event = ROW_NONE;
             (event = store_row_next(store, mem_reports[i].reports, 0, event)) != ROW_NONE;) {
            sum_mem_info(store, &mem_reports[i], event);
            if (i == MEM_REPORT_OOM)
                sum_tasks(store, event);
        }
}
