/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "bare_store.h"
#include "derive/crowd.h"
#include "derive/event_use.h"

enum { MIB = 1 << 20 };

static uint32_t event_add(struct store *store, const char *scope)
{
    uint32_t row = store_row_add(store, T_oom_events, 0);
    store_set_text(store, F_oom_events_scope, row, span_of(scope), bare_store_here(store));
    return row;
}

static int64_t number(struct store *store, enum field_id field, uint32_t row)
{
    int64_t n = -1;
    return store_number(store, field, row, &n) ? n : -1;
}

static void cgroup_takes_shmem_out_of_file(void **state)
{
    struct store *store = *state;
    uint32_t e = event_add(store, "memcg");

    store_set(store, F_oom_events_usage, e, 96 * MIB, bare_store_here(store));
    store_set(store, F_oom_events_stat_anon, e, 20 * MIB, bare_store_here(store));
    store_set(store, F_oom_events_stat_file, e, 72 * MIB, bare_store_here(store));
    store_set(store, F_oom_events_stat_shmem, e, 70 * MIB, bare_store_here(store));
    store_set(store, F_oom_events_stat_kernel, e, 3 * MIB, bare_store_here(store));
    store_set(store, F_oom_events_stat_sock, e, 0, bare_store_here(store));
    derive_event_use(store);
    assert_int_equal(number(store, F_oom_events_use_total, e), 96 * MIB);
    assert_int_equal(number(store, F_oom_events_use_file, e), 2 * MIB);
    assert_int_equal(number(store, F_oom_events_use_shmem, e), 70 * MIB);
    assert_int_equal(number(store, F_oom_events_use_unaccounted, e), 1 * MIB);
    store_hide(store, ref_of(F_oom_events_stat_shmem, e));
    assert_int_equal(number(store, F_oom_events_use_file, e), -1);
}

static void cgroup_v1_rests_on_kmem(void **state)
{
    struct store *store = *state;
    uint32_t e = event_add(store, "memcg");

    store_set(store, F_oom_events_usage, e, 96 * MIB, bare_store_here(store));
    store_set(store, F_oom_events_stat_anon, e, 20 * MIB, bare_store_here(store));
    store_set(store, F_oom_events_stat_file, e, 10 * MIB, bare_store_here(store));
    derive_event_use(store);
    assert_int_equal(number(store, F_oom_events_use_unaccounted, e), -1);
    store_set(store, F_oom_events_kmem_usage, e, 70 * MIB, bare_store_here(store));
    derive_event_use(store);
    assert_int_equal(number(store, F_oom_events_use_unaccounted, e), 0); /* never below nothing */
}

static void host_uses_the_counters(void **state)
{
    struct store *store = *state;
    uint32_t e = event_add(store, "global");

    store_set(store, F_oom_events_mem_dirty, e, 3 * MIB, bare_store_here(store));
    store_set(store, F_oom_events_mem_writeback, e, 4 * MIB, bare_store_here(store));
    derive_event_use(store);
    assert_int_equal(number(store, F_oom_events_use_dirty, e), 7 * MIB);
    assert_int_equal(number(store, F_oom_events_use_anon, e), -1);
}

static void zone_add(struct store *store, uint32_t e, int64_t managed_mib)
{
    uint32_t row = store_row_add(store, T_oom_zones, e);
    store_set(store, F_oom_zones_managed, row, managed_mib * MIB, bare_store_here(store));
    store_set(store, F_oom_zones_free, row, 1 * MIB, bare_store_here(store));
}

static void nodes_allowed_are_summed_when_all_are_there(void **state)
{
    struct store *store = *state;
    uint32_t e = event_add(store, "cpuset"), node = store_row_add(store, T_oom_nodes, e);

    zone_add(store, e, 300);
    zone_add(store, e, 20);
    store_set(store, F_oom_nodes_active_anon, node, 1 * MIB, bare_store_here(store));
    store_set(store, F_oom_nodes_inactive_anon, node, 250 * MIB, bare_store_here(store));
    store_set(store, F_oom_nodes_shmem, node, 30 * MIB, bare_store_here(store));
    derive_event_use(store);
    assert_int_equal(number(store, F_oom_events_use_total, e), -1);
    store_set_complete(store, T_oom_zones, e, true, bare_store_here(store));
    store_set_complete(store, T_oom_nodes, e, true, bare_store_here(store));
    derive_event_use(store);
    assert_int_equal(number(store, F_oom_events_use_total, e), 320 * MIB);
    assert_int_equal(number(store, F_oom_events_use_free, e), 2 * MIB);
    assert_int_equal(number(store, F_oom_events_use_anon, e), 221 * MIB);
    assert_int_equal(number(store, F_oom_events_use_page_tables, e), -1);
}

static void task_add(struct store *store, uint32_t e, const char *comm, int64_t rss_mib)
{
    uint32_t row = store_row_add(store, T_oom_tasks, e);
    store_set_text(store, F_oom_tasks_comm, row, span_of(comm), bare_store_here(store));
    store_set(store, F_oom_tasks_rss, row, rss_mib * MIB, bare_store_here(store));
}

static void crowd_is_counted_in_a_whole_table(void **state)
{
    struct store *store = *state;
    uint32_t e = event_add(store, "global");
    struct span comm;

    task_add(store, e, "php-fpm", 20);
    task_add(store, e, "mysqld", 900);
    task_add(store, e, "php-fpm", 30);
    derive_crowd(store);
    assert_int_equal(number(store, F_oom_events_crowd_count, e), -1);
    store_set_complete(store, T_oom_tasks, e, true, bare_store_here(store));
    derive_crowd(store);
    comm = store_fact(store, F_oom_events_crowd_comm, e).text;
    assert_true(span_is(comm, "php-fpm"));
    assert_int_equal(number(store, F_oom_events_crowd_count, e), 2);
    assert_int_equal(number(store, F_oom_events_crowd_rss, e), 50 * MIB);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, bare_store_set_up, bare_store_tear_down)
    const struct CMUnitTest tests[] = {
        T(cgroup_takes_shmem_out_of_file),
        T(cgroup_v1_rests_on_kmem),
        T(host_uses_the_counters),
        T(nodes_allowed_are_summed_when_all_are_there),
        T(crowd_is_counted_in_a_whole_table),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
