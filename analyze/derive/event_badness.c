/* SPDX-License-Identifier: MIT */
#include "derive/event_badness.h"

#include "derive/badness_base.h"
#include "derive/badness_era.h"

#include "base/arena.h"

#include <stdlib.h>

#define E(name) F_oom_events_##name
#define T(name) F_oom_tasks_##name

enum { UNKILLABLE = -1000, UNKILLABLE_OLD = -17, ROOT_DISCOUNT_PERCENT = 3, MILLE = 1000 };

struct judge {
    struct store *store;
    uint32_t event;
    enum badness_era era;
    struct ref era_source;
    bool root_is_plain; /* by the score printed: root of a container lacks CAP_SYS_ADMIN */
    bool no_swap;       /* none is in use: a table without swapents lacks none */
    int64_t page_size;
    bool has_total;
    int64_t total_pages;
};

static bool number(const struct judge *j, enum field_id field, uint32_t row, int64_t *ret)
{
    return store_number(j->store, field, row, ret);
}

static void find_total(struct judge *j)
{
    int64_t bytes, swap_total, swap_free;
    badness_base(j->store, j->event);
    j->has_total = number(j, E(badness_base), j->event, &bytes);
    j->total_pages = j->has_total ? bytes / j->page_size : 0;
    j->no_swap = number(j, E(mem_swap_total), j->event, &swap_total) &&
                 number(j, E(mem_swap_free), j->event, &swap_free) && swap_total == swap_free;
}

static bool has_root_bonus(const struct judge *j)
{
    return j->era == BADNESS_ADDRESS_SPACE || j->era == BADNESS_PER_MILLE ||
           j->era == BADNESS_ROOT_OF_ALL || j->era == BADNESS_ROOT_OF_OWN;
}

static bool is_unkillable(const struct judge *j, uint32_t task)
{
    int64_t adj;
    if (j->era == BADNESS_ADDRESS_SPACE)
        return number(j, T(oom_adj), task, &adj) && adj == UNKILLABLE_OLD;
    return number(j, T(oom_score_adj), task, &adj) && adj == UNKILLABLE;
}

/* badness() to 2.6.35, as far as the table goes: total_vm, a quarter of it for root, shifted by
 * oom_adj. */
static bool points_of_address_space(const struct judge *j, uint32_t task, bool is_root,
                                    int64_t *ret)
{
    int64_t total_vm, adj;
    if (!number(j, T(total_vm), task, &total_vm) || !number(j, T(oom_adj), task, &adj) ||
        adj < -16 || adj > 15)
        return false;
    int64_t points = total_vm / j->page_size / (is_root ? 4 : 1);
    if (adj > 0)
        points = (points ? points : 1) << adj;
    *ret = adj < 0 ? points >> -adj : points;
    return true;
}

/* What the task holds, in pages. To 3.5 the table has no page tables and no swap. */
static bool pages_of(const struct judge *j, uint32_t task, int64_t *ret)
{
    int64_t rss, tables = 0, swap = 0;
    bool is_old = j->era == BADNESS_PER_MILLE;
    if (!number(j, T(rss), task, &rss) ||
        (!is_old && (!number(j, T(pgtables), task, &tables) || !number(j, T(swap), task, &swap))))
        return false;
    *ret = (rss + swap + tables) / j->page_size;
    return true;
}

static int64_t clamp(int64_t n, int64_t least, int64_t most)
{
    return n < least ? least : n > most ? most : n;
}

static bool needs_total(const struct judge *j, uint32_t task, bool is_root)
{
    int64_t adj;
    return (number(j, T(oom_score_adj), task, &adj) && adj != 0) || j->era == BADNESS_PER_MILLE ||
           (is_root && j->era == BADNESS_ROOT_OF_ALL);
}

/* has_capability_noaudit(CAP_SYS_ADMIN), as far as the table tells */
static bool is_root(const struct judge *j, uint32_t task)
{
    int64_t uid;
    return has_root_bonus(j) && number(j, T(uid), task, &uid) && uid == 0 && !j->root_is_plain;
}

/* False when the task cannot be killed or its points cannot be known. */
static bool points_of(const struct judge *j, uint32_t task, int64_t *ret)
{
    int64_t points, adj, uid;
    if (is_unkillable(j, task) || (has_root_bonus(j) && !number(j, T(uid), task, &uid)))
        return false;
    bool root = is_root(j, task);
    if (j->era == BADNESS_ADDRESS_SPACE)
        return points_of_address_space(j, task, root, ret);
    if (!pages_of(j, task, &points) || !number(j, T(oom_score_adj), task, &adj) ||
        (needs_total(j, task, root) && (!j->has_total || j->total_pages <= 0)))
        return false;
    if (j->era == BADNESS_PER_MILLE) {
        points = points * MILLE / j->total_pages;
        *ret = clamp(points - (root ? ROOT_DISCOUNT_PERCENT * 10 : 0) + adj, 1, MILLE);
        return true;
    }
    if (root && j->era == BADNESS_ROOT_OF_OWN)
        points -= points * ROOT_DISCOUNT_PERCENT / 100;
    else if (root && j->era == BADNESS_ROOT_OF_ALL)
        adj -= (int64_t)ROOT_DISCOUNT_PERCENT * 10;
    points += adj * (j->total_pages / MILLE);
    *ret = j->era == BADNESS_SIGNED || points > 0 ? points : 1;
    return true;
}

static void set_badness(const struct judge *j, uint32_t task, int64_t points)
{
    static const enum field_id held[] = {T(rss), T(pgtables), T(swap), T(oom_score_adj)};
    static const enum field_id old[] = {T(total_vm), T(oom_adj)};
    bool is_old = j->era == BADNESS_ADDRESS_SPACE;
    const enum field_id *fields = is_old ? old : held;
    struct ref sources[8] = {j->era_source};
    size_t n = 1;
    int64_t unused;
    for (size_t i = 0; i < (is_old ? 2u : 4u); i++)
        if (number(j, fields[i], task, &unused))
            sources[n++] = ref_of(fields[i], task);
    if (has_root_bonus(j))
        sources[n++] =
            ref_of(j->root_is_plain ? E(chosen_score) : T(uid), j->root_is_plain ? j->event : task);
    if (!is_old && needs_total(j, task, is_root(j, task)))
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
    if (j->era != BADNESS_ROOT_OF_OWN || task == ROW_NONE || !j->has_total || j->total_pages <= 0 ||
        !number(j, E(chosen_score), j->event, &score) || !number(j, T(uid), task, &uid) || uid != 0)
        return;
    bool known = points_of(j, task, &with);
    j->root_is_plain = true;
    known = known && points_of(j, task, &without);
    j->root_is_plain =
        known && without * 1000 / j->total_pages == score && with * 1000 / j->total_pages != score;
}

static void say_what_is_lacking(const struct judge *j)
{
    const char *lacks = j->era == BADNESS_ADDRESS_SPACE
                            ? "children, processor time, age, niceness and capabilities of a task"
                        : j->no_swap ? "page tables of a task"
                                     : "page tables and swap of a task";
    store_compute_text(j->store, E(badness_lacks), j->event, span_of(lacks), &j->era_source, 1);
}

/* The kernel's own word: the line names the task with the most points, and what they are. */
static void set_rank_printed(const struct judge *j)
{
    int64_t score, pid, asked;
    const struct ref sources[] = {ref_of(E(chosen_score), j->event),
                                  ref_of(E(chosen_pid), j->event),
                                  ref_of(E(allocating_task), j->event)};
    if (number(j, E(chosen_score), j->event, &score) && number(j, E(chosen_pid), j->event, &pid) &&
        number(j, E(allocating_task), j->event, &asked) && !asked)
        store_compute(j->store, E(victim_rank), j->event, 1, sources, 3);
}

static void judge_event(struct judge *j, struct scored *scored)
{
    bool all_known = true;
    bool in_part = j->era == BADNESS_ADDRESS_SPACE || j->era == BADNESS_PER_MILLE;
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
    if (n > 0)
        store_compute_text(j->store, E(badness_unit), j->event, span_of(badness_unit(j->era)),
                           &j->era_source, 1);
    if (in_part && n > 0)
        say_what_is_lacking(j);
    if (!all_known || !store_is_complete(j->store, T_oom_tasks, j->event))
        return;
    if (in_part) {
        set_rank_printed(j);
        return;
    }
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
        j.era = badness_era(store, event, &j.era_source);
        find_total(&j);
        find_root(&j);
        if (j.era != BADNESS_UNKNOWN)
            judge_event(&j, scored);
    }
    free(scored);
}
