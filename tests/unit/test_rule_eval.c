/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "rule_world.h"

static void literals_and_arithmetic(void **state)
{
    static const char *const truths[] = {
        "1KiB == 1024B",
        "1GiB == 1024MiB",
        "1TiB > 1023GiB",
        "90s == 1min + 30s",
        "1h == 60min",
        "1500us < 2ms",
        "-1000 < 0",
        "0 - 1000 == -1000",
        "10% == 10.00%",
        "12.5% < 12.51%",
        "50% of 10GiB == 5GiB",
        "150% of 10 == 15",
        "99% of 101B == 99B",
        "2 * 3GiB == 6GiB",
        "3GiB * 2 == 6GiB",
        "1MiB/s * 1min == 60MiB",
        "2 + 3 * 4 == 14",
        "(2 + 3) * 4 == 20",
        "10GiB - 4GiB - 3GiB == 3GiB",
        "\"a\\\"b\\\\\" == \"a\\\"b\\\\\"",
        "\"kubepods-burstable\" like \"kubepods*\"",
        "\"abc\" like \"a?c\"",
        "not \"abc\" like \"b*\"",
        "\"/a/b\" under \"/a\"",
        "\"/a\" under \"/a\"",
        "not \"/ab\" under \"/a\"",
        "\"/ab\" under \"/\"",
        "true and not false",
        "false or true",
        "not false and true",
        "not (true and false)",
        "true == true and true != false",
        "1 == 1 # a comment",
    };
    for (size_t i = 0; i < sizeof(truths) / sizeof(truths[0]); i++)
        outcome_of(*state, truths[i], OUTCOME_MATCH);
}

static void what_is_missing_is_unknown(void **state)
{
    struct world *w = *state;
    meminfo(w, F_meminfo_total, 100, 1);
    outcome_of(w, "meminfo.free > 1MiB", OUTCOME_UNKNOWN);
    outcome_of(w, "not meminfo.free > 1MiB", OUTCOME_UNKNOWN);
    outcome_of(w, "not (meminfo.free > 1MiB and true)", OUTCOME_UNKNOWN);
    outcome_of(w, "meminfo.free > 1MiB and false", OUTCOME_CLEAR);
    outcome_of(w, "false and meminfo.free > 1MiB", OUTCOME_CLEAR);
    outcome_of(w, "meminfo.free > 1MiB or true", OUTCOME_MATCH);
    outcome_of(w, "meminfo.free > 1MiB or false", OUTCOME_UNKNOWN);
    outcome_of(w, "meminfo.total - meminfo.free > 1MiB", OUTCOME_UNKNOWN);
    const struct finding *finding = judge_when(w, "meminfo.total > 1B and meminfo.free > 1B");
    assert_int_equal(finding->n_lacks, 1);
    assert_int_equal(ref_pack(finding->lacks[0]), ref_pack(ref_of(F_meminfo_free, 0)));
    assert_int_equal(finding->n_cites, 0);
}

static void the_side_that_decides_is_cited(void **state)
{
    struct world *w = *state;
    meminfo(w, F_meminfo_total, 100, 1);
    meminfo(w, F_meminfo_free, 50, 2);
    meminfo(w, F_meminfo_cached, 20, 5);
    assert_string_equal(cites(w, judge_when(w, "meminfo.free > 1GiB and meminfo.cached > 1B")),
                        "proc/meminfo:2");
    assert_string_equal(cites(w, judge_when(w, "meminfo.cached > 1B and meminfo.free > 1GiB")),
                        "proc/meminfo:2");
    assert_string_equal(cites(w, judge_when(w, "meminfo.free > 1B or meminfo.cached > 1B")),
                        "proc/meminfo:2");
    assert_string_equal(cites(w, judge_when(w, "meminfo.free > 1B and meminfo.cached > 1B")),
                        "proc/meminfo:2 proc/meminfo:5");
    assert_string_equal(
        cites(w, judge_when(w, "meminfo.total - meminfo.free >= 50% of meminfo.total")),
        "proc/meminfo:1 proc/meminfo:2");
}

static void unlimited_is_more_than_anything(void **state)
{
    struct world *w = *state;
    uint32_t row = event(w, "memcg", 100, 200);
    store_set_unlimited(w->store, F_oom_events_memsw_limit, row, at(w, "dev/kmsg", 4));
    store_set_complete(w->store, T_oom_events, 0, true, at(w, "manifest.jsonl", 2));
    static const char *const truths[] = {
        "e.memsw_limit > 1000TiB",
        "e.memsw_limit == unlimited",
        "unlimited >= e.memsw_limit",
        "e.limit != unlimited",
        "e.limit < unlimited",
        "not e.usage >= 99% of e.memsw_limit",
        "e.memsw_limit + 1B == unlimited",
        "2 * e.memsw_limit == unlimited",
        "0 * e.memsw_limit == 0B",
    };
    for (size_t i = 0; i < sizeof(truths) / sizeof(truths[0]); i++) {
        const char *when = arena_printf(w->arena, "any e in oom_events: (%s)", truths[i]);
        outcome_of(w, when, OUTCOME_MATCH);
    }
    outcome_of(w, "any e in oom_events: (e.limit - e.memsw_limit > 0B)", OUTCOME_UNKNOWN);
    outcome_of(w, "max(e.memsw_limit for e in oom_events) == unlimited", OUTCOME_MATCH);
}

static void an_overflow_is_unknown(void **state)
{
    struct world *w = *state;
    store_set(w->store, F_meminfo_total, 0, INT64_MAX, at(w, "proc/meminfo", 1));
    store_set(w->store, F_meminfo_free, 0, -INT64_MAX, at(w, "proc/meminfo", 2));
    outcome_of(w, "meminfo.total + 1B > 0B", OUTCOME_UNKNOWN);
    outcome_of(w, "meminfo.free - 2B < 0B", OUTCOME_UNKNOWN);
    outcome_of(w, "2 * meminfo.total > 0B", OUTCOME_UNKNOWN);
    outcome_of(w, "101% of meminfo.total > 0B", OUTCOME_UNKNOWN);
    outcome_of(w, "99% of meminfo.total < meminfo.total", OUTCOME_MATCH);
    assert_int_equal(store_observation_count(w->store), 1);
    assert_int_equal(store_observation(w->store, 0)->kind, OBS_OVER_LIMIT);
}

static void applies_comes_first(void **state)
{
    struct world *w = *state;
    static const char rule[] = "say: s\napplies: known(meminfo.total) and meminfo.free > 1MiB\n"
                               "when: meminfo.total > 1B\n";
    const struct finding *finding = judge(w, rule);
    assert_int_equal(finding->outcome, OUTCOME_NOT_APPLICABLE);
    meminfo(w, F_meminfo_total, 100, 1);
    assert_int_equal(judge(w, rule)->outcome, OUTCOME_UNKNOWN);
    meminfo(w, F_meminfo_free, 50, 2);
    finding = judge(w, rule);
    assert_int_equal(finding->outcome, OUTCOME_MATCH);
    assert_string_equal(cites(w, finding), "proc/meminfo:1 proc/meminfo:2");
}

static void computed_facts_cite_their_sources(void **state)
{
    struct world *w = *state;
    meminfo(w, F_meminfo_total, 100, 1);
    meminfo(w, F_meminfo_free, 40, 2);
    struct ref sources[] = {ref_of(F_meminfo_total, 0), ref_of(F_meminfo_free, 0)};
    store_compute(w->store, F_host_use_unaccounted, 0, 60 << 20, sources, 2);
    assert_string_equal(cites(w, judge_when(w, "host_use.unaccounted > 1MiB")),
                        "proc/meminfo:1 proc/meminfo:2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FRESH(literals_and_arithmetic),
        FRESH(what_is_missing_is_unknown),
        FRESH(the_side_that_decides_is_cited),
        FRESH(unlimited_is_more_than_anything),
        FRESH(an_overflow_is_unknown),
        FRESH(applies_comes_first),
        FRESH(computed_facts_cite_their_sources),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
