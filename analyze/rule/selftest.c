/* SPDX-License-Identifier: MIT */
/* Runs the inline tests of rules. Their evidence goes through the real parsers, behind hooks. */
#include "rule/body.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/glob.h"
#include "base/tap.h"

#include <stdlib.h>

struct selftest {
    const struct rule *rule;
    const struct rule_test *test;
    struct arena *arena;
    struct store *store;
    struct finding_list list;
    struct buf complaints;
};

/* ---- evidence */

static bool feeds(const struct rule_test *test, enum table_id table)
{
    uint32_t n;
    const struct source_def *sources = schema_sources(&n);
    struct span key;
    for (uint32_t s = 0; s < n; s++) {
        if (schema_field(sources[s].field)->table != table)
            continue;
        for (size_t g = 0; g < test->n_given; g++)
            if (glob_path(test->given[g].member, span_of(sources[s].pattern), &key))
                return true;
    }
    return false;
}

static bool is_incomplete(const struct rule_test *test, enum table_id table)
{
    for (size_t i = 0; i < test->incomplete.n; i++)
        if (span_is(test->incomplete.items[i], schema_table(table)->name))
            return true;
    return false;
}

/* A given tree counts as complete: a table of which it has a file, a row or a log has all its
 * rows. */
static void complete_tables(struct selftest *t)
{
    bool has_log = store_row_count(t->store, T_logs) > 0;
    for (uint32_t i = 0; i < TABLE_COUNT; i++) {
        enum table_id table = (enum table_id)i;
        const struct table_def *def = schema_table(table);
        if (def->is_object || def->parent != TABLE_NONE)
            continue;
        bool is_log = table == T_oom_events || table == T_alloc_failures || table == T_log_events ||
                      table == T_logs;
        if (is_incomplete(t->test, table))
            store_assume_complete(t->store, table, false);
        else if (feeds(t->test, table) || store_row_count(t->store, table) || (is_log && has_log))
            store_assume_complete(t->store, table, true);
    }
}

static void load(struct selftest *t, const struct selftest_hooks *hooks)
{
    hooks->begin(hooks->context, t->store);
    for (size_t i = 0; i < t->test->n_given; i++)
        hooks->member(hooks->context, t->store, t->test->given[i].member, t->test->given[i].text);
    hooks->parsed(hooks->context, t->store);
    complete_tables(t);
    hooks->derive(hooks->context, t->store);
}

/* ---- expectations */

static void complain(struct selftest *t, const char *what, struct text_list list)
{
    buf_fmt(&t->complaints, "# %s", what);
    for (size_t i = 0; i < list.n; i++)
        buf_fmt(&t->complaints, " " SPAN_FMT, SPAN_ARG(list.items[i]));
    buf_char(&t->complaints, '\n');
}

/* Worst first: one row that matches is a match. */
static enum rule_outcome outcome_of(const struct finding_list *list)
{
    static const enum rule_outcome order[] = {OUTCOME_MATCH, OUTCOME_UNKNOWN, OUTCOME_CLEAR};
    for (size_t i = 0; i < 3; i++)
        for (size_t f = 0; f < list->n; f++)
            if (list->items[f].outcome == order[i])
                return order[i];
    return OUTCOME_NOT_APPLICABLE;
}

static int by_text(const void *a, const void *b)
{
    return span_cmp(*(const struct span *)a, *(const struct span *)b);
}

static struct text_list sorted(struct selftest *t, struct text_list list)
{
    struct span *items = arena_array(t->arena, list.n + 1, sizeof(*items));
    size_t n = 0;
    for (size_t i = 0; i < list.n; i++)
        items[i] = list.items[i];
    qsort(items, list.n, sizeof(*items), by_text);
    for (size_t i = 0; i < list.n; i++)
        if (n == 0 || !span_eq(items[n - 1], items[i]))
            items[n++] = items[i];
    return (struct text_list){items, n};
}

/* "member:line", or "member" for a fact of the whole member. */
static struct span place_text(struct selftest *t, struct where where)
{
    struct span path = store_member_path(t->store, where.member);
    if (where.line == 0)
        return path;
    return span_of(arena_printf(t->arena, SPAN_FMT ":%u", SPAN_ARG(path), where.line));
}

/* Places of what a finding cites. Completeness is not among them: a given tree is assumed to be. */
static void add_places(struct selftest *t, const struct finding *finding, struct span *items,
                       size_t *n)
{
    for (size_t i = 0; i < finding->n_cites; i++) {
        struct where where = store_get(t->store, finding->cites[i]).where;
        if (finding->cites[i].column != REF_COMPLETE && where.member)
            items[(*n)++] = place_text(t, where);
    }
}

static void check_cites(struct selftest *t)
{
    size_t n = 0, room = 1;
    for (size_t f = 0; f < t->list.n; f++)
        room += t->list.items[f].n_cites;
    struct span *items = arena_array(t->arena, room, sizeof(*items));
    for (size_t f = 0; f < t->list.n; f++)
        if (t->list.items[f].outcome == t->test->expect)
            add_places(t, &t->list.items[f], items, &n);
    struct text_list actual = sorted(t, (struct text_list){items, n});
    struct text_list expected = sorted(t, t->test->cites);
    bool same = actual.n == expected.n;
    for (size_t i = 0; same && i < actual.n; i++)
        same = span_eq(actual.items[i], expected.items[i]);
    if (same)
        return;
    complain(t, "expected to cite:", expected);
    complain(t, "cites:", actual);
}

static bool is_lack(struct selftest *t, struct ref ref, struct span expected)
{
    const struct table_def *table = schema_table((enum table_id)ref.table);
    if (ref.column == REF_COMPLETE)
        return span_is(expected, table->name);
    const char *name =
        arena_printf(t->arena, "%s.%s", table->name, schema_field(ref_field(ref))->name);
    return span_is(expected, name) || span_eq(expected, store_lack(t->store, ref).member);
}

static bool lacks(struct selftest *t, struct span expected)
{
    for (size_t f = 0; f < t->list.n; f++)
        for (size_t i = 0; i < t->list.items[f].n_lacks; i++)
            if (is_lack(t, t->list.items[f].lacks[i], expected))
                return true;
    return false;
}

static void check(struct selftest *t)
{
    enum rule_outcome outcome = outcome_of(&t->list);
    if (outcome != t->test->expect) {
        complain(t,
                 arena_printf(t->arena, "expected %s, got %s", rule_outcome_names[t->test->expect],
                              rule_outcome_names[outcome]),
                 (struct text_list){0});
        rule_explain_to(t->rule, t->store, "#   ", &t->complaints);
        return;
    }
    if (t->test->has_cites)
        check_cites(t);
    for (size_t i = 0; i < t->test->lacks.n; i++)
        if (!lacks(t, t->test->lacks.items[i]))
            complain(t, "does not lack:", (struct text_list){&t->test->lacks.items[i], 1});
}

/* True when the test passed. */
static bool run(const struct rule *rule, const struct rule_test *test,
                const struct selftest_hooks *hooks, size_t number, struct buf *out)
{
    struct arena *arena = arena_new();
    struct rule_limits limits = rule_limits_default();
    struct selftest t = {.rule = rule, .test = test, .arena = arena, .store = store_new(arena)};
    load(&t, hooks);
    rule_judge(rule, t.store, &limits, arena, &t.list);
    check(&t);
    bool ok = t.complaints.n == 0;
    buf_fmt(out, "%sok %zu - " SPAN_FMT ": ", ok ? "" : "not ", number, SPAN_ARG(rule->id));
    tap_name(test->name, out);
    buf_char(out, '\n');
    if (!ok)
        buf_fmt(out, "# %s:%u\n", rule->body->file, test->line);
    buf_add(out, buf_span(&t.complaints));
    buf_free(&t.complaints);
    free(t.list.items);
    store_free(t.store);
    arena_free(arena);
    return ok;
}

size_t ruleset_selftest(const struct ruleset *set, const struct selftest_hooks *hooks,
                        struct buf *out)
{
    size_t number = 0, failed = 0;
    for (size_t i = 0; i < ruleset_count(set); i++) {
        const struct rule *rule = ruleset_at(set, i);
        for (size_t k = 0; k < rule->body->n_tests; k++)
            failed += !run(rule, &rule->body->tests[k], hooks, ++number, out);
    }
    buf_fmt(out, "1..%zu\n", number);
    return failed;
}
