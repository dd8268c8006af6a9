/* SPDX-License-Identifier: MIT */
#include "derive/crowd.h"

#include "base/arena.h"
#include "base/map.h"

#include <stdlib.h>

struct crowd {
    struct span comm;
    int64_t count, rss_bytes;
    bool rss_known;
};

struct census {
    struct crowd *crowds;
    uint32_t n;
    struct map by_comm;
};

static struct crowd *crowd_of(struct census *census, struct span comm)
{
    uint32_t index = map_get(&census->by_comm, comm, census->n);

    if (index == census->n) {
        map_set(&census->by_comm, comm, census->n);
        census->crowds[census->n++] = (struct crowd){.comm = comm, .rss_known = true};
    }
    return &census->crowds[index];
}

static void count_task(const struct store *store, struct census *census, uint32_t task)
{
    struct fact comm = store_fact(store, F_oom_tasks_comm, task);
    struct crowd *crowd;
    int64_t rss;

    if (comm.state != FACT_KNOWN)
        return;
    crowd = crowd_of(census, comm.text);
    crowd->count++;
    if (!store_number(store, F_oom_tasks_rss, task, &rss) ||
        __builtin_add_overflow(crowd->rss_bytes, rss, &crowd->rss_bytes))
        crowd->rss_known = false;
}

static const struct crowd *largest(const struct census *census)
{
    const struct crowd *best = NULL;

    for (uint32_t i = 0; i < census->n; i++)
        if (!best || census->crowds[i].count > best->count)
            best = &census->crowds[i];
    return best;
}

/* The largest crowd is known only by looking at every name: all of them are sources. */
static void compute_crowd(struct store *store, const struct crowd *crowd, uint32_t event,
                          uint32_t tasks)
{
    struct ref *sources = base_realloc(NULL, 2 * (size_t)tasks + 1, sizeof(*sources));
    uint32_t task = ROW_NONE;
    size_t names = 1;

    sources[0] = ref_complete(T_oom_tasks, event);
    while ((task = store_row_next(store, T_oom_tasks, event, task)) != ROW_NONE)
        sources[names++] = ref_of(F_oom_tasks_comm, task);
    store_compute_text(store, F_oom_events_crowd_comm, event, crowd->comm, sources, names);
    store_compute(store, F_oom_events_crowd_count, event, crowd->count, sources, names);
    for (task = ROW_NONE; (task = store_row_next(store, T_oom_tasks, event, task)) != ROW_NONE;)
        if (span_eq(store_fact(store, F_oom_tasks_comm, task).text, crowd->comm))
            sources[names++] = ref_of(F_oom_tasks_rss, task);
    if (crowd->rss_known)
        store_compute(store, F_oom_events_crowd_rss, event, crowd->rss_bytes, sources, names);
    free(sources);
}

static uint32_t task_count(const struct store *store, uint32_t event)
{
    uint32_t n = 0, task = ROW_NONE;

    while ((task = store_row_next(store, T_oom_tasks, event, task)) != ROW_NONE)
        n++;
    return n;
}

static void crowd_of_event(struct store *store, uint32_t event)
{
    uint32_t tasks = task_count(store, event), task = ROW_NONE;
    struct census census = {.crowds = base_realloc(NULL, (size_t)tasks + 1, sizeof(struct crowd))};
    const struct crowd *crowd;

    while ((task = store_row_next(store, T_oom_tasks, event, task)) != ROW_NONE)
        count_task(store, &census, task);
    crowd = largest(&census);
    if (crowd)
        compute_crowd(store, crowd, event, tasks);
    map_free(&census.by_comm);
    free(census.crowds);
}

void derive_crowd(struct store *store)
{
    uint32_t event = ROW_NONE;

    while ((event = store_row_next(store, T_oom_events, 0, event)) != ROW_NONE)
        if (store_is_complete(store, T_oom_tasks, event))
            crowd_of_event(store, event);
}
