/* SPDX-License-Identifier: MIT */
#include "cli/expect.h"

#include "base/utf8.h"
#include "cli/scalar.h"

#include <string.h>

/* ---- a verdict as --json writes it */

static const char *text_at(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    if (json_is_object(value)) /* text that was not printable: {"text":...,"lossy":true} */
        value = json_object_get(value, "text");
    const char *text = json_string_value(value);
    return text ? text : "";
}

/* The largest class that is in use. */
static const char *largest_class(const json_t *incident)
{
    const json_t *share,
        *shares = json_object_get(json_object_get(incident, "attribution_at_event"), "classes");
    const char *largest = "";
    json_int_t most = 0;
    size_t i;
    json_array_foreach(shares, i, share)
    {
        json_int_t bytes = json_integer_value(json_object_get(share, "bytes"));
        if (bytes > most && strcmp(text_at(share, "class"), "free") != 0) {
            most = bytes;
            largest = text_at(share, "class");
        }
    }
    return largest;
}

struct span expect_actual(const json_t *incident, int field)
{
    const json_t *holders = json_object_get(json_object_get(incident, "holders"), "items");
    switch (field) {
    case 2:
        return span_of(text_at(json_object_get(incident, "limit"), "owner"));
    case 3:
        return span_of(text_at(json_object_get(incident, "victim"), "comm"));
    case 4:
        return span_of(text_at(json_array_get(holders, 0), "name"));
    case 5:
        return span_of(largest_class(incident));
    default:
        return span_of(text_at(incident, expect_fields[field]));
    }
}

bool expect_is_incident(const json_t *incident)
{
    const char *kind = text_at(incident, "kind");
    return strcmp(kind, "none") != 0 && strcmp(kind, "unknown") != 0;
}

static const char *outcome_of(const json_t *verdict, struct span rule, const char *wanted)
{
    const json_t *finding, *findings = json_object_get(verdict, "findings");
    const char *first = NULL;
    size_t i;
    json_array_foreach(findings, i, finding)
    {
        const char *outcome = text_at(finding, "outcome");
        if (!span_is(rule, text_at(finding, "rule")))
            continue;
        if (strcmp(outcome, wanted) == 0)
            return outcome;
        if (!first)
            first = outcome;
    }
    return first;
}

/* ---- one value against its expectation */

/* Words of kernels and fixtures for what the verdict calls otherwise. */
static bool same_word(struct span expected, struct span actual)
{
    static const struct {
        const char *expected, *actual;
    } synonyms[] = {{"oom_kill", "kill"},          {"no_kill", "no-kill"}, {"global", "host"},
                    {"alloc_failure", "pressure"}, {"memcg", "cgroup"},    {"memcg", "ancestor"}};
    for (size_t i = 0; i < sizeof(synonyms) / sizeof(synonyms[0]); i++)
        if (span_is(expected, synonyms[i].expected) && span_is(actual, synonyms[i].actual))
            return true;
    return span_eq(expected, actual);
}

static bool same_field(const struct expect_incident *expected, const json_t *incident, int field)
{
    struct span actual = expect_actual(incident, field), wanted = expected->field[field];
    if (!wanted.p || same_word(wanted, actual))
        return true;
    return field == 5 && wanted.n < actual.n && actual.p[wanted.n] == ' ' &&
           span_eq(span_slice(actual, 0, wanted.n), wanted);
}

static int distance(const struct expect_incident *expected, const json_t *incident)
{
    int n = 0;
    for (int field = 0; field < EXPECT_FIELDS; field++)
        n += !same_field(expected, incident, field);
    return n;
}

static void field_write(int field, struct span value, struct buf *out)
{
    buf_fmt(out, " %s ", expect_fields[field]);
    if (value.n)
        utf8_visible(value, out);
    else
        buf_str(out, "(none)");
}

/* ---- incidents */

static void missing_incident(const struct expect_incident *expected, struct buf *out)
{
    buf_str(out, "- incident missing:");
    for (int field = 0; field < EXPECT_FIELDS; field++)
        if (expected->field[field].p)
            field_write(field, expected->field[field], out);
    buf_char(out, '\n');
}

static void extra_incident(const json_t *incident, struct buf *out)
{
    buf_str(out, "+ incident not expected:");
    for (int field = 0; field < EXPECT_FIELDS; field++)
        if (expect_actual(incident, field).n)
            field_write(field, expect_actual(incident, field), out);
    buf_char(out, '\n');
}

static void different_fields(const struct expect_incident *expected, const json_t *incident,
                             struct buf *out)
{
    for (int field = 0; field < EXPECT_FIELDS; field++) {
        if (same_field(expected, incident, field))
            continue;
        buf_str(out, "- incident");
        field_write(field, expected->field[field], out);
        buf_str(out, "\n+ incident");
        field_write(field, expect_actual(incident, field), out);
        buf_char(out, '\n');
    }
}

/* Each expected one takes the nearest of those that are left. */
static void compare_incidents(const struct expect *expect, const json_t *verdict, struct buf *out)
{
    json_t *left = json_array(), *incident;
    size_t i;
    json_array_foreach(json_object_get(verdict, "incidents"), i, incident)
    {
        if (expect_is_incident(incident))
            json_array_append(left, incident);
    }
    for (size_t e = 0; e < expect->n_incidents; e++) {
        const struct expect_incident *expected = &expect->incidents[e];
        size_t nearest = 0;
        json_array_foreach(left, i, incident)
        {
            if (distance(expected, incident) < distance(expected, json_array_get(left, nearest)))
                nearest = i;
        }
        if (!json_array_size(left)) {
            missing_incident(expected, out);
            continue;
        }
        different_fields(expected, json_array_get(left, nearest), out);
        json_array_remove(left, nearest);
    }
    json_array_foreach(left, i, incident)
    {
        extra_incident(incident, out);
    }
    json_decref(left);
}

/* ---- rules */

static bool is_rule(struct span id, const struct ruleset *rules, const char *key, struct buf *out)
{
    if (ruleset_find(rules, id))
        return true;
    buf_fmt(out, "- %s: no rule is called ", key);
    utf8_visible(id, out);
    buf_char(out, '\n');
    return false;
}

static void compare_rules(const struct expect *expect, const json_t *verdict,
                          const struct ruleset *rules, struct buf *out)
{
    for (size_t i = 0; i < expect->match.n; i++) {
        struct span id = expect->match.items[i];
        const char *outcome = outcome_of(verdict, id, "match");
        if (is_rule(id, rules, "match", out) && (!outcome || strcmp(outcome, "match") != 0))
            buf_fmt(out, "- rule " SPAN_FMT " match\n+ rule " SPAN_FMT " %s\n", SPAN_ARG(id),
                    SPAN_ARG(id), outcome ? outcome : "without a finding");
    }
    for (size_t i = 0; i < expect->silent.n; i++) {
        struct span id = expect->silent.items[i];
        const char *outcome = outcome_of(verdict, id, "match");
        if (is_rule(id, rules, "silent", out) && outcome && strcmp(outcome, "match") == 0)
            buf_fmt(out, "- rule " SPAN_FMT " silent\n+ rule " SPAN_FMT " match\n", SPAN_ARG(id),
                    SPAN_ARG(id));
    }
}

static void check_ids(const struct text_list *list, const struct ruleset *rules, const char *key,
                      struct buf *out)
{
    for (size_t i = 0; i < list->n; i++)
        is_rule(list->items[i], rules, key, out);
}

static bool list_has(const struct text_list *list, const char *text)
{
    for (size_t i = 0; i < list->n; i++)
        if (span_is(list->items[i], text))
            return true;
    return false;
}

static void compare_unknown(const struct expect *expect, const json_t *verdict, struct buf *out)
{
    const json_t *finding, *findings = json_object_get(verdict, "findings");
    const char *said = "";
    size_t i;
    json_array_foreach(findings, i, finding)
    {
        const char *rule = text_at(finding, "rule");
        if (strcmp(text_at(finding, "outcome"), "unknown") == 0 && strcmp(rule, said) != 0 &&
            !list_has(&expect->may_be_unknown, rule)) {
            buf_fmt(out, "- rule %s decided\n+ rule %s unknown\n", rule, rule);
            said = rule;
        }
    }
}

void expect_compare(const struct expect *expect, const json_t *verdict, int exit,
                    const struct ruleset *rules, struct buf *out)
{
    if (expect->has_exit && expect->exit != exit)
        buf_fmt(out, "- exit %d\n+ exit %d\n", expect->exit, exit);
    if (expect->has_incidents)
        compare_incidents(expect, verdict, out);
    compare_rules(expect, verdict, rules, out);
    if (expect->has_unknown)
        compare_unknown(expect, verdict, out);
    check_ids(&expect->may_be_unknown, rules, "may_be_unknown", out);
}

/* ---- a new expectation */

static void incidents_write(const json_t *verdict, struct buf *out)
{
    json_t *incident;
    size_t i, n = 0;
    json_array_foreach(json_object_get(verdict, "incidents"), i, incident)
    {
        const char *mark = "  - ";
        if (!expect_is_incident(incident))
            continue;
        buf_str(out, n++ ? "" : "incidents:\n");
        for (int field = 0; field < EXPECT_FIELDS; field++) {
            struct span value = expect_actual(incident, field);
            if (!value.n)
                continue;
            buf_fmt(out, "%s%s: ", mark, expect_fields[field]);
            scalar_write(value, out);
            buf_char(out, '\n');
            mark = "    ";
        }
    }
    if (!n)
        buf_str(out, "incidents: []\n");
}

static void matches_write(const json_t *verdict, struct buf *out)
{
    json_t *finding;
    const char *last = "", *mark = "";
    size_t i;
    buf_str(out, "match: [");
    json_array_foreach(json_object_get(verdict, "findings"), i, finding)
    {
        const char *rule = text_at(finding, "rule");
        if (strcmp(text_at(finding, "outcome"), "match") != 0 || strcmp(rule, last) == 0)
            continue;
        buf_fmt(out, "%s%s", mark, rule);
        mark = ", ";
        last = rule;
    }
    buf_str(out, "]\n");
}

static void kept_write(const char *key, const struct text_list *list, const json_t *verdict,
                       struct buf *out)
{
    const char *mark = "";
    buf_fmt(out, "%s: [", key);
    for (size_t i = 0; i < list->n; i++) {
        const char *outcome = outcome_of(verdict, list->items[i], "match");
        if (outcome && strcmp(outcome, "match") == 0)
            continue;
        buf_fmt(out, "%s" SPAN_FMT, mark, SPAN_ARG(list->items[i]));
        mark = ", ";
    }
    buf_str(out, "]\n");
}

void expect_write(const struct expect *old, const json_t *verdict, int exit, struct buf *out)
{
    buf_fmt(out, "format: 1\nbundle: ");
    scalar_write(old->bundle, out);
    if (old->before.n) {
        buf_str(out, "\nbefore: ");
        scalar_write(old->before, out);
    }
    buf_fmt(out, "\nexit: %d\n", exit);
    incidents_write(verdict, out);
    matches_write(verdict, out);
    kept_write("silent", &old->silent, verdict, out);
    if (old->has_unknown)
        kept_write("may_be_unknown", &old->may_be_unknown, verdict, out);
}
