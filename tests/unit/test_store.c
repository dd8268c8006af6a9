/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "bare_store.h"
#include "fact/store.h"

static struct where place(struct store *store, const char *path, uint32_t line)
{
    return (struct where){store_member(store, span_of(path)), line};
}

static void schema_finds_its_names(void **state)
{
    (void)state;
    assert_int_equal(schema_find_table(SPAN_LIT("meminfo")), T_meminfo);
    assert_int_equal(schema_find_table(SPAN_LIT("oom_tasks")), TABLE_NONE);
    assert_int_equal(schema_find_child(T_oom_events, SPAN_LIT("tasks")), T_oom_tasks);
    assert_int_equal(schema_find_field(T_meminfo, SPAN_LIT("s_unreclaim")), F_meminfo_s_unreclaim);
    assert_int_equal(schema_field(F_processes_rss)->sample, F_process_samples_rss);
    assert_int_equal(schema_field(F_meminfo_free)->sample, F_meminfo_samples_free);
    assert_int_equal(schema_field(F_vm_swappiness)->sample, FIELD_NONE);
}

static void schema_is_well_formed(void **state)
{
    (void)state;
    for (uint32_t f = 0; f < FIELD_COUNT; f++) {
        const struct field_def *field = schema_field((enum field_id)f);
        assert_int_equal(schema_find_field(field->table, span_of(field->name)),
                         f); /* unique in its table */
        if (field->sample != FIELD_NONE)
            assert_int_equal(schema_field(field->sample)->type, field->type);
    }
    for (uint32_t t = 0; t < TABLE_COUNT; t++) {
        const struct table_def *table = schema_table((enum table_id)t);
        assert_true(table->n_fields > 0);
        if (table->key)
            assert_int_equal(schema_find_field((enum table_id)t, span_of(table->key)),
                             table->first_field);
    }
}

static void facts_remember_where_they_stood(void **state)
{
    struct store *store = *state;
    store_set(store, F_meminfo_total, 0, 4096, place(store, "proc/meminfo", 1));
    struct fact fact = store_fact(store, F_meminfo_total, 0);
    assert_int_equal(fact.state, FACT_KNOWN);
    assert_int_equal(fact.number, 4096);
    assert_true(span_is(store_member_path(store, fact.where.member), "proc/meminfo"));
    assert_int_equal(fact.where.line, 1);
    assert_int_equal(store_fact(store, F_meminfo_free, 0).state, FACT_ABSENT);
}

static void a_second_source_adds_a_place_or_disagrees(void **state)
{
    struct store *store = *state;
    uint32_t row = store_row_add(store, T_oom_events, 0);
    struct where places[4];
    store_set_text(store, F_oom_events_constraint, row, SPAN_LIT("memcg"),
                   place(store, "dmesg", 9));
    store_set_text(store, F_oom_events_constraint, row, SPAN_LIT("memcg"),
                   place(store, "journal", 70));
    assert_int_equal(store_places(store, ref_of(F_oom_events_constraint, row), places, 4), 2);
    assert_int_equal(store_observation_count(store), 0);
    store_set_text(store, F_oom_events_constraint, row, SPAN_LIT("none"), place(store, "other", 1));
    assert_true(span_is(store_fact(store, F_oom_events_constraint, row).text, "memcg"));
    assert_int_equal(store_observation(store, 0)->kind, OBS_DISAGREEMENT);
}

static void rows_are_found_by_key_and_by_parent(void **state)
{
    struct store *store = *state;
    uint32_t a =
        store_row_by_key(store, T_processes, SPAN_LIT("12"), place(store, "proc/12/status", 0));
    uint32_t b =
        store_row_by_key(store, T_processes, SPAN_LIT("7"), place(store, "proc/7/status", 0));
    assert_int_equal(store_row_by_key(store, T_processes, SPAN_LIT("12"), place(store, "x", 0)), a);
    assert_int_equal(store_fact(store, F_processes_pid, b).number, 7);
    uint32_t s1 = store_row_add(store, T_process_samples, a);
    store_row_add(store, T_process_samples, b);
    uint32_t s3 = store_row_add(store, T_process_samples, a);
    assert_int_equal(store_row_next(store, T_process_samples, a, ROW_NONE), s1);
    assert_int_equal(store_row_next(store, T_process_samples, a, s1), s3);
    assert_int_equal(store_row_next(store, T_process_samples, a, s3), ROW_NONE);
}

static bool by_pid(const struct store *store, uint32_t a, uint32_t b)
{
    return store_fact(store, F_processes_pid, a).number <
           store_fact(store, F_processes_pid, b).number;
}

static void rows_sort_and_stay_the_same(void **state)
{
    struct store *store = *state;
    static const char *const pids[] = {"30", "5", "12", "7", "1"};
    for (size_t i = 0; i < 5; i++)
        store_row_by_key(store, T_processes, span_of(pids[i]), (struct where){0, 0});
    store_rows_sort(store, T_processes, 0, by_pid);
    int64_t before = 0;
    uint32_t n = 0;
    for (uint32_t r = ROW_NONE; (r = store_row_next(store, T_processes, 0, r)) != ROW_NONE; n++) {
        int64_t pid = store_fact(store, F_processes_pid, r).number;
        assert_true(pid > before);
        before = pid;
    }
    assert_int_equal(n, 5);
    assert_int_equal(store_fact(store, F_processes_pid, 0).number, 30);
    store_row_by_key(store, T_processes, SPAN_LIT("99"), (struct where){0, 0});
    assert_int_equal(store_row_next(store, T_processes, 0, 0), 5); /* 30, then the new one */
}

static void completeness_is_never_regained(void **state)
{
    struct store *store = *state;
    assert_false(store_is_complete(store, T_processes, 0));
    store_set_complete(store, T_processes, 0, true, place(store, "manifest.jsonl", 8));
    assert_true(store_is_complete(store, T_processes, 0));
    store_set_complete(store, T_processes, 0, false, place(store, "manifest.jsonl", 9));
    store_set_complete(store, T_processes, 0, true, place(store, "manifest.jsonl", 10));
    assert_false(store_is_complete(store, T_processes, 0));
}

static void hiding_reaches_what_was_computed(void **state)
{
    struct store *store = *state;
    store_set(store, F_meminfo_total, 0, 100, place(store, "proc/meminfo", 1));
    store_set(store, F_meminfo_free, 0, 40, place(store, "proc/meminfo", 2));
    struct ref sources[] = {ref_of(F_meminfo_total, 0), ref_of(F_meminfo_free, 0)};
    store_compute(store, F_host_use_unaccounted, 0, 60, sources, 2);
    struct ref again = ref_of(F_host_use_unaccounted, 0);
    store_compute(store, F_host_use_anon, 0, 61, &again, 1);
    assert_int_equal(store_fact(store, F_host_use_anon, 0).number, 61);
    store_hide(store, sources[1]);
    assert_int_equal(store_fact(store, F_host_use_anon, 0).state, FACT_ABSENT);
    assert_int_equal(store_fact(store, F_meminfo_total, 0).state, FACT_KNOWN);
    store_show_all(store);
    assert_int_equal(store_fact(store, F_host_use_anon, 0).state, FACT_KNOWN);
}

static void a_hidden_row_leaves_the_table_incomplete(void **state)
{
    struct store *store = *state;
    uint32_t row =
        store_row_by_key(store, T_slabs, SPAN_LIT("dentry"), place(store, "proc/slabinfo", 3));
    store_set_complete(store, T_slabs, 0, true, place(store, "proc/slabinfo", 0));
    store_hide_row(store, T_slabs, row);
    assert_int_equal(store_row_next(store, T_slabs, 0, ROW_NONE), ROW_NONE);
    assert_false(store_is_complete(store, T_slabs, 0));
}

static void a_lack_names_the_file_and_the_reason(void **state)
{
    struct store *store = *state;
    uint32_t row =
        store_row_by_key(store, T_processes, SPAN_LIT("103"), place(store, "proc/103/status", 0));
    struct lack lack = store_lack(store, ref_of(F_processes_pss, row));
    assert_int_equal(lack.reason, LACK_NO_MEMBER);
    assert_true(span_is(lack.member, "proc/103/smaps_rollup"));
    struct attempt denied = {.member = SPAN_LIT("proc/103/smaps_rollup"),
                             .status = SPAN_LIT("denied"),
                             .where = place(store, "manifest.jsonl", 44)};
    store_attempt_add(store, &denied);
    lack = store_lack(store, ref_of(F_processes_pss, row));
    assert_int_equal(lack.reason, LACK_NOT_CAPTURED);
    assert_int_equal(lack.where.line, 44);
    uint32_t c = store_row_by_key(store, T_cgroups, SPAN_LIT("/a/b"),
                                  place(store, "sys/fs/cgroup/a/b/memory.current", 0));
    lack = store_lack(store, ref_of(F_cgroups_peak, c));
    assert_true(span_ends(lack.member, "/a/b/memory.max_usage_in_bytes") ||
                span_ends(lack.member, "/a/b/memory.peak"));
}

static void equal_observations_fold(void **state)
{
    struct store *store = *state;
    for (int i = 0; i < 3; i++)
        store_observe(store, OBS_MALFORMED, place(store, "proc/meminfo", 1), "bad \x1b number");
    assert_int_equal(store_observation_count(store), 1);
    assert_int_equal(store_observation(store, 0)->count, 3);
    assert_true(span_is(store_observation(store, 0)->text, "bad \\x1b number"));
}

int main(void)
{
#define FRESH(test) cmocka_unit_test_setup_teardown(test, bare_store_set_up, bare_store_tear_down)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(schema_finds_its_names),
        cmocka_unit_test(schema_is_well_formed),
        FRESH(facts_remember_where_they_stood),
        FRESH(a_second_source_adds_a_place_or_disagrees),
        FRESH(rows_are_found_by_key_and_by_parent),
        FRESH(rows_sort_and_stay_the_same),
        FRESH(completeness_is_never_regained),
        FRESH(hiding_reaches_what_was_computed),
        FRESH(a_hidden_row_leaves_the_table_incomplete),
        FRESH(a_lack_names_the_file_and_the_reason),
        FRESH(equal_observations_fold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
