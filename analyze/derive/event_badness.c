/* SPDX-License-Identifier: MIT */
#include "derive/event_badness.h"

#include "base/arena.h"
#include "base/num.h"

#include <stdlib.h>

#define E(name) F_oom_events_##name
#define T(name) F_oom_tasks_##name

enum { UNKILLABLE = -1000, ROOT_DISCOUNT_PERCENT = 3 };

enum era {
    ERA_UNKNOWN,
    ERA_ROOT_BONUS, /* 3.6 to 4.16: who has CAP_SYS_ADMIN is taken for a little smaller */
    ERA_AT_LEAST_1, /* 4.17 to 5.8 */
    ERA_SIGNED,     /* 5.9 and later */
};

struct judge {
    struct store *store;
    uint32_t event;
    enum era era;
    struct ref era_source;
    bool root_is_plain; /* by the score printed: root of a container lacks CAP_SYS_ADMIN */
    int64_t page_size;
    bool has_total;
    int64_t total_pages;
};

static bool number(const struct judge *j, enum field_id field, uint32_t row, int64_t *ret)
{
    return store_number(j->store, field, row, ret);
}

/* "5.10.0-8-amd64" -> 5010. RHEL 8 and later keep 4.18 and have no root bonus either. */
static int64_t version_of(struct span release)
{
    uint64_t major, minor;
    if (!num_eat_u64(&release, &major) || !span_eat(&release, ".") ||
        !num_eat_u64(&release, &minor) || major > 99 || minor > 999)
        return 0;
    return (int64_t)(major * 1000 + minor);
}

static void find_era(struct judge *j)
{
    struct fact kernel = store_fact(j->store, E(kernel), j->event);
    int64_t adj;
    j->era_source = ref_of(E(kernel), j->event);
    if (kernel.state != FACT_KNOWN) {
        kernel = store_fact(j->store, F_host_kernel, 0);
        j->era_source = ref_of(F_host_kernel, 0);
    }
    int64_t version = kernel.state == FACT_KNOWN ? version_of(kernel.text) : 0;
    if (version >= 5009)
        j->era = ERA_SIGNED;
    else if (version >= 4017)
        j->era = ERA_AT_LEAST_1;
    else if (version >= 3006)
        j->era = ERA_ROOT_BONUS;
    else if (version == 0 && number(j, E(victim_adj), j->event, &adj)) {
        j->era = ERA_AT_LEAST_1; /* the kill line prints oom_score_adj from 5.4 on */
        j->era_source = ref_of(E(victim_adj), j->event);
    }
}

static void set_total(struct judge *j, int64_t bytes, const struct ref *sources, size_t n)
{
    store_compute(j->store, E(badness_base), j->event, bytes, sources, n);
    j->has_total = true;
    j->total_pages = bytes / j->page_size;
}

/* mm/oom_kill.c constrained_alloc: mem_cgroup_get_max() of a cgroup; memory and swap of a host. */
static void find_total(struct judge *j)
{
    struct span scope = store_fact(j->store, E(scope), j->event).text;
    struct fact swap_limit = store_fact(j->store, E(swap_limit), j->event);
    int64_t size, other;
    if (span_is(scope, "global") && number(j, E(mem_managed), j->event, &size) &&
        number(j, E(mem_swap_total), j->event, &other)) {
        struct ref sources[] = {ref_of(E(mem_managed), j->event),
                                ref_of(E(mem_swap_total), j->event)};
        set_total(j, size + other, sources, 2);
    } else if (span_is(scope, "memcg") && number(j, E(limit), j->event, &size)) {
        struct ref sources[] = {ref_of(E(limit), j->event), ref_of(E(swap_limit), j->event)};
        if (swap_limit.state == FACT_KNOWN && swap_limit.number == 0) {
            set_total(j, size, sources, 2);
        } else if (number(j, E(memsw_limit), j->event, &other)) {
            sources[1] = ref_of(E(memsw_limit), j->event);
            set_total(j, other > size ? other : size, sources, 2);
        } else if (number(j, F_meminfo_swap_total, 0, &other) && other == 0) {
            sources[1] = ref_of(F_meminfo_swap_total, 0);
            set_total(j, size, sources, 2);
        }
    }
}

/* The points in pages; false when the task cannot be killed or its points cannot be known. */
static bool points_of(const struct judge *j, uint32_t task, int64_t *ret)
{
    int64_t rss, tables, swap, adj, uid;
    if (!number(j, T(rss), task, &rss) || !number(j, T(pgtables), task, &tables) ||
        !number(j, T(swap), task, &swap) || !number(j, T(oom_score_adj), task, &adj) ||
        adj == UNKILLABLE)
        return false;
    int64_t points = (rss + swap + tables) / j->page_size;
    if (j->era == ERA_ROOT_BONUS) {
        if (!number(j, T(uid), task, &uid))
            return false;
        if (uid == 0 && !j->root_is_plain) /* has_capability_noaudit(CAP_SYS_ADMIN) */
            points -= points * ROOT_DISCOUNT_PERCENT / 100;
    }
    if (adj != 0) {
        if (!j->has_total)
            return false;
        points += adj * (j->total_pages / 1000);
    }
    *ret = j->era == ERA_SIGNED || points > 0 ? points : 1;
    return true;
}

static void set_badness(const struct judge *j, uint32_t task, int64_t points)
{
    struct ref sources[8] = {ref_of(T(rss), task), ref_of(T(pgtables), task), ref_of(T(swap), task),
                             ref_of(T(oom_score_adj), task), j->era_source};
    size_t n = 5;
    int64_t adj = 0;
    if (j->era == ERA_ROOT_BONUS)
        sources[n++] =
            ref_of(j->root_is_plain ? E(chosen_score) : T(uid), j->root_is_plain ? j->event : task);
    number(j, T(oom_score_adj), task, &adj);
    if (adj != 0)
        sources[n++] = ref_of(E(badness_base), j->event);
    if (store_fact(j->store, E(page_size), j->event).state == FACT_KNOWN)
        sources[n++] = ref_of(E(page_size), j->event);
    store_compute(j->store, T(badness), task, points, sources, n);
}

struct scored {
    int64_t points;
    uint32_t task, order;
};

static int by_points(const void *a, const void *b)
{
    const struct scored *x = a, *y = b;
    if (x->points != y->points)
        return x->points > y->points ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

/* Tasks of equal points share a rank. */
static void set_ranks(const struct judge *j, struct scored *scored, uint32_t n)
{
    struct ref sources[2] = {ref_complete(T_oom_tasks, j->event), {0}};
    int64_t rank = 0;
    qsort(scored, n, sizeof(*scored), by_points);
    for (uint32_t i = 0; i < n; i++) {
        if (i == 0 || scored[i].points != scored[i - 1].points)
            rank = i + 1;
        sources[1] = ref_of(T(badness), scored[i].task);
        store_compute(j->store, T(rank), scored[i].task, rank, sources, 2);
    }
}

static bool is_unkillable(const struct judge *j, uint32_t task)
{
    int64_t adj;
    return number(j, T(oom_score_adj), task, &adj) && adj == UNKILLABLE;
}

/* The task chosen: to 5.0 a child of it may have died in its place. Its row, and what names it. */
static uint32_t chosen_task(const struct judge *j, enum field_id *ret_field, enum field_id *ret_key)
{
    int64_t pid, id;
    *ret_field = number(j, E(chosen_pid), j->event, &pid) ? E(chosen_pid) : E(victim_pid);
    if (!number(j, *ret_field, j->event, &pid))
        return ROW_NONE;
    for (uint32_t task = ROW_NONE;
         (task = store_row_next(j->store, T_oom_tasks, j->event, task)) != ROW_NONE;) {
        *ret_key = number(j, T(tgid), task, &id) && id == pid ? T(tgid) : T(pid);
        if (number(j, *ret_key, task, &id) && id == pid)
            return task;
    }
    return ROW_NONE;
}

static void set_victim_rank(const struct judge *j)
{
    enum field_id field, key;
    int64_t rank;
    uint32_t task = chosen_task(j, &field, &key);
    if (task == ROW_NONE || !number(j, T(rank), task, &rank))
        return;
    struct ref sources[] = {ref_of(T(rank), task), ref_of(key, task), ref_of(field, j->event)};
    store_compute(j->store, E(victim_rank), j->event, rank, sources, 3);
}

/* "Kill process 1667 (memhog) score 1003": points * 1000 / totalpages. Where it is what root scores
 * without the bonus, root had none. */
static void find_root(struct judge *j)
{
    enum field_id field, key;
    int64_t score, uid, with, without;
    uint32_t task = chosen_task(j, &field, &key);
    if (j->era != ERA_ROOT_BONUS || task == ROW_NONE || !j->has_total || j->total_pages <= 0 ||
        !number(j, E(chosen_score), j->event, &score) || !number(j, T(uid), task, &uid) || uid != 0)
        return;
    bool known = points_of(j, task, &with);
    j->root_is_plain = true;
    known = known && points_of(j, task, &without);
    j->root_is_plain =
        known && without * 1000 / j->total_pages == score && with * 1000 / j->total_pages != score;
}

static void judge_event(struct judge *j, struct scored *scored)
{
    bool all_known = true;
    uint32_t n = 0;
    for (uint32_t task = ROW_NONE;
         (task = store_row_next(j->store, T_oom_tasks, j->event, task)) != ROW_NONE;) {
        int64_t points;
        if (points_of(j, task, &points)) {
            set_badness(j, task, points);
            scored[n] = (struct scored){points, task, n};
            n++;
        } else if (!is_unkillable(j, task)) {
            all_known = false;
        }
    }
    if (!all_known || !store_is_complete(j->store, T_oom_tasks, j->event))
        return;
    set_ranks(j, scored, n);
    set_victim_rank(j);
}

void derive_event_badness(struct store *store)
{
    enum { USUAL_PAGE_BYTES = 4096 };
    struct scored *scored =
        base_realloc(NULL, store_row_count(store, T_oom_tasks) + 1, sizeof(*scored));
    for (uint32_t event = ROW_NONE;
         (event = store_row_next(store, T_oom_events, 0, event)) != ROW_NONE;) {
        struct judge j = {.store = store, .event = event, .page_size = USUAL_PAGE_BYTES};
        int64_t size;
        if (number(&j, E(page_size), event, &size) && size > 0)
            j.page_size = size;
        find_era(&j);
        find_total(&j);
        find_root(&j);
        if (j.era != ERA_UNKNOWN)
            judge_event(&j, scored);
    }
    free(scored);
}
