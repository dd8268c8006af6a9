/* SPDX-License-Identifier: MIT */
/* What the rules found, as JSON: of each rule and outcome the first, and how many more there are.
 */
#include "render/json.h"

#include <stdlib.h>
#include <string.h>

static json_t *json_texts(const struct text_list *list)
{
    json_t *array = json_array();
    for (size_t i = 0; i < list->n; i++)
        json_array_append_new(array, json_own(list->items[i]));
    return array;
}

static void set_facts(json_t *object, const char *key, const struct pen *pen,
                      const struct ref *refs, size_t n)
{
    json_t *array = json_array();
    for (size_t i = 0; i < n && i < JSON_LIST_MAX; i++)
        json_array_append_new(array, json_fact(pen->store, refs[i]));
    json_set(object, key, array);
}

static void set_evidence(json_t *object, const struct pen *pen, const struct finding *finding)
{
    set_facts(object, "evidence", pen, finding->cites, finding->n_cites);
    if (finding->n_cites > JSON_LIST_MAX)
        json_set(object, "evidence_omitted",
                 json_integer((json_int_t)finding->n_cites - JSON_LIST_MAX));
}

static json_t *missing_json(const struct pen *pen, const struct finding *finding)
{
    static const char *const reasons[] = {[LACK_NOT_CAPTURED] = "not-captured",
                                          [LACK_NO_MEMBER] = "no-member",
                                          [LACK_NO_KEY] = "no-key",
                                          [LACK_UNREADABLE] = "unreadable",
                                          [LACK_INCOMPLETE] = "incomplete",
                                          [LACK_COMPUTED] = "computed"};
    json_t *array = json_array();
    for (size_t i = 0; i < finding->n_lacks && i < JSON_LIST_MAX; i++) {
        struct lack lack = store_lack(pen->store, finding->lacks[i]);
        json_t *object = json_object();
        json_set(object, "fact", json_fact_name(pen->store, finding->lacks[i]));
        json_set(object, "member", json_evidence(lack.member));
        json_set(object, "reason", json_string(reasons[lack.reason]));
        json_set(object, "status", json_evidence(lack.status));
        if (lack.where.member)
            json_set(object, "place", json_place(pen->store, lack.where));
        json_array_append_new(array, object);
    }
    return array;
}

static void set_missing(json_t *object, const struct pen *pen, const struct finding *finding)
{
    json_set(object, "missing", missing_json(pen, finding));
    if (finding->n_lacks > JSON_LIST_MAX)
        json_set(object, "missing_omitted",
                 json_integer((json_int_t)finding->n_lacks - JSON_LIST_MAX));
}

const char *json_outcome(enum rule_outcome outcome)
{
    static const char *const names[] = {"match", "clear", "unknown", "not-applicable"};
    return names[outcome];
}

static json_t *finding_json(const struct pen *pen, const struct finding *finding)
{
    static const char *const kinds[] = {"scope", "cause", "pressure", "mistake", "risk"};
    static const char *const severities[] = {"notice", "warning", "critical"};
    const struct rule *rule = finding->rule;
    json_t *object = json_object();
    json_set(object, "rule", json_own(rule->id));
    json_set(object, "title", json_own(rule->title));
    json_set(object, "kind", json_string(kinds[rule->kind]));
    json_set(object, "severity", json_string(severities[rule->severity]));
    json_set(object, "outcome", json_string(json_outcome(finding->outcome)));
    if (finding->row != ROW_NONE)
        json_set(object, "row", json_row_name(pen->store, rule->table, finding->row));
    if (finding->over_limit)
        json_set(object, "over_limit", json_true());
    set_evidence(object, pen, finding);
    if (finding->outcome == OUTCOME_UNKNOWN)
        set_missing(object, pen, finding);
    if (finding->outcome != OUTCOME_MATCH)
        return object;
    json_set(object, "say", json_phrase(&finding->say));
    if (finding->explains_known)
        json_set(object, "explains_bytes", json_integer(finding->explains_bytes));
    json_set(object, "because", json_own(rule->because));
    json_set(object, "do", json_texts(&rule->do_list));
    json_set(object, "dont", json_texts(&rule->dont_list));
    json_set(object, "refs", json_texts(&rule->refs));
    set_facts(object, "context", pen, finding->context, finding->n_context);
    return object;
}

/* Walks the findings, which stand rule by rule, and counts those of one rule and outcome. */
struct finding_walk {
    const struct findings *findings;
    size_t i, seen[OUTCOME_NOT_APPLICABLE + 1];
};

static const struct finding *walk_next(struct finding_walk *walk)
{
    const struct finding *items = walk->findings->items;
    size_t i = walk->i++;
    if (i == walk->findings->n)
        return NULL;
    if (i && items[i].rule != items[i - 1].rule)
        memset(walk->seen, 0, sizeof(walk->seen));
    walk->seen[items[i].outcome]++;
    return &items[i];
}

static bool is_last_of_rule(const struct finding_walk *walk)
{
    const struct finding *items = walk->findings->items;
    return walk->i == walk->findings->n || items[walk->i].rule != items[walk->i - 1].rule;
}

json_t *json_findings_omitted(const struct findings *findings)
{
    struct finding_walk walk = {.findings = findings};
    json_t *array = json_array();
    for (const struct finding *finding; (finding = walk_next(&walk));)
        for (int i = 0; is_last_of_rule(&walk) && i <= OUTCOME_NOT_APPLICABLE; i++) {
            if (walk.seen[i] <= JSON_LIST_MAX)
                continue;
            json_t *object = json_object();
            json_set(object, "rule", json_own(finding->rule->id));
            json_set(object, "outcome", json_string(json_outcome((enum rule_outcome)i)));
            json_set(object, "count", json_integer((json_int_t)walk.seen[i] - JSON_LIST_MAX));
            json_array_append_new(array, object);
        }
    return array;
}

/* Each is written as soon as it is made, since a tree of all of them takes ten times the bytes of
 * its text. Strings hold no line feed, so each of these ends a line of the layout. */
static void finding_write(const struct pen *pen, const struct finding *finding, struct buf *out)
{
    json_t *object = finding_json(pen, finding);
    char *text = json_dumps(object, JSON_INDENT(1) | JSON_ENSURE_ASCII);
    struct span line, rest = span_of(text);
    for (bool more = true; more;) {
        more = span_cut(rest, '\n', &line, &rest);
        buf_str(out, "\n  ");
        buf_add(out, line);
    }
    free(text);
    json_decref(object);
}

void json_findings_write(const struct pen *pen, const struct findings *findings, struct buf *out)
{
    struct finding_walk walk = {.findings = findings};
    const char *comma = "";
    for (const struct finding *finding; (finding = walk_next(&walk));) {
        if (walk.seen[finding->outcome] > JSON_LIST_MAX)
            continue;
        buf_str(out, comma);
        comma = ",";
        finding_write(pen, finding, out);
    }
    buf_str(out, findings->n ? "\n " : "");
}
