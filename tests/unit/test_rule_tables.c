/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "rule_world.h"

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
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FRESH(quantifiers_need_a_witness_or_a_complete_table),
        FRESH(a_witness_that_read_nothing_of_its_row_cites_its_key),
        FRESH(folds_need_every_row),
        FRESH(children_are_complete_for_each_parent),
        FRESH(for_each_gives_a_finding_per_row),
        FRESH(top_shows_the_largest),
        FRESH(steps_are_limited),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
