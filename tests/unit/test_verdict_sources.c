/* SPDX-License-Identifier: MIT */
/* What the verdict says of sources that differ, and where hardly anything is known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/buf.h"
#include "render/render.h"
#include "scene.h"
#include "verdict/verdict.h"

static const struct findings nothing = {NULL, 0};

static uint32_t scene_log_event(struct scene *scene, const char *kind, int64_t time_us)
{
    uint32_t row = store_row_add(scene->store, T_log_events, 0);
    scene_text(scene, F_log_events_kind, row, kind);
    scene_number(scene, F_log_events_time, row, time_us);
    return row;
}

/* A log of a failed allocation and nothing that proves that nobody was killed. */
static void a_failed_allocation_is_the_title_where_nothing_else_is_known(void **state)
{
    struct scene *scene = *state;
    scene_log_event(scene, "alloc_failure", 4000000);
    uint32_t row = store_row_add(scene->store, T_alloc_failures, 0);
    scene_text(scene, F_alloc_failures_kind, row, "alloc_failure");
    scene_text(scene, F_alloc_failures_trigger_comm, row, "ibex");
    scene_number(scene, F_alloc_failures_request, row, 65536);
    scene_number(scene, F_alloc_failures_order, row, 4);
    scene_number(scene, F_alloc_failures_zones_eligible, row, 3);
    scene_number(scene, F_alloc_failures_zones_below_min, row, 2);
    scene_number(scene, F_alloc_failures_zones_fit, row, 0);
    const struct verdict *verdict = verdict_make(scene->store, &nothing, scene->arena);
    struct buf text = {0};
    assert_int_equal(verdict->incidents[0].kind, INCIDENT_UNKNOWN);
    render_markdown(verdict, &(struct render_options){0}, &text);
    assert_true(span_starts(buf_span(&text),
                            "# Memory verdict: a page allocation failed: `ibex` was "
                            "refused 64.0 KiB (order 4); whether"));
    assert_true(span_has(buf_span(&text), "`ibex` asked for 64.0 KiB (order 4) and was refused. "
                                          "Above order 3 the kernel gives up"));
    assert_true(span_has(buf_span(&text), "Of the 3 zones that it could use 2 were below the "
                                          "minimum, and no other had a free block of 64.0 KiB"));
    buf_free(&text);
}

static void a_log_with_fewer_kills_than_the_counter_is_a_disagreement(void **state)
{
    struct scene *scene = *state;
    scene_cgroup_kill(scene);
    scene_number(scene, F_vmstat_oom_kill, 0, 5);
    struct verdict *verdict = verdict_make(scene->store, &nothing, scene->arena);
    assert_int_equal(verdict->disagreements.n, 1);
    assert_int_equal(verdict->disagreements.items[0].n_places, 2); /* counter, kill */
}

static void a_limit_that_was_changed_since_is_a_disagreement(void **state)
{
    struct scene *scene = *state;
    scene_cgroup_kill(scene);
    uint32_t row = store_row_by_key(scene->store, T_cgroups, SPAN_LIT("/pod"),
                                    scene_place(scene, "sys/fs/cgroup/pod/memory.max"));
    scene_number(scene, F_cgroups_max, row, 200 * SCENE_MIB);
    struct verdict *verdict = verdict_make(scene->store, &nothing, scene->arena);
    assert_int_equal(verdict->incidents[0].limit.bytes.value, 100 * SCENE_MIB);
    assert_int_equal(verdict->disagreements.n, 1);
}

/* One kill in the log, three by the kernel, five by the cgroup, and another limit than at the kill:
 * each difference is told, and none of the numbers is taken for the others. */
static void sources_that_disagree_are_all_told(void **state)
{
    struct scene *scene = *state;
    scene_cgroup_kill(scene);
    scene_number(scene, F_vmstat_oom_kill, 0, 3);
    uint32_t row = store_row_by_key(scene->store, T_cgroups, SPAN_LIT("/pod"),
                                    scene_place(scene, "sys/fs/cgroup/pod/memory.max"));
    scene_text(scene, F_cgroups_path, row, "/pod");
    scene_number(scene, F_cgroups_events_oom_kill, row, 5);
    scene_number(scene, F_cgroups_max, row, 200 * SCENE_MIB);
    store_observe(scene->store, OBS_DISAGREEMENT, scene_place(scene, "manifest.jsonl"), "4 or 5");
    const struct verdict *verdict = verdict_make(scene->store, &nothing, scene->arena);
    assert_int_equal(verdict->disagreements.n, 4);
    for (size_t i = 0; i < 4; i++)
        assert_true(verdict->disagreements.items[i].n_places > 0);
    assert_int_equal(verdict->incidents[0].limit.bytes.value, 100 * SCENE_MIB);
    assert_int_equal(verdict->incidents[0].victim.killed, 1);
    struct buf text = {0};
    render_markdown(verdict, &(struct render_options){0}, &text);
    assert_true(span_has(buf_span(&text), "## Sources disagree"));
    assert_true(span_has(buf_span(&text), "200.0 MiB at the capture"));
    buf_free(&text);
}

/* A log that shows more kills than the kernel counts. */
static void a_log_of_more_kills_than_were_counted_is_doubted(void **state)
{
    struct scene *scene = *state;
    scene_event(scene, "global", "x", 1);
    scene_event(scene, "global", "y", 2);
    scene_number(scene, F_vmstat_oom_kill, 0, 1);
    const struct verdict *verdict = verdict_make(scene->store, &nothing, scene->arena);
    assert_int_equal(verdict->disagreements.n, 1);
}

/* No process maps what a memfd holds: whoever keeps it open is named with it. */
static void a_file_without_a_name_is_told_with_its_holder(void **state)
{
    struct scene *scene = *state;
    uint32_t event = scene_event(scene, "global", "browser", 11);
    scene_number(scene, F_oom_events_mem_ram, event, 200 * SCENE_MIB);
    scene_number(scene, F_oom_events_mem_managed, event, 200 * SCENE_MIB);
    scene_number(scene, F_oom_events_mem_shmem, event, 150 * SCENE_MIB);
    scene_number(scene, F_oom_events_mem_anon, event, 20 * SCENE_MIB);
    scene_task(scene, event, "browser", 11, 20);
    struct where place = scene_place(scene, "collect/shmem_files.jsonl");
    uint32_t process = store_row_by_key(scene->store, T_processes, SPAN_LIT("42"), place);
    scene_text(scene, F_processes_comm, process, "compositor");
    uint32_t file = store_row_by_key(scene->store, T_shmem_files, SPAN_LIT("7"), place);
    scene_text(scene, F_shmem_files_name, file, "/memfd:frames (deleted)");
    scene_number(scene, F_shmem_files_used, file, 140 * SCENE_MIB);
    scene_number(scene, F_shmem_files_pid, file, 42);
    const struct verdict *verdict = verdict_make(scene->store, &nothing, scene->arena);
    const struct holders *holders = &verdict->incidents[0].holders;
    assert_true(span_is(span_of(verdict->incidents[0].event.dominant->name), "shmem"));
    assert_int_equal(holders->items[0].kind, HOLDER_FILE);
    assert_true(span_is(holders->items[0].name, "compositor: /memfd:frames (deleted)"));
    assert_int_equal(holders->items[0].share, 7000);
}

static void scene_sample(struct scene *scene, int64_t time_s, int64_t available_mib)
{
    uint32_t row = store_row_add(scene->store, T_meminfo_samples, 0);
    scene_number(scene, F_meminfo_samples_time, row, time_s * 1000000);
    scene_number(scene, F_meminfo_samples_available, row, available_mib * SCENE_MIB);
}

/* A watch keeps samples from before; what the kill gave back is no part of how it came to it. */
static void the_way_to_a_kill_ends_before_it(void **state)
{
    struct scene *scene = *state;
    scene_event(scene, "global", "x", 1); /* 10 s after boot */
    scene_number(scene, F_capture_time, 0, 11 * 1000000);
    scene_number(scene, F_meminfo_total, 0, 1000 * SCENE_MIB);
    scene_number(scene, F_rates_span, 0, 10 * 1000000);
    scene_number(scene, F_rates_available_change, 0, 300 * SCENE_MIB);
    scene_sample(scene, 1, 400);
    scene_sample(scene, 6, 50);
    scene_sample(scene, 11, 700);
    const struct verdict *verdict = verdict_make(scene->store, &nothing, scene->arena);
    struct buf text = {0};
    render_markdown(verdict, &(struct render_options){0}, &text);
    assert_true(span_has(buf_span(&text), "From 9.0 s to 4.0 s before the kill: available memory "
                                          "400.0 MiB to 50.0 MiB."));
    assert_false(span_has(buf_span(&text), "the host changed"));
    buf_free(&text);
}

/* In full each incident has its own reasons, holders and classes; in short one line. */
static void all_incidents_are_told_in_full(void **state)
{
    struct scene *scene = *state;
    scene_cgroup_kill(scene);
    uint32_t host = scene_event(scene, "global", "other", 90);
    scene_task(scene, host, "other", 90, 64);
    const struct verdict *verdict = verdict_make(scene->store, &nothing, scene->arena);
    struct buf full = {0}, brief = {0};
    assert_int_equal(verdict->n_incidents, 2);
    render_markdown(verdict, &(struct render_options){.full = true}, &full);
    render_markdown(verdict, &(struct render_options){0}, &brief);
    struct span second =
        span_skip(buf_span(&full), span_find(buf_span(&full), SPAN_LIT("# Incident 2: ")));
    assert_true(span_has(second, "## Why"));
    assert_true(span_has(second, "Holders at the event"));
    assert_false(span_has(buf_span(&brief), "Incident 2"));
    assert_true(span_has(buf_span(&brief), "## Other incidents"));
    buf_free(&full);
    buf_free(&brief);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, scene_set_up, scene_tear_down)
        T(a_failed_allocation_is_the_title_where_nothing_else_is_known),
        T(a_log_with_fewer_kills_than_the_counter_is_a_disagreement),
        T(a_limit_that_was_changed_since_is_a_disagreement),
        T(sources_that_disagree_are_all_told),
        T(a_log_of_more_kills_than_were_counted_is_doubted),
        T(the_way_to_a_kill_ends_before_it),
        T(all_incidents_are_told_in_full),
        T(a_file_without_a_name_is_told_with_its_holder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
