/* SPDX-License-Identifier: MIT */
/* Every way to get a rule wrong, and the place and words of the error. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "rule/rule.h"

static const char good[] = "format: 1\n"                                             /* 1 */
                           "id: t\n"                                                 /* 2 */
                           "title: A title\n"                                        /* 3 */
                           "kind: cause\n"                                           /* 4 */
                           "severity: warning\n"                                     /* 5 */
                           "status: draft\n"                                         /* 6 */
                           "for_each: e in oom_events\n"                             /* 7 */
                           "let:\n"                                                  /* 8 */
                           "  most: 90% of e.limit\n"                                /* 9 */
                           "when: |\n"                                               /* 10 */
                           "  e.usage >= most\n"                                     /* 11 */
                           "  and meminfo.free < 1GiB\n"                             /* 12 */
                           "say: \"{e.usage} of {e.limit}\"\n"                       /* 13 */
                           "because: b\n"                                            /* 14 */
                           "do: [one]\n"                                             /* 15 */
                           "dont: [two]\n"                                           /* 16 */
                           "refs: [three]\n"                                         /* 17 */
                           "context: [e.order, \"top(3, s in slabs by s.bytes)\"]\n" /* 18 */
                           "tests:\n"                                                /* 19 */
                           "  - name: n\n"                                           /* 20 */
                           "    given: {}\n"                                         /* 21 */
                           "    expect: unknown\n";                                  /* 22 */

static const struct bad {
    const char *find, *replace, *error;
} bads[] = {
    /* keys */
    {"format: 1", "format: 2", "1:9: this program reads format 1"},
    {"id: t", "id: u", "2:5: the id is u and the file is named t"},
    {"id: t", "id: T", "2:5: an id is lower-case words joined by '-'"},
    {"title: A title\n", "", "1:1: the key title is missing"},
    {"title: A title", "titel: A title", "3:1: unknown key titel; did you mean title?"},
    {"title: A title", "title:", "3:7: null: a value is missing"},
    {"title: A title", "title: ~", "3:8: null: a value is missing"},
    {"title: A title", "title: ''", "3:8: an empty text"},
    {"title: A title", "title: [a]", "3:8: a text is wanted here"},
    {"title: A title", "'': x", "3:1: an empty key"},
    {"kind: cause", "title: again", "4:1: duplicate key title; the first is in line 3"},
    {"kind: cause", "kind: causes", "4:7: unknown word causes; did you mean cause?"},
    {"severity: warning", "severity: bad", "5:11: unknown word bad"},
    {"status: draft", "status: stable", "19:1: no test expects match"},
    {"do: [one]", "do: one", "15:5: a list is wanted here"},
    {"do: [one]", "do: ['']", "15:6: an empty text"},
    /* YAML */
    {"title: A title", "title: &a A title", "3:8: anchors are not used here"},
    {"title: A title", "title: *a", "3:8: aliases are not used here"},
    {"title: A title", "title: !!str A", "3:8: tags are not used here"},
    {"title: A title", "title: !x A", "3:8: tags are not used here"},
    {"let:\n  most: 90% of e.limit", "let: {most: 90% of e.limit}",
     "8:6: a map in braces; write one key a line"},
    {"format: 1\n", "%YAML 1.1\n---\nformat: 1\n", "1:1: directives are not used here"},
    {"    expect: unknown\n", "    expect: unknown\n---\na: b\n",
     "23:1: a second document; a file holds one"},
    {"title: A title", "title:\tA title", "3:7: a tab; indent and separate with blanks"},
    {"  most: 90%", "\tmost: 90%", "9:1: a tab; indent and separate with blanks"},
    {"title: A title", "title: a: b", "3:9: mapping values are not allowed in this context"},
    {"title: A title", "title: \"open", "13:7: did not find expected key"},
    {"title: A title", "title: A \xff", "3:10: invalid leading UTF-8 octet"},
    {"title: A title", "? [a]\n: b", "3:3: a key is one word"},
    /* names */
    {"e in oom_events", "e in oom_event",
     "7:16: unknown table oom_event; did you mean oom_events?"},
    {"e in oom_events", "e in meminfo", "7:16: meminfo is one object, not a table"},
    {"e in oom_events", "meminfo in oom_events", "7:11: the name meminfo is taken"},
    {"e in oom_events", "any in oom_events", "7:11: 'any' cannot name a row"},
    {"e in oom_events", "e of oom_events", "7:13: 'of'; expected 'in'"},
    {"e in oom_events", "e in oom_events x", "7:27: 'x'; expected the end"},
    {"  most: 90%", "  m-st: 90%", "9:3: not a name for an expression: letters, digits and _"},
    {"  most: 90%", "  e: 90%", "9:3: the name is taken by the row of for_each"},
    {"  most: 90%", "  sum: 90%", "9:3: not a name for an expression: letters, digits and _"},
    {"  most: 90%", "  swaps: 90%", "9:3: the name is taken by a table"},
    {"e.usage >=", "e.usgae >=", "11:5: oom_events has no field usgae; did you mean usage?"},
    {"e.usage >=", "x.usage >=", "11:3: unknown name x"},
    {"e.usage >=", "mosst >=", "11:3: unknown name mosst; did you mean most?"},
    {"e.usage >=", "e >=", "11:3: e needs a field: e.name"},
    {"e.usage >=", "e.tasks >=",
     "11:5: tasks is a table: use any, all, count, sum, min or max over it"},
    {"e.usage >=", "processes.rss >=",
     "11:3: processes is a table: use any, all, count, sum, min or max over it"},
    {"meminfo.free", "meminf.free", "12:7: unknown name meminf; did you mean meminfo?"},
    {"meminfo.free <", "any t in e.task: (true) and 1B <",
     "12:16: a row of oom_events has no table task; did you mean tasks?"},
    {"meminfo.free <", "any t in x.tasks: (true) and 1B <", "12:16: unknown name x"},
    {"meminfo.free <", "any e in slabs: (true) and 1B <", "12:11: the name e is taken"},
    /* types */
    {"< 1GiB", "< 10", "12:20: '<' cannot join bytes and count; did you mean 10GiB?"},
    {"< 1GiB", "< 10%", "12:20: '<' cannot join bytes and ratio; did you mean 10% of x?"},
    {"< 1GiB", "< \"x\"", "12:20: '<' cannot join bytes and text"},
    {"< 1GiB", "< 1s", "12:20: '<' cannot join bytes and duration"},
    {"< 1GiB", "- 1GiB", "12:7: a side of 'and' is a condition, not bytes"},
    {"< 1GiB", "+ 1s > 1B", "12:20: '+' cannot join bytes and duration"},
    {"< 1GiB", "* 1GiB > 1B", "12:20: '*' cannot join bytes and bytes"},
    {"< 1GiB", "like \"*\"", "12:20: 'like' cannot join bytes and text"},
    {"meminfo.free < 1GiB", "e.constraint < \"a\"", "12:7: text has no order; use == or !="},
    {"meminfo.free < 1GiB", "e.constraint like e.cgroup",
     "12:25: a pattern is a text in double quotes"},
    {"meminfo.free < 1GiB", "psi.memory_full_avg10 < unlimited",
     "12:31: only bytes and count can be unlimited, not ratio"},
    {"meminfo.free < 1GiB", "not 1B", "12:11: what follows 'not' is a condition, not bytes"},
    {"meminfo.free < 1GiB", "known(meminfo.free)",
     "12:7: known() is only for applies: elsewhere missing evidence would decide"},
    {"90% of e.limit", "90% of e.constraint", "9:16: a percentage of text has no meaning"},
    {"90% of e.limit", "sum(t.comm for t in e.tasks)",
     "9:13: only amounts can be folded, not text"},
    {"90% of e.limit", "unlimited", "9:9: unlimited is only for comparing"},
    {"when: |\n  e.usage >= most\n  and meminfo.free < 1GiB", "when: most",
     "10:7: when must be bool, not bytes"},
    {"because: b", "explains: 3\nbecause: b", "14:11: explains must be bytes, not count"},
    /* words */
    {"1GiB", "1GB", "12:23: unknown unit GB; did you mean GiB?"},
    {"1GiB", "1furlong",
     "12:23: unknown unit furlong; units are B KiB MiB GiB TiB us ms s min h % and bytes/s"},
    {"1GiB", "1 GiB", "12:24: a unit stands right behind its number, without a blank"},
    {"1GiB", "1.5GiB", "12:22: only percentages have a decimal point; use a smaller unit"},
    {"1GiB", "9999999999TiB", "12:22: number too large"},
    {"1GiB", "1MiB/h", "12:26: a rate is an amount of bytes per second: 1MiB/s"},
    {"90% of", "90.123% of", "9:9: a percentage has at most two places and fits 64 bits"},
    {"and meminfo", "&& meminfo", "12:3: '&' has no meaning here; write and"},
    {"meminfo.free <", "meminfo.free / 2 <",
     "12:20: '/' has no meaning here; write N% of x instead of dividing"},
    {"< 1GiB", "= 1GiB", "12:20: '=' has no meaning here; equality is =="},
    {"< 1GiB", "< 1GiB < 2GiB", "12:27: comparisons do not chain; join two of them with 'and'"},
    {"< 1GiB", "<", "12:21: the expression ends; expected a value"},
    {"< 1GiB", "< 1GiB)", "12:26: ')'; expected an operator or the end"},
    {"< 1GiB", "< - 1GiB", "12:24: '1GiB'; expected a number right behind '-'"},
    {"meminfo.free < 1GiB", "e.constraint == \"a",
     "12:23: the text has no closing quote on its line"},
    {"meminfo.free < 1GiB", "e.constraint == \"a\\n\"", "12:25: only \\\" and \\\\ are escapes"},
    {"meminfo.free <", "meminfo.free.x <", "12:19: a path has two parts at most"},
    {"when: |", "when: >", "10:7: an expression of several lines is a literal block: |"},
    /* sentence, context, tests */
    {"{e.usage}", "{e.usge}", "13:10: oom_events has no field usge; did you mean usage?"},
    {"{e.usage}", "{e.usage", "13:6: a single brace; {name} is a placeholder, {{ a brace"},
    {"{e.usage}", "e.usage}", "13:6: a single brace; {name} is a placeholder, {{ a brace"},
    {"{e.usage}", "{1B + 2B}", "13:8: a placeholder is a path or a let, not an expression"},
    {"[e.order,", "[e.order == 1,",
     "18:11: context shows a path, a let or top(N, x in TABLE by EXPR)"},
    {"top(3,", "top(x,", "18:25: 'x'; expected a number of rows"},
    {"by s.bytes", "by s.name", "18:42: only amounts can be folded, not text"},
    {"    expect: unknown", "    expects: unknown", "20:5: a test needs name, given and expect"},
    {"    expect: unknown", "    expect: maybe", "22:13: unknown word maybe"},
    {"    expect: unknown", "    expect: clear\n    cite: [a]",
     "23:5: unknown key cite; did you mean cites?"},
    {"    expect: unknown", "    expect: clear\n    incomplete: [meminfo]",
     "23:18: not the name of a table"},
};

/* good with the first `find` replaced. */
static void mutate(const struct bad *bad, struct buf *out)
{
    struct span text = SPAN_LIT(good), find = span_of(bad->find);
    size_t at = span_find(text, find);
    if (at == text.n)
        fail_msg("the rule has no %s", bad->find);
    buf_add(out, span_slice(text, 0, at));
    buf_str(out, bad->replace);
    buf_add(out, span_skip(text, at + find.n));
}

static void a_good_rule_loads(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct err err = {0};
    struct ruleset *set = ruleset_new(arena);
    if (!ruleset_add(set, "rules/t.yaml", SPAN_LIT(good), &err))
        fail_msg("%u:%u: %s", err.line, err.column, err.text);
    const struct rule *rule = ruleset_find(set, SPAN_LIT("t"));
    assert_non_null(rule);
    assert_int_equal(rule->kind, RULE_CAUSE);
    assert_int_equal(rule->severity, SEVERITY_WARNING);
    assert_true(rule->for_each);
    assert_int_equal(rule->table, T_oom_events);
    assert_int_equal(rule->do_list.n, 1);
    arena_free(arena);
}

static void a_bad_rule_is_an_error_with_its_place(void **state)
{
    (void)state;
    size_t wrong = 0;
    for (size_t i = 0; i < sizeof(bads) / sizeof(bads[0]); i++) {
        struct arena *arena = arena_new();
        struct err err = {0};
        struct buf text = {0};
        mutate(&bads[i], &text);
        bool ok = ruleset_add(ruleset_new(arena), "rules/t.yaml", buf_span(&text), &err);
        const char *got =
            ok ? "loaded" : arena_printf(arena, "%u:%u: %s", err.line, err.column, err.text);
        if (ok || !span_is(span_of(got), bads[i].error)) {
            print_error("%s -> %s\n  expected %s\n  got      %s\n", bads[i].find, bads[i].replace,
                        bads[i].error, got);
            wrong++;
        }
        if (!ok)
            assert_string_equal(err.source, "rules/t.yaml");
        buf_free(&text);
        arena_free(arena);
    }
    assert_int_equal(wrong, 0);
}

static void limits_are_errors(void **state)
{
    (void)state;
    static const struct {
        const char *open, *core, *close;
        unsigned n;
        const char *error;
    } cases[] = {
        {"(", "true", ")", 31, NULL},
        {"(", "true", ")", 32, "nested deeper than 32"},
        {"not ", "true", "", 32, "nested deeper than 32"},
        {"true or ", "true", "", 127, NULL},
        {"true or ", "true", "", 128, "more than 256 operators, literals and names"},
        {"", "true", " ", 4000, NULL},
        {"", "true", " # aaaaaa", 500, "the expression has 4505 bytes; 4096 are allowed"},
        {"any # in slabs: (", "true", ")", 3, NULL},
        {"any # in slabs: (", "true", ")", 4, "more than 4 bindings in each other"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct arena *arena = arena_new();
        struct err err = {0};
        struct buf when = {0}, text = {0};
        for (unsigned n = 0; n < cases[i].n; n++)
            for (const char *c = cases[i].open; *c; c++)
                buf_char(&when, *c == '#' ? (char)('a' + n) : *c);
        buf_str(&when, cases[i].core);
        for (unsigned n = 0; n < cases[i].n; n++)
            buf_str(&when, cases[i].close);
        struct bad bad = {"  e.usage >= most\n  and meminfo.free < 1GiB",
                          arena_printf(arena, "  %s", buf_cstr(&when)), ""};
        mutate(&bad, &text);
        bool ok = ruleset_add(ruleset_new(arena), "t.yaml", buf_span(&text), &err);
        if (ok != !cases[i].error || (!ok && !span_is(span_of(err.text), cases[i].error)))
            fail_msg("%s x %u: %s", cases[i].open, cases[i].n, ok ? "loaded" : err.text);
        buf_free(&when);
        buf_free(&text);
        arena_free(arena);
    }
}

static void a_later_rule_replaces_one_of_the_same_id(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct err err = {0};
    struct ruleset *set = ruleset_new(arena);
    assert_true(ruleset_add(set, "t.yaml", SPAN_LIT(good), &err));
    struct span digest = ruleset_digest(set);
    assert_int_equal(digest.n, 64);
    struct bad other = {"A title", "Another", ""};
    struct buf text = {0};
    mutate(&other, &text);
    assert_true(ruleset_add(set, "mine/t.yaml", buf_span(&text), &err));
    buf_free(&text);
    assert_int_equal(ruleset_count(set), 1);
    assert_true(span_is(ruleset_at(set, 0)->title, "Another"));
    assert_false(span_eq(digest, ruleset_digest(set)));
    arena_free(arena);
}

static void the_builtin_rules_load(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct err err = {0};
    struct ruleset *set = ruleset_builtin(arena, true, &err);
    if (!set)
        fail_msg("%s:%u:%u: %s", err.source, err.line, err.column, err.text);
    assert_true(ruleset_count(set) > 0);
    for (size_t i = 1; i < ruleset_count(set); i++)
        assert_true(span_cmp(ruleset_at(set, i - 1)->id, ruleset_at(set, i)->id) < 0);
    struct ruleset *lean = ruleset_builtin(arena, false, &err);
    assert_int_equal(ruleset_count(lean), ruleset_count(set));
    assert_true(span_eq(ruleset_digest(lean), ruleset_digest(set)));
    arena_free(arena);
}

static void a_missing_directory_is_an_error(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct err err = {0};
    assert_false(ruleset_add_directory(ruleset_new(arena), "/nonexistent/rules", &err));
    assert_string_equal(err.source, "/nonexistent/rules");
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_rule_loads),
        cmocka_unit_test(a_bad_rule_is_an_error_with_its_place),
        cmocka_unit_test(limits_are_errors),
        cmocka_unit_test(a_later_rule_replaces_one_of_the_same_id),
        cmocka_unit_test(the_builtin_rules_load),
        cmocka_unit_test(a_missing_directory_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
