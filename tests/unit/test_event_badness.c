/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/arena.h"
#include "derive/event_badness.h"
#include "derive/event_gfp.h"
#include "derive/event_growth.h"
#include "fact/store.h"

static const struct where here = {1, 1};

static int set_up(void **state)
{
    struct store *store = store_new(arena_new());
    store_member(store, SPAN_LIT("log"));
    *state = store;
    return 0;
}

static int tear_down(void **state)
{
    struct arena *arena = store_arena(*state);
    store_free(*state);
    arena_free(arena);
    return 0;
}

static uint32_t add_event(struct store *store, const char *kernel)
{
    uint32_t event = store_row_add(store, T_oom_events, 0);
    store_set_text(store, F_oom_events_scope, event, SPAN_LIT("global"), here);
    store_set_text(store, F_oom_events_kernel, event, span_of(kernel), here);
    store_set(store, F_oom_events_page_size, event, 4096, here);
    store_set(store, F_oom_events_mem_managed, event, 4096LL * 900000, here);
    store_set(store, F_oom_events_mem_swap_total, event, 4096LL * 100000, here);
    store_set(store, F_oom_events_chosen_pid, event, 2, here);
    store_set_complete(store, T_oom_tasks, event, true, here);
    return event;
}

static uint32_t add_task_of(struct store *store, uint32_t event, int64_t pid, int64_t uid,
                            int64_t rss_pages, int64_t adj)
{
    uint32_t task = store_row_add(store, T_oom_tasks, event);
    store_set(store, F_oom_tasks_pid, task, pid, here);
    store_set(store, F_oom_tasks_tgid, task, pid, here);
    store_set(store, F_oom_tasks_uid, task, uid, here);
    store_set_text(store, F_oom_tasks_comm, task, SPAN_LIT("loom"), here);
    store_set(store, F_oom_tasks_rss, task, rss_pages * 4096, here);
    store_set(store, F_oom_tasks_pgtables, task, 10 * 4096, here);
    store_set(store, F_oom_tasks_swap, task, 5 * 4096, here);
    store_set(store, F_oom_tasks_oom_score_adj, task, adj, here);
    return task;
}

static uint32_t add_task(struct store *store, uint32_t event, int64_t pid, int64_t rss_pages,
                         int64_t adj)
{
    return add_task_of(store, event, pid, pid == 1 ? 0 : 1000, rss_pages, adj);
}

static int64_t number(const struct store *store, enum field_id field, uint32_t row)
{
    int64_t n = INT64_MIN;
    store_number(store, field, row, &n);
    return n;
}

/* 4.18 RHEL and 5.x: rss + swap + tables + adj * total / 1000 */
static void badness_follows_the_era(void **state)
{
    static const struct {
        const char *kernel;
        int64_t root, small, adjusted;
    } eras[] = {
        {"3.10.0-1160.el7.x86_64", 1015 - 30, 115, 5015 + 100000},
        {"3.10.0", 1, 115, 5015 + 100000}, /* 3.5 to 3.13: root - 3 % of all memory */
        {"3.14.1", 1015 - 30, 115, 5015 + 100000},
        {"4.18.0-553.el8.x86_64", 1015, 115, 5015 + 100000},
        {"6.1.0", 1015, 115, 5015 + 100000},
    };
    struct store *store = *state;
    for (size_t i = 0; i < sizeof(eras) / sizeof(*eras); i++) {
        uint32_t event = add_event(store, eras[i].kernel);
        uint32_t root = add_task(store, event, 1, 1000, 0);
        uint32_t adjusted = add_task(store, event, 2, 5000, 100);
        uint32_t small = add_task(store, event, 3, 100, 0);
        uint32_t spared = add_task(store, event, 4, 90000, -1000);
        uint32_t negative = add_task(store, event, 5, 10, -1);
        derive_event_badness(store);
        assert_int_equal(number(store, F_oom_events_badness_base, event), 4096LL * 1000000);
        assert_int_equal(number(store, F_oom_tasks_badness, root), eras[i].root);
        assert_int_equal(number(store, F_oom_tasks_badness, small), eras[i].small);
        assert_int_equal(number(store, F_oom_tasks_badness, adjusted), eras[i].adjusted);
        assert_int_equal(number(store, F_oom_tasks_badness, negative),
                         span_starts(span_of(eras[i].kernel), "6.") ? 25 - 1000 : 1);
        assert_int_equal(store_fact(store, F_oom_tasks_badness, spared).state, FACT_ABSENT);
        assert_int_equal(number(store, F_oom_tasks_rank, adjusted), 1);
        assert_in_range(number(store, F_oom_tasks_rank, negative), 3, 4);
        assert_int_equal(number(store, F_oom_events_victim_rank, event), 1);
    }
}

/* Root of a container lacks CAP_SYS_ADMIN: the score printed for the task chosen tells. */
static void the_score_printed_tells_whether_root_had_the_bonus(void **state)
{
    static const struct {
        int64_t score, points;
    } cases[] = {{40, 40015}, {38, 38815}, {77, 38815}};
    struct store *store = *state;
    for (size_t i = 0; i < 3; i++) {
        uint32_t event = add_event(store, "4.8.0");
        uint32_t other = add_task_of(store, event, 1, 0, 1000, 0);
        uint32_t task = add_task_of(store, event, 2, 0, 40000, 0);
        store_set(store, F_oom_events_chosen_score, event, cases[i].score, here);
        derive_event_badness(store);
        assert_int_equal(number(store, F_oom_tasks_badness, task), cases[i].points);
        assert_int_equal(number(store, F_oom_tasks_badness, other), i == 0 ? 1015 : 985);
    }
}

static void no_rank_without_the_whole_table(void **state)
{
    struct store *store = *state;
    uint32_t event = add_event(store, "6.1.0");
    uint32_t task = add_task(store, event, 2, 1000, 0);
    store_set_complete(store, T_oom_tasks, event, false, here);
    derive_event_badness(store);
    assert_int_equal(number(store, F_oom_tasks_badness, task), 1015);
    assert_int_equal(store_fact(store, F_oom_tasks_rank, task).state, FACT_ABSENT);
}

struct pages {
    int64_t vm, rss;
};

/* A task of a table to 3.5: without page tables and swap, with oom_adj. */
static uint32_t add_old_task(struct store *store, uint32_t event, int64_t pid, int64_t uid,
                             struct pages pages, int64_t adj)
{
    uint32_t task = store_row_add(store, T_oom_tasks, event);
    store_set(store, F_oom_tasks_pid, task, pid, here);
    store_set(store, F_oom_tasks_tgid, task, pid, here);
    store_set(store, F_oom_tasks_uid, task, uid, here);
    store_set(store, F_oom_tasks_total_vm, task, pages.vm * 4096, here);
    store_set(store, F_oom_tasks_rss, task, pages.rss * 4096, here);
    store_set(store, F_oom_tasks_oom_adj, task, adj, here);
    return task;
}

/* 2.6.36 to 3.4 and el6: (rss + page tables + swap) * 1000 / all, less 30 for root, plus the
 * adjustment, 1 to 1000; page tables and swap of a task are not printed. */
static void points_in_thousandths_are_known_in_part(void **state)
{
    static const char *const kernels[] = {"2.6.32-642.el6.x86_64", "2.6.36", "3.4.5"};
    static const struct {
        int64_t uid, rss, adj, points;
    } tasks[] = {{1000, 651000, 0, 651}, {0, 651000, 0, 621},    {1000, 900, 0, 1},
                 {0, 5000, 0, 1},        {1000, 5000, 300, 305}, {1000, 900000, 500, 1000},
                 {1000, 900000, -900, 1}};
    struct store *store = *state;
    for (size_t k = 0; k < 3; k++) {
        uint32_t event = add_event(store, kernels[k]), spared;
        for (size_t i = 0; i < sizeof(tasks) / sizeof(*tasks); i++) {
            uint32_t task = add_old_task(store, event, 2 + (int64_t)i, tasks[i].uid,
                                         (struct pages){1, tasks[i].rss}, 0);
            store_set(store, F_oom_tasks_oom_score_adj, task, tasks[i].adj, here);
        }
        spared = add_old_task(store, event, 90, 0, (struct pages){1, 990000}, -17);
        store_set(store, F_oom_tasks_oom_score_adj, spared, -1000, here);
        store_set(store, F_oom_events_chosen_score, event, 655, here);
        store_set(store, F_oom_events_allocating_task, event, k == 2, here);
        derive_event_badness(store);
        uint32_t row = ROW_NONE;
        for (size_t i = 0; i < sizeof(tasks) / sizeof(*tasks); i++) {
            row = store_row_next(store, T_oom_tasks, event, row);
            assert_int_equal(number(store, F_oom_tasks_badness, row), tasks[i].points);
            assert_int_equal(store_fact(store, F_oom_tasks_rank, row).state, FACT_ABSENT);
        }
        assert_int_equal(store_fact(store, F_oom_tasks_badness, spared).state, FACT_ABSENT);
        assert_true(span_is(store_fact(store, F_oom_events_badness_lacks, event).text,
                            "page tables and swap of a task"));
        /* that the score is the highest is the kernel's word, where it chose by score */
        assert_int_equal(number(store, F_oom_events_victim_rank, event), k == 2 ? INT64_MIN : 1);
    }
}

/* To 2.6.35: address space, a quarter of it for root, shifted by oom_adj. */
static void points_of_address_space_are_known_in_part(void **state)
{
    static const struct {
        int64_t uid, vm, adj, points;
    } tasks[] = {{1000, 4000, 0, 4000},
                 {0, 4000, 0, 1000},
                 {1000, 4000, 3, 32000},
                 {1000, 4000, -2, 1000},
                 {1000, 0, 1, 2}};
    static const char *const kernels[] = {"2.6.32-5-amd64", "2.6.24", "2.6.35.14"};
    struct store *store = *state;
    for (size_t k = 0; k < 3; k++) {
        uint32_t event = add_event(store, kernels[k]), row = ROW_NONE;
        for (size_t i = 0; i < sizeof(tasks) / sizeof(*tasks); i++)
            add_old_task(store, event, 2 + (int64_t)i, tasks[i].uid, (struct pages){tasks[i].vm, 7},
                         tasks[i].adj);
        uint32_t spared = add_old_task(store, event, 90, 1000, (struct pages){90000, 7}, -17);
        derive_event_badness(store);
        for (size_t i = 0; i < sizeof(tasks) / sizeof(*tasks); i++) {
            row = store_row_next(store, T_oom_tasks, event, row);
            assert_int_equal(number(store, F_oom_tasks_badness, row), tasks[i].points);
        }
        assert_int_equal(store_fact(store, F_oom_tasks_badness, spared).state, FACT_ABSENT);
        assert_true(span_is(store_fact(store, F_oom_events_badness_unit, event).text,
                            "pages of address space"));
        assert_int_equal(store_fact(store, F_oom_events_victim_rank, event).state, FACT_ABSENT);
    }
}

/* A cgroup: its limit, and of the swap what it may have and the host has. */
static void the_base_of_a_cgroup_counts_swap_that_is_there(void **state)
{
    enum { LIMIT = 1000, ABSENT = -1, UNLIMITED = -2 };
    static const struct {
        int64_t swap, memsw, host, base;
    } cases[] = {{0, ABSENT, ABSENT, 1000},       {500, ABSENT, 0, 1000},
                 {500, ABSENT, 300, 1300},        {500, ABSENT, 900, 1500},
                 {500, ABSENT, ABSENT, ABSENT},   {UNLIMITED, ABSENT, 900, 1900},
                 {ABSENT, 1000, ABSENT, 1000},    {ABSENT, 2000, 0, 1000},
                 {ABSENT, 2000, 300, 1300},       {ABSENT, 2000, 5000, 2000},
                 {ABSENT, UNLIMITED, 5000, 6000}, {ABSENT, ABSENT, 5000, ABSENT}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct store *store = *state;
        uint32_t event = store_row_add(store, T_oom_events, 0);
        store_set_text(store, F_oom_events_scope, event, SPAN_LIT("memcg"), here);
        store_set(store, F_oom_events_limit, event, LIMIT, here);
        if (cases[i].swap >= 0)
            store_set(store, F_oom_events_swap_limit, event, cases[i].swap, here);
        else if (cases[i].swap == UNLIMITED)
            store_set_unlimited(store, F_oom_events_swap_limit, event, here);
        if (cases[i].memsw >= 0)
            store_set(store, F_oom_events_memsw_limit, event, cases[i].memsw, here);
        else if (cases[i].memsw == UNLIMITED)
            store_set_unlimited(store, F_oom_events_memsw_limit, event, here);
        if (cases[i].host >= 0)
            store_set(store, F_meminfo_swap_total, 0, cases[i].host, here);
        derive_event_badness(store);
        assert_int_equal(number(store, F_oom_events_badness_base, event),
                         cases[i].base == ABSENT ? INT64_MIN : cases[i].base);
        tear_down(state);
        set_up(state);
    }
}

static void an_adjusted_task_needs_the_total(void **state)
{
    struct store *store = *state;
    uint32_t event = add_event(store, "6.1.0");
    uint32_t task = add_task(store, event, 2, 1000, 5), plain = add_task(store, event, 3, 10, 0);
    store_hide(store, ref_of(F_oom_events_mem_swap_total, event));
    derive_event_badness(store);
    assert_int_equal(store_fact(store, F_oom_tasks_badness, task).state, FACT_ABSENT);
    assert_int_equal(number(store, F_oom_tasks_badness, plain), 25);
    assert_int_equal(store_fact(store, F_oom_events_victim_rank, event).state, FACT_ABSENT);
}

static void growth_needs_the_same_process(void **state)
{
    struct store *store = *state;
    uint32_t first = add_event(store, "6.1.0"), second = add_event(store, "6.1.0");
    add_task(store, first, 2, 1000, 0);
    add_task(store, first, 3, 1000, 0);
    uint32_t grown = add_task(store, second, 2, 1500, 0);
    uint32_t other = store_row_add(store, T_oom_tasks, second);
    store_set(store, F_oom_tasks_tgid, other, 3, here);
    store_set_text(store, F_oom_tasks_comm, other, SPAN_LIT("another"), here);
    store_set(store, F_oom_tasks_rss, other, 4096, here);
    derive_event_growth(store);
    assert_int_equal(number(store, F_oom_tasks_growth, grown), 500 * 4096);
    assert_int_equal(store_fact(store, F_oom_tasks_growth, other).state, FACT_ABSENT);
}

static void gfp_names_belong_to_the_era(void **state)
{
    static const struct {
        const char *kernel, *names;
        int64_t mask;
    } masks[] = {
        {"2.6.32-642.el6", "__GFP_WAIT|__GFP_IO|__GFP_FS", 0xd0},
        {"3.10.0",
         "__GFP_HIGHMEM|__GFP_MOVABLE|__GFP_WAIT|__GFP_IO|__GFP_FS|__GFP_COLD|"
         "__GFP_HARDWALL",
         0x201da},
        {"4.4.0-130", "__GFP_IO|__GFP_FS|__GFP_DIRECT_RECLAIM|__GFP_KSWAPD_RECLAIM", 0x24000c0},
        {"3.10.0", "0x80000000", 0x80000000},
        {"5.10.0", NULL, 0xcc0},
    };
    struct store *store = *state;
    for (size_t i = 0; i < sizeof(masks) / sizeof(*masks); i++) {
        uint32_t event = add_event(store, masks[i].kernel);
        store_set(store, F_oom_events_gfp_mask, event, masks[i].mask, here);
        derive_event_gfp(store);
        struct fact flags = store_fact(store, F_oom_events_gfp_flags, event);
        assert_int_equal(flags.state, masks[i].names ? FACT_KNOWN : FACT_ABSENT);
        if (masks[i].names)
            assert_true(span_is(flags.text, masks[i].names));
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(badness_follows_the_era),
        TEST(the_score_printed_tells_whether_root_had_the_bonus),
        TEST(no_rank_without_the_whole_table),
        TEST(points_in_thousandths_are_known_in_part),
        TEST(points_of_address_space_are_known_in_part),
        TEST(the_base_of_a_cgroup_counts_swap_that_is_there),
        TEST(an_adjusted_task_needs_the_total),
        TEST(growth_needs_the_same_process),
        TEST(gfp_names_belong_to_the_era),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
