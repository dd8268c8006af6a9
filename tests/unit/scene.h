/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_TESTS_SCENE_H
#define OOMSCOPE_TESTS_SCENE_H

#include "base/arena.h"
#include "fact/store.h"

/* Stores built by hand for the tests of verdict/ and render/: each fact set on a line of its own,
 * which is kept, so that every place resolves. */
struct scene {
    struct arena *arena;
    struct store *store;
    uint32_t line;
};

static inline struct where scene_place(struct scene *scene, const char *member)
{
    struct where where = {store_member(scene->store, span_of(member)), ++scene->line};
    store_keep_line(scene->store, where, SPAN_LIT("a line of the evidence"));
    return where;
}

static inline void scene_number(struct scene *scene, enum field_id field, uint32_t row, int64_t n)
{
    store_set(scene->store, field, row, n, scene_place(scene, "dev/kmsg"));
}

static inline void scene_text(struct scene *scene, enum field_id field, uint32_t row,
                              const char *text)
{
    store_set_text(scene->store, field, row, span_of(text), scene_place(scene, "dev/kmsg"));
}

static inline struct scene scene_new(void)
{
    struct scene scene = {.arena = arena_new()};
    scene.store = store_new(scene.arena);
    return scene;
}

static inline void scene_free(struct scene *scene)
{
    store_free(scene->store);
    arena_free(scene->arena);
}

enum { SCENE_MIB = 1024 * 1024 };

/* Of each test: a scene of its own. */
static inline int scene_set_up(void **state)
{
    static struct scene scene;
    scene = scene_new();
    *state = &scene;
    return 0;
}

static inline int scene_tear_down(void **state)
{
    scene_free(*state);
    return 0;
}

/* An event of the OOM killer with its victim; sizes in MiB. */
static inline uint32_t scene_event(struct scene *scene, const char *scope, const char *victim,
                                   int64_t pid)
{
    uint32_t event = store_row_add(scene->store, T_oom_events, 0);
    scene_number(scene, F_oom_events_event, event, event + 1);
    scene_number(scene, F_oom_events_time, event, (int64_t)(event + 1) * 10000000);
    scene_number(scene, F_oom_events_complete, event, 1);
    scene_text(scene, F_oom_events_scope, event, scope);
    scene_text(scene, F_oom_events_constraint, event, scope);
    scene_text(scene, F_oom_events_victim_comm, event, victim);
    scene_number(scene, F_oom_events_victim_pid, event, pid);
    return event;
}

static inline uint32_t scene_task(struct scene *scene, uint32_t event, const char *comm,
                                  int64_t pid, int64_t rss_mib)
{
    uint32_t task = store_row_add(scene->store, T_oom_tasks, event);
    scene_text(scene, F_oom_tasks_comm, task, comm);
    scene_number(scene, F_oom_tasks_pid, task, pid);
    scene_number(scene, F_oom_tasks_rss, task, rss_mib * SCENE_MIB);
    return task;
}

/* A limit of 100 MiB that is full: 97 MiB anonymous, held by two tasks; the smaller is killed. */
static inline uint32_t scene_cgroup_kill(struct scene *scene)
{
    uint32_t event = scene_event(scene, "memcg", "small", 11);
    scene_text(scene, F_oom_events_cgroup, event, "/pod");
    scene_text(scene, F_oom_events_task_cgroup, event, "/pod/a");
    scene_number(scene, F_oom_events_limit, event, 100 * SCENE_MIB);
    scene_number(scene, F_oom_events_usage, event, 100 * SCENE_MIB);
    scene_number(scene, F_oom_events_stat_anon, event, 97 * SCENE_MIB);
    scene_number(scene, F_oom_events_stat_file, event, 2 * SCENE_MIB);
    scene_number(scene, F_oom_events_stat_shmem, event, 1 * SCENE_MIB);
    scene_number(scene, F_oom_events_victim_rss, event, 3 * SCENE_MIB);
    scene_task(scene, event, "small", 11, 3);
    scene_task(scene, event, "large", 12, 61);
    return event;
}

#endif
