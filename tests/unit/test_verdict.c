/* SPDX-License-Identifier: MIT */
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

static const struct incident *first_incident(struct scene *scene)
{
    return &verdict_make(scene->store, &nothing, scene->arena)->incidents[0];
}

static void an_ancestor_limit_tells_holder_from_victim(void **state)
{
    struct scene *scene = *state;
    scene_cgroup_kill(scene);
    const struct incident *incident = first_incident(scene);
    assert_int_equal(incident->kind, INCIDENT_KILL);
    assert_int_equal(incident->scope, SCOPE_ANCESTOR);
    assert_true(span_is(incident->limit.owner, "/pod"));
    assert_int_equal(incident->limit.bytes.value, 100 * SCENE_MIB);
    assert_int_equal(incident->victim.share, 300);
    assert_true(span_is(incident->holders.items[0].name, "large"));
    assert_int_equal(incident->holders.items[0].share, 6100);
    assert_false(incident->holders.items[0].is_victim);
    assert_true(incident->holders.items[1].is_victim);
}

static void classes_are_disjoint_and_add_up(void **state)
{
    struct scene *scene = *state;
    scene_cgroup_kill(scene);
    const struct attribution *event = &first_incident(scene)->event;
    int64_t sum = 0, file = -1;
    for (size_t i = 0; i < event->n_classes; i++) {
        sum += event->classes[i].bytes;
        if (span_is(span_of(event->classes[i].name), "file"))
            file = event->classes[i].bytes;
    }
    assert_int_equal(sum, event->total_bytes);
    assert_int_equal(file, 1 * SCENE_MIB); /* without the shmem in it */
    const struct class_share *last = &event->classes[event->n_classes - 1];
    assert_true(span_is(span_of(last->name), "unaccounted"));
    assert_int_equal(last->bytes, 1 * SCENE_MIB);
    assert_true(span_is(span_of(event->dominant->name), "anonymous"));
}

static void repeats_of_one_cgroup_are_one_incident(void **state)
{
    struct scene *scene = *state;
    for (int i = 0; i < 50; i++)
        scene_cgroup_kill(scene);
    struct verdict *verdict = verdict_make(scene->store, &nothing, scene->arena);
    assert_int_equal(verdict->n_incidents, 1);
    const struct incident *incident = &verdict->incidents[0];
    assert_int_equal(incident->series.n, 50);
    assert_int_equal(incident->series.detail, 49);
    assert_int_equal(incident->victim.killed, 50);
    assert_int_equal(incident->series.shortest_gap_us, 10000000);
}

static void the_last_complete_event_is_shown(void **state)
{
    struct scene *scene = *state;
    scene_cgroup_kill(scene);
    uint32_t cut = store_row_add(scene->store, T_oom_events, 0);
    scene_text(scene, F_oom_events_scope, cut, "memcg");
    scene_text(scene, F_oom_events_cgroup, cut, "/pod");
    scene_number(scene, F_oom_events_complete, cut, 0);
    const struct incident *incident = first_incident(scene);
    assert_int_equal(incident->series.n, 2);
    assert_int_equal(incident->series.detail, 0);
}

static void restarted_containers_are_one_unit(void **state)
{
    struct scene *scene = *state;
    static const char *const paths[] = {"/kubepods/pod1/0123456789abcdef0123",
                                        "/kubepods/pod1/fedcba98765432100000"};
    for (int i = 0; i < 2; i++) {
        uint32_t event = scene_event(scene, "memcg", "app", 20 + i);
        scene_text(scene, F_oom_events_cgroup, event, paths[i]);
    }
    uint32_t other = scene_event(scene, "memcg", "app", 30);
    scene_text(scene, F_oom_events_cgroup, other, "/kubepods/pod2/0123456789abcdef0123");
    struct verdict *verdict = verdict_make(scene->store, &nothing, scene->arena);
    assert_int_equal(verdict->n_incidents, 2);
    assert_int_equal(verdict->incidents[0].series.n, 2);
}

static void distant_host_kills_are_two_incidents_and_the_panic_comes_first(void **state)
{
    struct scene *scene = *state;
    uint32_t early = store_row_add(scene->store, T_oom_events, 0);
    scene_text(scene, F_oom_events_scope, early, "global");
    scene_number(scene, F_oom_events_time, early, 0);
    scene_number(scene, F_oom_events_panic, early, 1);
    uint32_t late = store_row_add(scene->store, T_oom_events, 0);
    scene_text(scene, F_oom_events_scope, late, "global");
    scene_number(scene, F_oom_events_time, late, INT64_C(7200) * 1000000);
    scene_text(scene, F_oom_events_victim_comm, late, "x");
    struct verdict *verdict = verdict_make(scene->store, &nothing, scene->arena);
    assert_int_equal(verdict->n_incidents, 2);
    assert_int_equal(verdict->incidents[0].kind, INCIDENT_NO_KILL);
    assert_int_equal(verdict->incidents[1].kind, INCIDENT_KILL);
}

static void same_named_processes_are_one_holder(void **state)
{
    struct scene *scene = *state;
    uint32_t event = scene_cgroup_kill(scene);
    for (int i = 0; i < 30; i++)
        scene_task(scene, event, "worker", 100 + i, 3);
    const struct incident *incident = first_incident(scene);
    assert_true(span_is(incident->holders.items[0].name, "worker"));
    assert_int_equal(incident->holders.items[0].processes, 30);
    assert_int_equal(incident->holders.items[0].bytes, 90 * SCENE_MIB);
}

static void a_sysrq_is_manual_and_accuses_nobody(void **state)
{
    struct scene *scene = *state;
    uint32_t event = scene_event(scene, "global", "x", 5);
    scene_number(scene, F_oom_events_manual, event, 1);
    scene_number(scene, F_oom_events_order, event, -1);
    scene_task(scene, event, "x", 5, 60);
    const struct incident *incident = first_incident(scene);
    assert_int_equal(incident->scope, SCOPE_MANUAL);
    assert_int_equal(incident->holders.n, 0);
}

static void without_evidence_nothing_is_claimed(void **state)
{
    const struct incident *incident = first_incident(*state);
    assert_int_equal(incident->kind, INCIDENT_UNKNOWN);
    assert_false(incident->event.known);
    assert_false(incident->capture.known);
    assert_int_equal(incident->holders.n, 0);
}

static void a_counter_of_zero_says_that_nothing_happened(void **state)
{
    struct scene *scene = *state;
    scene_number(scene, F_vmstat_oom_kill, 0, 0);
    const struct incident *incident = first_incident(scene);
    assert_int_equal(incident->kind, INCIDENT_NONE);
    assert_int_equal(incident->why.items[0].n_places, 1);
}

static void kills_that_no_log_shows_are_lost_not_absent(void **state)
{
    struct scene *scene = *state;
    scene_number(scene, F_vmstat_oom_kill, 0, 3);
    const struct incident *incident = first_incident(scene);
    assert_int_equal(incident->kind, INCIDENT_LOST);
    assert_true(incident->unknowns.n > 0);
}

/* A task table with nothing of size in it is a task table. */
static void a_holder_is_missed_for_the_right_reason(void **state)
{
    struct scene *scene = *state;
    uint32_t event = scene_event(scene, "memcg", "test", 7);
    const struct unknown *unknown = &first_incident(scene)->unknowns.items[0];
    assert_true(span_is(unknown->question, "Who held the memory"));
    assert_true(span_is(unknown->reason, "the report has no task table"));
    scene_task(scene, event, "test", 7, 0);
    unknown = &first_incident(scene)->unknowns.items[0];
    assert_true(span_is(unknown->question, "Who held the memory"));
    assert_true(span_starts(unknown->reason, "what is left of the report"));
}

static void counters_of_a_cgroup_name_the_limit_that_the_log_lost(void **state)
{
    struct scene *scene = *state;
    uint32_t row = store_row_by_key(scene->store, T_cgroups, SPAN_LIT("/pod"),
                                    scene_place(scene, "sys/fs/cgroup/pod/memory.max"));
    scene_number(scene, F_cgroups_max, row, 100 * SCENE_MIB);
    scene_number(scene, F_cgroups_current, row, 60 * SCENE_MIB);
    scene_number(scene, F_cgroups_anon, row, 50 * SCENE_MIB);
    scene_number(scene, F_cgroups_local_oom, row, 4);
    scene_number(scene, F_cgroups_local_oom_kill, row, 0);
    const struct incident *incident = first_incident(scene);
    assert_int_equal(incident->kind, INCIDENT_LOST);
    assert_int_equal(incident->scope, SCOPE_ANCESTOR);
    assert_true(span_is(incident->limit.owner, "/pod"));
    assert_int_equal(incident->capture.total_bytes, 60 * SCENE_MIB);
}

static struct rule rule_named(const char *id, enum rule_kind kind)
{
    return (struct rule){
        .id = span_of(id), .title = span_of(id), .kind = kind, .severity = SEVERITY_WARNING};
}

static void causes_rank_by_bytes_then_severity_then_id(void **state)
{
    struct scene *scene = *state;
    scene_cgroup_kill(scene);
    struct rule rules[] = {rule_named("b-small", RULE_CAUSE), rule_named("a-none", RULE_CAUSE),
                           rule_named("c-large", RULE_CAUSE), rule_named("m", RULE_MISTAKE)};
    struct finding items[] = {
        {.rule = &rules[0],
         .outcome = OUTCOME_MATCH,
         .row = ROW_NONE,
         .explains_known = true,
         .explains_bytes = 1000},
        {.rule = &rules[1], .outcome = OUTCOME_MATCH, .row = ROW_NONE},
        {.rule = &rules[2],
         .outcome = OUTCOME_MATCH,
         .row = ROW_NONE,
         .explains_known = true,
         .explains_bytes = 50 * SCENE_MIB},
        {.rule = &rules[3], .outcome = OUTCOME_MATCH, .row = ROW_NONE},
    };
    struct findings findings = {items, 4};
    const struct ranking *ranking =
        &verdict_make(scene->store, &findings, scene->arena)->incidents[0].ranking;
    static const char *const order[] = {"c-large", "b-small", "a-none", "m"};
    static const enum finding_role roles[] = {ROLE_CAUSE, ROLE_CONTRIBUTING, ROLE_CONTRIBUTING,
                                              ROLE_MISTAKE};
    assert_int_equal(ranking->n, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_true(span_is(ranking->items[i].finding->rule->id, order[i]));
        assert_int_equal(ranking->items[i].role, roles[i]);
    }
    assert_int_equal(ranking->items[0].share, 5000);
}

static void a_finding_about_an_event_stays_with_its_incident(void **state)
{
    struct scene *scene = *state;
    scene_cgroup_kill(scene);
    uint32_t host = scene_event(scene, "global", "y", 9);
    struct rule rule = rule_named("about-events", RULE_CAUSE);
    rule.for_each = true;
    rule.table = T_oom_events;
    struct finding items[] = {{.rule = &rule, .outcome = OUTCOME_MATCH, .row = host}};
    struct findings findings = {items, 1};
    struct verdict *verdict = verdict_make(scene->store, &findings, scene->arena);
    assert_int_equal(verdict->incidents[0].scope, SCOPE_HOST);
    assert_int_equal(verdict->incidents[0].ranking.n, 1);
    assert_int_equal(verdict->incidents[1].ranking.n, 0);
}

static void lacks_are_gathered_by_the_file_that_would_say(void **state)
{
    struct scene *scene = *state;
    scene_number(scene, F_vmstat_oom_kill, 0, 0);
    struct ref lacks[100];
    for (uint32_t i = 0; i < 100; i++) {
        char pid[2] = {(char)('0' + i / 10), (char)('0' + i % 10)};
        uint32_t row = store_row_by_key(scene->store, T_processes, (struct span){pid, 2},
                                        scene_place(scene, "proc/1/status"));
        lacks[i] = ref_of(F_processes_pss, row);
    }
    struct rule rule = rule_named("needs-pss", RULE_CAUSE);
    struct finding items[] = {{.rule = &rule,
                               .outcome = OUTCOME_UNKNOWN,
                               .row = ROW_NONE,
                               .lacks = lacks,
                               .n_lacks = 100}};
    struct findings findings = {items, 1};
    const struct unknowns *unknowns =
        &verdict_make(scene->store, &findings, scene->arena)->incidents[0].unknowns;
    assert_int_equal(unknowns->n, 1);
    assert_true(span_is(unknowns->items[0].member, "proc/*/smaps_rollup"));
    assert_non_null(unknowns->items[0].how);
}

static void changes_of_the_host_worth_a_percent_are_told(void **state)
{
    struct scene *scene = *state;
    scene_number(scene, F_meminfo_total, 0, 1000 * SCENE_MIB);
    scene_number(scene, F_rates_span, 0, 2000000);
    scene_number(scene, F_rates_anon_change, 0, 300 * SCENE_MIB);
    scene_number(scene, F_rates_shmem_change, 0, 9 * SCENE_MIB);
    const struct incident *incident = first_incident(scene);
    assert_int_equal(incident->growth.n, 1);
    assert_int_equal(incident->growth.items[0].n_places, 2); /* span and anon, not shmem */
}

static void wall_times_follow_the_clocks_of_the_bundle(void **state)
{
    struct scene *scene = *state;
    scene_number(scene, F_capture_time, 0, INT64_C(100) * 1000000);
    scene_number(scene, F_capture_wall, 0, INT64_C(1709164800) * 1000000); /* 2024-02-29 00:00 */
    scene_event(scene, "global", "x", 4);                                  /* 10 s after boot */
    struct buf text = {0};
    const struct incident *incident = first_incident(scene);
    moment_write(&incident->when, &text);
    assert_string_equal(buf_cstr(&text), "2024-02-28 23:58:30 UTC");
    buf_free(&text);
}

static uint32_t scene_log_event(struct scene *scene, const char *kind, int64_t time_us)
{
    uint32_t row = store_row_add(scene->store, T_log_events, 0);
    scene_text(scene, F_log_events_kind, row, kind);
    scene_number(scene, F_log_events_time, row, time_us);
    return row;
}

static void the_first_sign_of_pressure_is_dated(void **state)
{
    struct scene *scene = *state;
    scene_cgroup_kill(scene); /* 10 s after boot */
    scene_log_event(scene, "drop_caches", 1000000);
    scene_log_event(scene, "alloc_failure", 4000000);
    scene_log_event(scene, "hung_task", 6000000);
    scene_log_event(scene, "hung_task", 7000000);
    const struct incident *incident = first_incident(scene);
    assert_int_equal(incident->first_signal.when.boot_us, 4000000);
    assert_int_equal(incident->timeline.n, 4); /* the second hung task is folded into the first */
    assert_int_equal(incident->timeline.items[2].count, 2);
    assert_int_equal(incident->timeline.items[3].when.boot_us, 10000000);
}

static void a_spared_giant_is_named(void **state)
{
    struct scene *scene = *state;
    uint32_t event = scene_cgroup_kill(scene);
    scene_number(scene, F_oom_tasks_badness, 0, 900);
    scene_number(scene, F_oom_tasks_oom_score_adj, 0, 0);
    scene_number(scene, F_oom_tasks_oom_score_adj, 1, -1000);
    scene_number(scene, F_oom_events_victim_rank, event, 1);
    const struct incident *incident = first_incident(scene);
    assert_int_equal(incident->victim.rank.value, 1);
    assert_int_equal(incident->victim.why.n, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, scene_set_up, scene_tear_down)
        T(an_ancestor_limit_tells_holder_from_victim),
        T(classes_are_disjoint_and_add_up),
        T(repeats_of_one_cgroup_are_one_incident),
        T(the_last_complete_event_is_shown),
        T(restarted_containers_are_one_unit),
        T(distant_host_kills_are_two_incidents_and_the_panic_comes_first),
        T(same_named_processes_are_one_holder),
        T(a_sysrq_is_manual_and_accuses_nobody),
        T(without_evidence_nothing_is_claimed),
        T(a_counter_of_zero_says_that_nothing_happened),
        T(kills_that_no_log_shows_are_lost_not_absent),
        T(a_holder_is_missed_for_the_right_reason),
        T(counters_of_a_cgroup_name_the_limit_that_the_log_lost),
        T(causes_rank_by_bytes_then_severity_then_id),
        T(a_finding_about_an_event_stays_with_its_incident),
        T(lacks_are_gathered_by_the_file_that_would_say),
        T(changes_of_the_host_worth_a_percent_are_told),
        T(the_first_sign_of_pressure_is_dated),
        T(a_spared_giant_is_named),
        T(wall_times_follow_the_clocks_of_the_bundle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
