/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/buf.h"
#include "scene.h"
#include "verdict/say.h"

static const struct findings nothing = {NULL, 0};

static const struct incident *first_incident(struct scene *scene)
{
    return &verdict_make(scene->store, &nothing, scene->arena)->incidents[0];
}

/* The larger task is root's, of which kernels to 4.16 count 3 % off; a table in part tells less. */
static void a_giant_of_root_is_named(void **state)
{
    struct scene *scene = *state;
    uint32_t event = scene_cgroup_kill(scene);
    scene_number(scene, F_oom_tasks_uid, 0, 1000);
    scene_number(scene, F_oom_tasks_uid, 1, 0);
    scene_number(scene, F_oom_tasks_badness, 0, 900);
    scene_number(scene, F_oom_tasks_badness, 1, 890);
    scene_text(scene, F_oom_events_badness_unit, event, "pages");
    const struct incident *incident = first_incident(scene);
    assert_true(incident->victim.badness.known);
    assert_int_equal(incident->victim.why.n, 2);
}

static void points_that_are_no_pages_are_not_shown_as_pages(void **state)
{
    struct scene *scene = *state;
    uint32_t event = scene_cgroup_kill(scene);
    scene_number(scene, F_oom_tasks_badness, 0, 900);
    scene_number(scene, F_oom_events_chosen_score, event, 915);
    scene_number(scene, F_oom_events_victim_rank, event, 1);
    scene_text(scene, F_oom_events_badness_unit, event, "thousandths of all memory");
    scene_text(scene, F_oom_events_badness_lacks, event, "page tables of a task");
    const struct incident *incident = first_incident(scene);
    assert_false(incident->victim.badness.known);
    assert_int_equal(incident->victim.why.n, 1);
}

/* Of a log without a zone or a year the stamp is shown as it stands; not where it could deceive. */
static void a_stamp_without_a_zone_is_shown(void **state)
{
    static const char *const stamps[] = {"[Fri Mar  6 12:13:14 2020]", "[\x1b[2J12:13:14 2020]"};
    struct scene *scene = *state;
    for (size_t i = 0; i < 2; i++) {
        uint32_t row = store_row_add(scene->store, T_log_events, 0);
        scene_text(scene, F_log_events_stamp, row, stamps[i]);
        struct maker m = {.store = scene->store};
        struct moment moment = moment_of_log_event(&m, row);
        struct buf text = {0};
        assert_int_equal(moment_is_known(&moment), i == 0);
        moment_write(&moment, &text);
        assert_string_equal(buf_cstr(&text), i == 0 ? "Fri Mar  6 12:13:14 2020 by the log's clock"
                                                    : "at a time the log does not print");
        buf_free(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, scene_set_up, scene_tear_down)
        T(a_giant_of_root_is_named),
        T(points_that_are_no_pages_are_not_shown_as_pages),
        T(a_stamp_without_a_zone_is_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
