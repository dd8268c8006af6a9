/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "bare_store.h"
#include "derive/buddy.h"
#include "derive/event_flags.h"
#include "derive/event_gfp.h"
#include "derive/event_repeat.h"
#include "derive/event_zones.h"
#include "fact/mem_report.h"

enum { KIB = 1024, PAGE = 4096 };
enum { HIGHUSER_MOVABLE = 0x140dca, KERNEL = 0xcc0 };

static uint32_t report_add(struct store *store, const struct mem_report *tables, int64_t gfp,
                           int64_t order)
{
    uint32_t row = store_row_add(store, tables->reports, 0), shift = tables->report_shift;

    store_set(store, field_shift(F_oom_events_gfp_mask, shift), row, gfp, bare_store_here(store));
    store_set(store, field_shift(F_oom_events_order, shift), row, order, bare_store_here(store));
    store_set(store, field_shift(F_oom_events_page_size, shift), row, PAGE, bare_store_here(store));
    store_set_complete(store, tables->zones, row, true, bare_store_here(store));
    return row;
}

static uint32_t event_add(struct store *store, int64_t gfp, int64_t order)
{
    return report_add(store, &mem_reports[MEM_REPORT_OOM], gfp, order);
}

static uint32_t zone_of(struct store *store, const struct mem_report *tables, uint32_t report,
                        const char *name, int64_t free_kib, const char *buddy)
{
    uint32_t row = store_row_add(store, tables->zones, report), shift = tables->zone_shift;

    store_set_text(store, field_shift(F_oom_zones_name, shift), row, span_of(name),
                   bare_store_here(store));
    store_set(store, field_shift(F_oom_zones_free, shift), row, free_kib * KIB,
              bare_store_here(store));
    store_set(store, field_shift(F_oom_zones_min, shift), row, 1000 * KIB, bare_store_here(store));
    store_set_text(store, field_shift(F_oom_zones_lowmem_reserve, shift), row,
                   SPAN_LIT("0 0 100 200 200"), bare_store_here(store));
    store_set_text(store, field_shift(F_oom_zones_buddy, shift), row, span_of(buddy),
                   bare_store_here(store));
    return row;
}

static uint32_t zone_add(struct store *store, uint32_t event, const char *name, int64_t free_kib,
                         const char *buddy)
{
    return zone_of(store, &mem_reports[MEM_REPORT_OOM], event, name, free_kib, buddy);
}

static int64_t number(struct store *store, enum field_id field, uint32_t row)
{
    int64_t n = -1;
    return store_number(store, field, row, &n) ? n : -1;
}

static void buddy_rows_are_read(void **state)
{
    (void)state;
    assert_int_equal(
        buddy_largest_order(SPAN_LIT("3*4kB (UM) 0*8kB 1*16kB (E) 0*32kB = 28kB"), false), 2);
    assert_int_equal(buddy_largest_order(SPAN_LIT("3*4kB 2*8kB 0*16kB = 28kB"), false), 1);
    assert_int_equal(buddy_largest_order(SPAN_LIT("3*4kB (U) 2*8kB (C) 5*16kB (H) = 108kB"), false),
                     0);
    assert_int_equal(buddy_largest_order(SPAN_LIT("3*4kB (U) 2*8kB (C) 5*16kB (H) = 108kB"), true),
                     1);
    assert_int_equal(buddy_largest_order(SPAN_LIT("0*4kB 0*8kB = 0kB"), true), BUDDY_NONE);
    assert_int_equal(buddy_largest_order(SPAN_LIT("3*4kB (UM) 0*8k"), true), BUDDY_UNREADABLE);
    assert_int_equal(buddy_largest_order(SPAN_LIT(" = 0kB"), true), BUDDY_UNREADABLE);
}

/* 1000 kB of min and 200 pages of reserve for a request that may use every zone. */
static void watermark_counts_the_reserve(void **state)
{
    struct store *store = *state;
    uint32_t e = event_add(store, HIGHUSER_MOVABLE, 0);
    uint32_t below = zone_add(store, e, "DMA32", 1800, "450*4kB (UM) = 1800kB");
    uint32_t above = zone_add(store, e, "Normal", 1804, "451*4kB (UM) = 1804kB");

    derive_event_zones(store);
    assert_int_equal(number(store, F_oom_zones_reserve, below), 200 * PAGE);
    assert_int_equal(number(store, F_oom_zones_below_min, below), 1);
    assert_int_equal(number(store, F_oom_zones_below_min, above), 0);
    assert_int_equal(number(store, F_oom_events_zones_eligible, e), 2);
    assert_int_equal(number(store, F_oom_events_zones_below_min, e), 1);
    assert_int_equal(number(store, F_oom_events_free_blocks, e), 1);
    assert_true(span_is(store_fact(store, F_oom_events_highest_zone, e).text, "Movable"));
}

static void kernel_requests_stay_below_movable(void **state)
{
    struct store *store = *state;
    uint32_t e = event_add(store, KERNEL, 2);
    uint32_t normal = zone_add(store, e, "Normal", 9000, "2250*4kB (UM) 0*8kB 0*16kB = 9000kB");
    uint32_t dma32 = zone_add(store, e, "DMA32", 900, "225*4kB (UM) 0*8kB 0*16kB = 900kB");
    uint32_t movable = zone_add(store, e, "Movable", 90000, "0*4kB 0*8kB 5625*16kB (M) = 90000kB");

    derive_event_zones(store);
    assert_int_equal(number(store, F_oom_zones_eligible, movable), 0);
    assert_int_equal(number(store, F_oom_zones_reserve, dma32), 100 * PAGE);
    assert_int_equal(number(store, F_oom_zones_below_min, normal), 0);
    assert_int_equal(number(store, F_oom_zones_free_at_order, normal), 0);
    assert_int_equal(number(store, F_oom_events_zones_eligible, e), 2);
    assert_int_equal(number(store, F_oom_events_zones_below_min, e), 1);
    assert_int_equal(number(store, F_oom_events_free_blocks, e), 0);
}

static uint32_t zone_with(struct store *store, uint32_t event, const char *name, int64_t free_kib,
                          const char *reserves)
{
    uint32_t row = store_row_add(store, T_oom_zones, event);
    store_set_text(store, F_oom_zones_name, row, span_of(name), bare_store_here(store));
    store_set(store, F_oom_zones_free, row, free_kib * KIB, bare_store_here(store));
    store_set(store, F_oom_zones_min, row, 1000 * KIB, bare_store_here(store));
    store_set_text(store, F_oom_zones_lowmem_reserve, row, span_of(reserves),
                   bare_store_here(store));
    return row;
}

/* Worked by hand: which column of lowmem_reserve[] counts, in pages of 4 KiB, and what is left of
 * free above 1000 kB of min. */
static void the_reserve_is_that_of_the_highest_zone_allowed(void **state)
{
    enum { HIGHUSER = 0xcc2, DMA32_ONLY = 0xcc4, DMA_ONLY = 0xcc1, MOVABLE_USER = 0xcca };
    static const struct {
        const char *zones[3], *reserves;
        int64_t gfp, free_kib, reserve_pages, below;
    } cases[] = {
        /* 64 bit: DMA, DMA32, Normal, Movable, Device */
        {{"DMA32", "Normal", "Movable"}, "0 10 20 500 500", KERNEL, 1081, 20, 0},
        {{"DMA32", "Normal", "Movable"}, "0 10 20 500 500", KERNEL, 1080, 20, 1},
        {{"DMA32", "Normal", "Movable"}, "0 10 20 500 500", HIGHUSER, 1081, 20, 0},
        {{"DMA32", "Normal", "Movable"}, "0 10 20 500 500", MOVABLE_USER, 1081, 500, 1},
        {{"DMA32", "Normal", "Movable"}, "0 10 20 500 500", MOVABLE_USER, 3001, 500, 0},
        {{"DMA32", "Normal", "Movable"}, "0 10 20 500 500", DMA32_ONLY, 1041, 10, 0},
        {{"DMA32", "Normal", "Movable"}, "7 10 20 500 500", DMA_ONLY, 1028, 7, 1},
        /* 32 bit: DMA, Normal, HighMem, Movable; without a zone DMA one column less */
        {{"DMA", "Normal", "HighMem"}, "0 30 60 90", KERNEL, 1121, 30, 0},
        {{"DMA", "Normal", "HighMem"}, "0 30 60 90", HIGHUSER, 1240, 60, 1},
        {{"DMA", "Normal", "HighMem"}, "0 30 60 90", MOVABLE_USER, 1361, 90, 0},
        {{"Normal", "HighMem", "Movable"}, "30 60 90", KERNEL, 1120, 30, 1},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct store *store = *state;
        uint32_t e = event_add(store, cases[i].gfp, 0);
        uint32_t first =
            zone_with(store, e, cases[i].zones[0], cases[i].free_kib, cases[i].reserves);
        zone_with(store, e, cases[i].zones[1], 1, "0 0 0 0 0");
        zone_with(store, e, cases[i].zones[2], 1, "0 0 0 0 0");
        derive_event_zones(store);
        assert_int_equal(number(store, F_oom_zones_reserve, first), cases[i].reserve_pages * PAGE);
        assert_int_equal(number(store, F_oom_zones_below_min, first), cases[i].below);
    }
}

/* One zone has the block but must keep its memory, the other may give memory but has no block. */
static void no_zone_fits_a_failed_allocation(void **state)
{
    struct store *store = *state;
    const struct mem_report *failures = &mem_reports[MEM_REPORT_FAILURE];
    uint32_t f = report_add(store, failures, KERNEL, 4);

    zone_of(store, failures, f, "DMA32", 1400,
            "94*4kB (UM) 0*8kB 0*16kB 0*32kB 16*64kB (UM) = 1400kB");
    zone_of(store, failures, f, "Normal", 9000,
            "2250*4kB (UM) 0*8kB 0*16kB 0*32kB 0*64kB = 9000kB");
    derive_event_zones(store);
    assert_int_equal(number(store, F_alloc_failures_zones_eligible, f), 2);
    assert_int_equal(number(store, F_alloc_failures_zones_below_min, f), 1);
    assert_int_equal(number(store, F_alloc_failures_free_blocks, f), 1);
    assert_int_equal(number(store, F_alloc_failures_zones_fit, f), 0);
    zone_of(store, failures, f, "Movable", 90000, "0*4kB 22500*64kB (M) = 90000kB");
    uint32_t g = report_add(store, failures, KERNEL, 0);
    zone_of(store, failures, g, "Normal", 9000, "2250*4kB (UM) = 9000kB");
    zone_of(store, failures, g, "DMA32", 1000, "250*4kB (UM) = 1000kB");
    derive_event_zones(store);
    assert_int_equal(number(store, F_alloc_failures_zones_fit, f), 0); /* not for this request */
    assert_int_equal(number(store, F_alloc_failures_zones_fit, g), 1);
}

static void waiting_is_in_the_flags(void **state)
{
    struct store *store = *state;
    static const struct {
        const char *flags;
        int64_t waits;
    } cases[] = {{"GFP_ATOMIC|__GFP_COMP", 0},
                 {"GFP_NOWAIT|__GFP_RECLAIMABLE", 0},
                 {"GFP_NOFS|__GFP_COMP", 1},
                 {"__GFP_HIGH|__GFP_WAIT", 1},
                 {"GFP_TRANSHUGE_LIGHT", 0}};

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        uint32_t row = store_row_add(store, T_alloc_failures, 0);
        store_set_text(store, F_alloc_failures_gfp_flags, row, span_of(cases[i].flags),
                       bare_store_here(store));
        derive_event_gfp(store);
        assert_int_equal(number(store, F_alloc_failures_may_wait, row), cases[i].waits);
    }
}

static void unreadable_rows_leave_the_sums_open(void **state)
{
    struct store *store = *state;
    uint32_t e = event_add(store, KERNEL, 0);

    zone_add(store, e, "Normal", 9000, "2250*4kB (U");
    derive_event_zones(store);
    assert_int_equal(number(store, F_oom_events_zones_eligible, e), 1);
    assert_int_equal(number(store, F_oom_events_free_blocks, e), -1);
    assert_int_equal(number(store, F_oom_zones_reserve, 0), -1); /* which kernel is not known */
    assert_int_equal(number(store, F_oom_events_zones_below_min, e), -1);
}

static void flags_are_denied_for_a_reason(void **state)
{
    struct store *store = *state;
    uint32_t e = event_add(store, KERNEL, 0), bare = store_row_add(store, T_oom_events, 0);

    store_set(store, F_oom_events_victim_pid, e, 77, bare_store_here(store));
    store_set(store, F_oom_events_group_kill, e, 1, bare_store_here(store));
    derive_event_flags(store);
    assert_int_equal(number(store, F_oom_events_manual, e), 0);
    assert_int_equal(number(store, F_oom_events_panic, e), 0);
    assert_int_equal(number(store, F_oom_events_group_kill, e), 1);
    assert_int_equal(number(store, F_oom_events_manual, bare), -1);
    assert_int_equal(number(store, F_oom_events_no_killable, bare), -1);
}

static uint32_t kill_add(struct store *store, const char *cgroup, int64_t time_us)
{
    uint32_t row = store_row_add(store, T_oom_events, 0);

    store_set_text(store, F_oom_events_scope, row, SPAN_LIT("memcg"), bare_store_here(store));
    store_set_text(store, F_oom_events_cgroup, row, span_of(cgroup), bare_store_here(store));
    store_set(store, F_oom_events_time, row, time_us, bare_store_here(store));
    return row;
}

static void repeats_are_counted_by_limit(void **state)
{
    struct store *store = *state;
    uint32_t first = kill_add(store, "/a", 1000), other = kill_add(store, "/b", 1500);
    uint32_t second = kill_add(store, "/a", 4000), third = kill_add(store, "/a", 9000);

    derive_event_repeat(store);
    assert_int_equal(number(store, F_oom_events_repeat, first), 0);
    assert_int_equal(number(store, F_oom_events_repeat, other), 0);
    assert_int_equal(number(store, F_oom_events_repeat, second), 1);
    assert_int_equal(number(store, F_oom_events_repeat, third), 2);
    assert_int_equal(number(store, F_oom_events_previous_gap, third), 5000);
    assert_int_equal(number(store, F_oom_events_previous_gap, first), -1);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, bare_store_set_up, bare_store_tear_down)
    const struct CMUnitTest tests[] = {
        T(buddy_rows_are_read),
        T(watermark_counts_the_reserve),
        T(the_reserve_is_that_of_the_highest_zone_allowed),
        T(kernel_requests_stay_below_movable),
        T(no_zone_fits_a_failed_allocation),
        T(waiting_is_in_the_flags),
        T(unreadable_rows_leave_the_sums_open),
        T(flags_are_denied_for_a_reason),
        T(repeats_are_counted_by_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
