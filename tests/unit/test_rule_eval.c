/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "rule/limits.h"
#include "rule/rule.h"

struct world {
    struct arena *arena;
    struct store *store;
    struct findings findings;
};

static int set_up(void **state)
{
    struct arena *arena = arena_new();
    struct world *w = arena_alloc(arena, sizeof(*w));
    w->arena = arena;
    w->store = store_new(arena);
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    struct world *w = *state;
    store_free(w->store);
    arena_free(w->arena);
    return 0;
}

/* ---- evidence */

static struct where at(struct world *w, const char *path, uint32_t line)
{
    return (struct where){store_member(w->store, span_of(path)), line};
}

static void meminfo(struct world *w, enum field_id field, int64_t mib, uint32_t line)
{
    store_set(w->store, field, 0, mib << 20, at(w, "proc/meminfo", line));
}

/* pid 1..n with rss of pid MiB and pss of half of it; complete. */
static void processes(struct world *w, uint32_t n)
{
    for (uint32_t pid = 1; pid <= n; pid++) {
        const char *key = arena_printf(w->arena, "%u", pid);
        const char *status = arena_printf(w->arena, "proc/%u/status", pid);
        const char *rollup = arena_printf(w->arena, "proc/%u/smaps_rollup", pid);
        uint32_t row = store_row_by_key(w->store, T_processes, span_of(key), at(w, status, 0));
        store_set(w->store, F_processes_rss, row, (int64_t)pid << 20, at(w, status, 22));
        store_set(w->store, F_processes_pss, row, (int64_t)pid << 19, at(w, rollup, 3));
        store_set_text(w->store, F_processes_comm, row, SPAN_LIT("java"), at(w, status, 1));
    }
    store_set_complete(w->store, T_processes, 0, true, at(w, "manifest.jsonl", 8));
}

static uint32_t event(struct world *w, const char *constraint, int64_t usage, int64_t limit)
{
    uint32_t row = store_row_add(w->store, T_oom_events, 0);
    uint32_t line = row * 10;
    store_set(w->store, F_oom_events_event, row, row + 1, at(w, "dev/kmsg", line + 1));
    store_set_text(w->store, F_oom_events_constraint, row, span_of(constraint),
                   at(w, "dev/kmsg", line + 3));
    store_set(w->store, F_oom_events_usage, row, usage, at(w, "dev/kmsg", line + 2));
    store_set(w->store, F_oom_events_limit, row, limit, at(w, "dev/kmsg", line + 2));
    return row;
}

/* ---- rules */

static const char head[] = "format: 1\nid: t\ntitle: t\nkind: cause\nseverity: warning\n"
                           "status: draft\nbecause: b\ndo: [d]\ndont: [d]\nrefs: [r]\ntests: []\n";

/* Judges a rule made of the head and `keys`. */
static const struct finding *judge(struct world *w, const char *keys)
{
    struct err err = {0};
    struct ruleset *set = ruleset_new(w->arena);
    const char *text = arena_printf(w->arena, "%s%s", head, keys);
    if (!ruleset_add(set, "t.yaml", span_of(text), &err))
        fail_msg("%s:%u:%u: %s", err.source, err.line, err.column, err.text);
    w->findings = ruleset_eval(set, w->store, w->arena);
    return w->findings.items;
}

static const struct finding *judge_when(struct world *w, const char *when)
{
    return judge(w, arena_printf(w->arena, "say: s\nwhen: |\n  %s\n", when));
}

static void outcome_of(struct world *w, const char *when, enum rule_outcome outcome)
{
    const struct finding *finding = judge_when(w, when);
    if (finding->outcome != outcome)
        fail_msg("%s: outcome %d, expected %d", when, finding->outcome, outcome);
}

/* "member:line member:line" of the cited places. */
static const char *places(struct world *w, const struct ref *refs, size_t n)
{
    const char *text = "";
    for (size_t i = 0; i < n; i++) {
        struct where where = store_get(w->store, refs[i]).where;
        text = arena_printf(w->arena, "%s%s" SPAN_FMT ":%u", text, i ? " " : "",
                            SPAN_ARG(store_member_path(w->store, where.member)), where.line);
    }
    return text;
}

static const char *cites(struct world *w, const struct finding *finding)
{
    return places(w, finding->cites, finding->n_cites);
}

static const char *say(struct world *w, const struct finding *finding)
{
    const char *text = "";
    for (size_t i = 0; i < finding->say.n; i++) {
        const struct piece *piece = &finding->say.pieces[i];
        const char *mark = piece->kind == PIECE_EVIDENCE ? "`" : "";
        text =
            arena_printf(w->arena, "%s%s" SPAN_FMT "%s", text, mark, SPAN_ARG(piece->text), mark);
    }
    return text;
}

/* ---- tests */

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

static void quantifiers_need_a_witness_or_a_complete_table(void **state)
{
    struct world *w = *state;
    outcome_of(w, "any p in processes: (p.rss > 1B)", OUTCOME_UNKNOWN);
    outcome_of(w, "all p in processes: (p.rss > 1B)", OUTCOME_UNKNOWN);
    processes(w, 3);
    const struct finding *finding = judge_when(w, "any p in processes: (p.rss == 2MiB)");
    assert_int_equal(finding->outcome, OUTCOME_MATCH);
    assert_string_equal(cites(w, finding), "proc/2/status:22");
    finding = judge_when(w, "any p in processes: (p.rss > 1GiB)");
    assert_int_equal(finding->outcome, OUTCOME_CLEAR);
    assert_string_equal(cites(w, finding),
                        "proc/1/status:22 manifest.jsonl:8 proc/2/status:22 proc/3/status:22");
    assert_string_equal(cites(w, judge_when(w, "all p in processes: (p.rss != 3MiB)")),
                        "proc/3/status:22");
    outcome_of(w, "count p in processes: (p.rss >= 2MiB) == 2", OUTCOME_MATCH);
    store_hide(w->store, ref_complete(T_processes, 0));
    outcome_of(w, "any p in processes: (p.rss == 2MiB)", OUTCOME_MATCH);
    outcome_of(w, "any p in processes: (p.rss > 1GiB)", OUTCOME_UNKNOWN);
    outcome_of(w, "count p in processes: (p.rss >= 2MiB) == 2", OUTCOME_UNKNOWN);
    outcome_of(w, "all p in processes: (p.rss < 1GiB)", OUTCOME_UNKNOWN);
    store_show_all(w->store);
    store_hide(w->store, ref_of(F_processes_rss, 0));
    finding = judge_when(w, "any p in processes: (p.rss > 1GiB)");
    assert_int_equal(finding->outcome, OUTCOME_UNKNOWN);
    assert_int_equal(finding->n_lacks, 1);
}

static void a_witness_that_read_nothing_of_its_row_cites_its_key(void **state)
{
    struct world *w = *state;
    processes(w, 2);
    const struct finding *finding = judge_when(w, "any p in processes: (true)");
    assert_int_equal(finding->n_cites, 1);
    assert_int_equal(ref_pack(finding->cites[0]), ref_pack(ref_of(F_processes_pid, 0)));
}

static void folds_need_every_row(void **state)
{
    struct world *w = *state;
    processes(w, 4);
    outcome_of(w, "sum(p.rss for p in processes) == 10MiB", OUTCOME_MATCH);
    outcome_of(w, "sum(p.rss for p in processes if p.rss > 2MiB) == 7MiB", OUTCOME_MATCH);
    outcome_of(w, "sum(p.rss for p in processes if false) == 0B", OUTCOME_MATCH);
    outcome_of(w, "min(p.rss for p in processes) == 1MiB", OUTCOME_MATCH);
    outcome_of(w, "max(p.rss for p in processes) == 4MiB", OUTCOME_MATCH);
    outcome_of(w, "max(p.rss for p in processes if p.rss > 1GiB) > 0B", OUTCOME_UNKNOWN);
    outcome_of(w, "min(0B - p.rss for p in processes) == -4MiB", OUTCOME_MATCH);
    const struct finding *finding =
        judge_when(w, "sum(p.pss for p in processes if p.rss == 4MiB) == 2MiB");
    assert_int_equal(finding->n_cites, 6); /* four rss, one pss, the completeness */
    store_hide(w->store, ref_of(F_processes_pss, 3));
    outcome_of(w, "sum(p.pss for p in processes) > 0B", OUTCOME_UNKNOWN);
    outcome_of(w, "sum(p.pss for p in processes if p.rss < 4MiB) == 3MiB", OUTCOME_MATCH);
    store_hide(w->store, ref_complete(T_processes, 0));
    outcome_of(w, "sum(p.rss for p in processes) > 0B", OUTCOME_UNKNOWN);
}

static void children_are_complete_for_each_parent(void **state)
{
    struct world *w = *state;
    uint32_t a = event(w, "none", 1, 1), b = event(w, "memcg", 1, 1);
    for (uint32_t i = 0; i < 2; i++) {
        uint32_t task = store_row_add(w->store, T_oom_tasks, i ? b : a);
        store_set(w->store, F_oom_tasks_oom_score_adj, task, i ? -1000 : 0,
                  at(w, "dev/kmsg", 30 + i));
    }
    store_set_complete(w->store, T_oom_tasks, a, true, at(w, "dev/kmsg", 40));
    outcome_of(w, "any e in oom_events: (any t in e.tasks: (t.oom_score_adj == -1000))",
               OUTCOME_MATCH);
    outcome_of(w, "any e in oom_events: (all t in e.tasks: (t.oom_score_adj == 0))", OUTCOME_MATCH);
    const struct finding *finding = judge(w, "say: s\nfor_each: e in oom_events\n"
                                             "when: \"count t in e.tasks: (true) >= 0\"\n");
    assert_int_equal(w->findings.n, 2);
    assert_int_equal(finding[0].outcome, OUTCOME_MATCH);
    assert_int_equal(finding[1].outcome, OUTCOME_UNKNOWN);
    assert_int_equal(ref_pack(finding[1].lacks[0]), ref_pack(ref_complete(T_oom_tasks, b)));
}

static void for_each_gives_a_finding_per_row(void **state)
{
    struct world *w = *state;
    static const char rule[] = "for_each: e in oom_events\n"
                               "let:\n  nearly: 99% of e.limit\n  all_usage: sum(x.usage for x in "
                               "oom_events)\n"
                               "when: e.constraint == \"memcg\" and e.usage >= nearly\n"
                               "explains: e.usage\n"
                               "say: '{e.constraint} used {e.usage} of {e.limit}, {{{nearly}}}, "
                               "{e.failcnt}'\n"
                               "context: [e.event]\n";
    assert_int_equal(judge(w, rule)->outcome, OUTCOME_UNKNOWN);
    store_set_complete(w->store, T_oom_events, 0, true, at(w, "manifest.jsonl", 2));
    const struct finding *finding = judge(w, rule);
    assert_int_equal(finding->outcome, OUTCOME_CLEAR);
    assert_string_equal(cites(w, finding), "manifest.jsonl:2");
    event(w, "none", 10, 10);
    event(w, "memcg", 1023, 1024);
    event(w, "memcg", 1023, 1024);
    finding = judge(w, rule);
    assert_int_equal(w->findings.n, 2);
    assert_int_equal(finding[0].row, 1);
    assert_int_equal(finding[1].row, 2);
    assert_string_equal(cites(w, &finding[0]), "dev/kmsg:13 dev/kmsg:12 dev/kmsg:12");
    assert_string_equal(say(w, finding), "`memcg` used 1023 B of 1.0 KiB, {1013 B}, unknown");
    assert_string_equal(places(w, finding->context, finding->n_context), "dev/kmsg:11");
    assert_true(finding->explains_known);
    assert_int_equal(finding->explains_bytes, 1023);
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

static void top_shows_the_largest(void **state)
{
    struct world *w = *state;
    meminfo(w, F_meminfo_total, 100, 1);
    processes(w, 9);
    const struct finding *finding =
        judge(w, "say: s\nwhen: meminfo.total > 1B\n"
                 "context: ['top(2, p in processes by p.rss if p.rss < 8MiB)', meminfo.free]\n");
    assert_string_equal(places(w, finding->context, finding->n_context),
                        "proc/7/status:0 proc/7/status:22 proc/6/status:0 proc/6/status:22");
}

static void steps_are_limited(void **state)
{
    struct world *w = *state;
    processes(w, 100);
    struct err err = {0};
    struct ruleset *set = ruleset_new(w->arena);
    assert_true(rule_limits_set(ruleset_limits(set), SPAN_LIT("steps"), 5000));
    assert_false(rule_limits_set(ruleset_limits(set), SPAN_LIT("step"), 5000));
    assert_false(rule_limits_set(ruleset_limits(set), SPAN_LIT("bindings"), 17));
    const char *text = arena_printf(
        w->arena, "%ssay: s\nwhen: 'all p in processes: (all q in processes: (q.rss > 0B))'\n",
        head);
    assert_true(ruleset_add(set, "t.yaml", span_of(text), &err));
    struct findings findings = ruleset_eval(set, w->store, w->arena);
    assert_int_equal(findings.items[0].outcome, OUTCOME_UNKNOWN);
    assert_true(findings.items[0].over_limit);
    assert_int_equal(store_observation(w->store, 0)->kind, OBS_OVER_LIMIT);
}

int main(void)
{
#define FRESH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        FRESH(literals_and_arithmetic),
        FRESH(what_is_missing_is_unknown),
        FRESH(the_side_that_decides_is_cited),
        FRESH(unlimited_is_more_than_anything),
        FRESH(an_overflow_is_unknown),
        FRESH(quantifiers_need_a_witness_or_a_complete_table),
        FRESH(a_witness_that_read_nothing_of_its_row_cites_its_key),
        FRESH(folds_need_every_row),
        FRESH(children_are_complete_for_each_parent),
        FRESH(for_each_gives_a_finding_per_row),
        FRESH(applies_comes_first),
        FRESH(computed_facts_cite_their_sources),
        FRESH(top_shows_the_largest),
        FRESH(steps_are_limited),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
