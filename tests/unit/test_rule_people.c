/* SPDX-License-Identifier: MIT */
/* What rules show to people: explanation, manual, needs, catalogue, inline tests. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/lines.h"
#include "base/num.h"
#include "bundle/limits.h"
#include "rule/limits.h"
#include "rule/rule.h"

static const char text[] = "format: 1\nid: t\ntitle: The title\nkind: cause\nseverity: warning\n"
                           "status: stable\ncoverage: [row]\n"
                           "when: |\n"
                           "  any s in swaps: (s.used >= 90% of s.size)\n"
                           "  and meminfo.swap_free < 1GiB\n"
                           "say: s\nbecause: The mechanism.\ndo: [This]\ndont: [That]\n"
                           "refs: [mm/x.c]\n"
                           "tests:\n"
                           "  - name: full\n"
                           "    given:\n"
                           "      proc/swaps: |\n        100 95\n"
                           "      proc/meminfo: |\n        5\n"
                           "    expect: match\n"
                           "    cites: [\"proc/swaps:1\", \"proc/meminfo:1\"]\n"
                           "  - name: half\n"
                           "    given:\n"
                           "      proc/swaps: |\n        100 50\n"
                           "    expect: clear\n"
                           "  - name: rows missing\n"
                           "    given:\n"
                           "      proc/swaps: |\n        100 50\n"
                           "    incomplete: [swaps]\n"
                           "    expect: unknown\n"
                           "    lacks: [swaps, meminfo.swap_free, proc/meminfo]\n"
                           "  - name: nothing\n"
                           "    given: {}\n"
                           "    expect: unknown\n";

/* A parser as small as the evidence above: proc/swaps is "size used", proc/meminfo is SwapFree. */
static void member(void *context, struct store *store, struct span path, struct span content)
{
    (void)context;
    struct where where = {store_member(store, path), 0};
    struct lines lines = lines_of(content);
    for (struct span line; lines_next(&lines, &line);) {
        int64_t numbers[2] = {0};
        for (size_t i = 0; i < 2; i++)
            num_i64(span_word(&line), &numbers[i]);
        where.line = lines.number;
        if (span_is(path, "proc/meminfo")) {
            store_set(store, F_meminfo_swap_free, 0, numbers[0], where);
        } else {
            uint32_t row = store_row_by_key(store, T_swaps, SPAN_LIT("/swap"), where);
            store_set(store, F_swaps_size, row, numbers[0], where);
            store_set(store, F_swaps_used, row, numbers[1], where);
        }
    }
}

static void nothing(void *context, struct store *store)
{
    (void)context;
    (void)store;
}

static const struct selftest_hooks hooks = {NULL, nothing, member, nothing, nothing};

static struct ruleset *rules(struct arena *arena, const char *find, const char *replace)
{
    struct buf buf = {0};
    struct err err = {0};
    struct ruleset *set = ruleset_new(arena);
    size_t at = span_find(SPAN_LIT(text), span_of(find));
    assert_true(at < sizeof(text) - 1);
    buf_add(&buf, span_slice(SPAN_LIT(text), 0, at));
    buf_str(&buf, replace);
    buf_add(&buf, span_skip(SPAN_LIT(text), at + span_of(find).n));
    if (!ruleset_add(set, "t.yaml", buf_span(&buf), &err))
        fail_msg("%u:%u: %s", err.line, err.column, err.text);
    buf_free(&buf);
    return set;
}

static void tests_of(const char *find, const char *replace, const char *expected)
{
    struct arena *arena = arena_new();
    struct buf out = {0};
    size_t failed = ruleset_selftest(rules(arena, find, replace), &hooks, &out);
    assert_int_equal(failed, span_has(span_of(expected), "not ok") ? 1 : 0);
    if (!span_has(buf_span(&out), expected))
        fail_msg("%s\nis not in\n%s", expected, buf_cstr(&out));
    buf_free(&out);
    arena_free(arena);
}

static void inline_tests_pass_and_fail(void **state)
{
    (void)state;
    tests_of("The title", "The title",
             "ok 1 - t: full\nok 2 - t: half\nok 3 - t: rows missing\nok 4 - t: nothing\n1..4\n");
    tests_of("100 95", "100 85", "not ok 1 - t: full\n# t.yaml:17\n# expected match, got clear\n");
    tests_of("\"proc/swaps:1\", ", "",
             "not ok 1 - t: full\n# t.yaml:17\n# expected to cite: proc/meminfo:1\n"
             "# cites: proc/meminfo:1 proc/swaps:1\n");
    tests_of("meminfo.swap_free, proc", "meminfo.swap_total, proc",
             "not ok 3 - t: rows missing\n# t.yaml:30\n# does not lack: meminfo.swap_total\n");
    tests_of("    incomplete: [swaps]\n", "", "not ok 3 - t: rows missing\n");
}

static void an_explanation_shows_values_and_places(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct ruleset *set = rules(arena, "s", "s");
    struct store *store = store_new(arena);
    struct buf out = {0};
    member(NULL, store, SPAN_LIT("proc/swaps"), SPAN_LIT("100 95\n"));
    rule_explain(ruleset_at(set, 0), store, &out);
    static const char *const lines[] = {
        "t  unknown\n",
        "  and                                                       unknown\n",
        "    any s in swaps: (s.used >= 90% of s.size)               true\n",
        "      s: filename /swap\n",
        "        s.used >= 90% of s.size                             true\n",
        "          s.used = 95 B                                     proc/swaps:1\n",
        "    meminfo.swap_free < 1GiB                                unknown\n",
        "      meminfo.swap_free = unknown                           no proc/meminfo\n",
    };
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        if (!span_has(buf_span(&out), lines[i]))
            fail_msg("%sis not in\n%s", lines[i], buf_cstr(&out));
    buf_free(&out);
    store_free(store);
    arena_free(arena);
}

static void an_explanation_says_what_was_not_asked(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct ruleset *set = rules(arena, "any s in swaps", "all s in swaps");
    struct store *store = store_new(arena);
    struct buf out = {0};
    member(NULL, store, SPAN_LIT("proc/swaps"), SPAN_LIT("100 5\n"));
    rule_explain(ruleset_at(set, 0), store, &out);
    if (!span_has(buf_span(&out),
                  "    meminfo.swap_free < 1GiB                                not asked"))
        fail_msg("%s", buf_cstr(&out));
    buf_free(&out);
    store_free(store);
    arena_free(arena);
}

static void needs_are_found_in_expressions(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct ruleset *set = rules(arena, "s", "s");
    struct buf out = {0};
    ruleset_needs(set, &out);
    assert_string_equal(buf_cstr(&out), "t\tmeminfo.swap_free\tproc/meminfo\n"
                                        "t\tswaps.size\tproc/swaps\n"
                                        "t\tswaps.used\tproc/swaps\n"
                                        "t\tswaps\tmanifest.jsonl\n");
    buf_free(&out);
    arena_free(arena);
}

/* Every fact of the vocabulary has a file behind it, so that a rule that needs it can say which. */
static void every_fact_has_a_file(void **state)
{
    (void)state;
    for (uint32_t f = 0; f < FIELD_COUNT; f++) {
        const struct field_def *field = schema_field((enum field_id)f);
        const struct table_def *table = schema_table(field->table);
        struct arena *arena = arena_new();
        if (field->type == FACT_BYTES) {
            const char *when =
                table->is_object ? arena_printf(arena, "%s.%s > 1B", table->name, field->name)
                : table->parent == TABLE_NONE
                    ? arena_printf(arena, "any x in %s: (x.%s > 1B)", table->name, field->name)
                    : arena_printf(arena, "any y in %s: (any x in y.%s: (x.%s > 1B))",
                                   schema_table(table->parent)->name, table->parent_field,
                                   field->name);
            struct ruleset *set = rules(arena, "any s in swaps: (s.used >= 90% of s.size)", when);
            struct needs needs = rule_needs(ruleset_at(set, 0), arena);
            bool found = false;
            for (size_t i = 0; i < needs.n; i++)
                found = found || needs.items[i].field == (enum field_id)f;
            if (!found)
                fail_msg("no file is known for %s.%s", table->name, field->name);
        }
        arena_free(arena);
    }
}

static void the_manual_and_the_catalogue_have_the_parts_of_a_rule(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct ruleset *set = rules(arena, "s", "s");
    struct buf out = {0};
    rule_manual(ruleset_at(set, 0), &out);
    static const char *const parts[] = {"t - cause, warning, stable\n  The title\n",
                                        "Why\n  The mechanism.\n",
                                        "Do\n  - This\n",
                                        "Don't\n  - That\n",
                                        "  when\n      any s in swaps",
                                        "Reads\n  - proc/meminfo\n  - proc/swaps\n",
                                        "Sources\n  - mm/x.c\n"};
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        if (!span_has(buf_span(&out), parts[i]))
            fail_msg("%s is not in\n%s", parts[i], buf_cstr(&out));
    buf_free(&out);
    out = (struct buf){0};
    ruleset_catalogue(set, &out);
    assert_true(span_has(buf_span(&out),
                         "| [`t`](t.yaml) | warning | The title | row | `proc/meminfo`, "
                         "`proc/swaps`, `manifest.jsonl` |\n"));
    buf_free(&out);
    arena_free(arena);
}

/* bundle/limits.def names them for the command line: rule_X is X of rule/limits.h. */
static void the_limits_of_the_command_line_are_those_of_rules(void **state)
{
    (void)state;
    struct rule_limits limits = rule_limits_default(), set = limits;
    struct limits all = limits_default();
    size_t n = 0;
    for (int i = 0; i < LIMIT_COUNT; i++) {
        struct span name = span_of(limit_def((enum limit_id)i)->name);
        if (!span_eat(&name, "rule_"))
            continue;
        assert_true(rule_limits_set(&set, name, (uint64_t)all.value[i]));
        n++;
    }
    assert_int_equal(n, sizeof(limits) / sizeof(uint32_t));
    assert_memory_equal(&limits, &set, sizeof(limits));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(inline_tests_pass_and_fail),
        cmocka_unit_test(an_explanation_shows_values_and_places),
        cmocka_unit_test(an_explanation_says_what_was_not_asked),
        cmocka_unit_test(needs_are_found_in_expressions),
        cmocka_unit_test(every_fact_has_a_file),
        cmocka_unit_test(the_limits_of_the_command_line_are_those_of_rules),
        cmocka_unit_test(the_manual_and_the_catalogue_have_the_parts_of_a_rule),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
