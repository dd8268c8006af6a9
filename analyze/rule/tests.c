/* SPDX-License-Identifier: MIT */
/* The inline tests of a rule file, as data. selftest.c runs them. */
#include "rule/load.h"

#include "base/arena.h"
#include "rule/near.h"

static bool load_given(struct loader *l, const struct yaml *value, struct rule_test *test)
{
    if (value->kind != YAML_MAP)
        return load_error(l, value, "given is a map of members and their text");
    size_t n = 0;
    for (const struct yaml *entry = value->first; entry; entry = entry->next)
        n++;
    test->given = arena_array(l->arena, n ? n : 1, sizeof(*test->given));
    for (const struct yaml *entry = value->first; entry; entry = entry->next) {
        if (entry->kind != YAML_SCALAR)
            return load_error(l, entry, "the text of a member is a literal block: |");
        test->given[test->n_given++] = (struct given){entry->key->text, entry->text};
    }
    return true;
}

static bool load_incomplete(struct loader *l, const struct yaml *value, struct rule_test *test)
{
    if (!load_texts(l, value, &test->incomplete))
        return false;
    for (const struct yaml *item = value->first; item; item = item->next) {
        enum table_id table = schema_find_table(item->text);
        if (table == TABLE_NONE || schema_table(table)->is_object)
            return load_error(l, item, "not the name of a table");
    }
    return true;
}

static bool load_test_key(struct loader *l, const struct yaml *value, struct rule_test *test)
{
    struct span key = value->key->text;
    int expect = 0;
    if (span_is(key, "name"))
        return load_text(l, value, &test->name);
    if (span_is(key, "given"))
        return load_given(l, value, test);
    if (span_is(key, "expect")) {
        bool ok = load_word(l, value, rule_outcome_names, &expect);
        test->expect = (enum rule_outcome)expect;
        return ok;
    }
    if (span_is(key, "cites")) {
        test->has_cites = true;
        return load_texts(l, value, &test->cites);
    }
    if (span_is(key, "lacks"))
        return load_texts(l, value, &test->lacks);
    if (span_is(key, "incomplete"))
        return load_incomplete(l, value, test);
    struct near near = near_name(key);
    static const char *const known[] = {"name", "given", "expect", "cites", "lacks", "incomplete"};
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        near_offer(&near, span_of(known[i]));
    return err_at(l->err, l->body->file, value->key->line, value->key->column,
                  "unknown key " SPAN_FMT "%s", SPAN_ARG(key), near_hint(&near));
}

static bool load_test(struct loader *l, const struct yaml *value, struct rule_test *test)
{
    if (value->kind != YAML_MAP)
        return load_error(l, value, "a test is a map: name, given, expect");
    test->line = value->line;
    if (!yaml_find(value, "name") || !yaml_find(value, "given") || !yaml_find(value, "expect"))
        return load_error(l, value, "a test needs name, given and expect");
    for (const struct yaml *entry = value->first; entry; entry = entry->next)
        if (!load_test_key(l, entry, test))
            return false;
    return true;
}

/* A stable rule shows at least one match, one clear and one unknown. */
static bool check_outcomes(struct loader *l, const struct yaml *value)
{
    static const enum rule_outcome needed[] = {OUTCOME_MATCH, OUTCOME_CLEAR, OUTCOME_UNKNOWN};
    for (size_t i = 0; i < 3 && span_is(l->rule->status, "stable"); i++) {
        bool found = false;
        for (size_t t = 0; t < l->body->n_tests; t++)
            found = found || l->body->tests[t].expect == needed[i];
        if (!found)
            return err_at(l->err, l->body->file, value->key->line, value->key->column,
                          "no test expects %s", rule_outcome_names[needed[i]]);
    }
    return true;
}

bool load_tests(struct loader *l, const struct yaml *value)
{
    if (value->kind != YAML_LIST)
        return load_error(l, value, "tests are a list");
    size_t n = 0;
    for (const struct yaml *item = value->first; item; item = item->next)
        n++;
    l->body->tests = arena_array(l->arena, n ? n : 1, sizeof(*l->body->tests));
    for (const struct yaml *item = value->first; item; item = item->next)
        if (!load_test(l, item, &l->body->tests[l->body->n_tests++]))
            return false;
    return check_outcomes(l, value);
}
