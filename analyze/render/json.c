/* SPDX-License-Identifier: MIT */
/* The verdict as one JSON object; analyze/schema/verdict.v1.json describes it. Numbers are integers
 * in base units; sentences are CommonMark inline text with evidence in code spans. */
#include "render/json.h"

#include <stdlib.h>

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

static const char *outcome_name(enum rule_outcome outcome)
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
    json_set(object, "outcome", json_string(outcome_name(finding->outcome)));
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

static json_t *bundle_json(const struct pen *pen, const struct verdict *verdict)
{
    static const struct {
        const char *key;
        enum field_id field;
    } facts[] = {{"hostname", F_host_hostname},
                 {"boot_id", F_host_boot_id},
                 {"kernel", F_host_kernel},
                 {"machine", F_host_machine},
                 {"page_size_bytes", F_host_page_size},
                 {"container", F_host_container},
                 {"cgroup_mode", F_host_cgroup_mode},
                 {"captured_wall_us", F_capture_wall},
                 {"captured_boot_us", F_capture_time},
                 {"complete", F_capture_complete},
                 {"members", F_capture_members},
                 {"samples", F_capture_samples}};
    json_t *object = json_object();
    json_set(object, "sha256",
             verdict->input_sha256.n ? json_own(verdict->input_sha256) : json_null());
    for (size_t i = 0; i < sizeof(facts) / sizeof(*facts); i++)
        json_set(object, facts[i].key, json_value(pen->store, ref_of(facts[i].field, 0)));
    return object;
}

static json_t *observations_json(const struct pen *pen)
{
    json_t *array = json_array();
    for (uint32_t i = 0; i < store_observation_count(pen->store); i++) {
        const struct observation *observation = store_observation(pen->store, i);
        json_t *object = json_object();
        json_set(object, "kind", json_string(observation_kind_name(observation->kind)));
        json_set(object, "text", json_evidence(observation->text));
        json_set(object, "count", json_integer(observation->count));
        if (observation->where.member)
            json_set(object, "place", json_place(pen->store, observation->where));
        json_array_append_new(array, object);
    }
    return array;
}

static json_t *tool_json(const struct verdict *verdict)
{
    json_t *object = json_object();
    json_set(object, "name", json_string("oomscope"));
    json_set(object, "version", json_string(OOMSCOPE_VERSION));
    json_set(object, "rules_sha256",
             verdict->rules_digest.n ? json_own(verdict->rules_digest) : json_null());
    return object;
}

static json_t *summary_json(const struct verdict *verdict)
{
    json_t *object = json_object();
    json_set(object, "incidents", json_integer((json_int_t)verdict->n_incidents));
    for (int i = OUTCOME_MATCH; i <= OUTCOME_NOT_APPLICABLE; i++)
        json_set(object, outcome_name((enum rule_outcome)i),
                 json_integer((json_int_t)verdict->outcomes[i]));
    return object;
}

static json_t *verdict_json(const struct pen *pen, const struct verdict *verdict)
{
    json_t *object = json_object();
    json_t *incidents = json_array();
    for (size_t i = 0; i < verdict->n_incidents; i++)
        json_array_append_new(incidents, json_incident(pen, &verdict->incidents[i]));
    json_set(object, "format_version", json_string("1.0"));
    json_set(object, "tool", tool_json(verdict));
    json_set(object, "bundle", bundle_json(pen, verdict));
    json_set(object, "summary", summary_json(verdict));
    json_set(object, "incidents", incidents);
    json_set(object, "findings", json_array()); /* findings_write puts them in */
    json_set(object, "disagreements", json_statements(pen, &verdict->disagreements));
    json_set(object, "observations", observations_json(pen));
    return object;
}

/* A million processes have millions of findings: each is written as soon as it is made, since a
 * tree of all of them takes ten times the bytes of its text. Strings hold no line feed, so each of
 * these ends a line of the layout. */
static void findings_write(const struct pen *pen, const struct findings *findings, struct buf *out)
{
    for (size_t i = 0; i < findings->n; i++) {
        json_t *object = finding_json(pen, &findings->items[i]);
        char *text = json_dumps(object, JSON_INDENT(1) | JSON_ENSURE_ASCII);
        struct span line, rest = span_of(text);
        for (bool more = true; more;) {
            more = span_cut(rest, '\n', &line, &rest);
            buf_str(out, "\n  ");
            buf_add(out, line);
        }
        buf_str(out, i + 1 < findings->n ? "," : "\n ");
        free(text);
        json_decref(object);
    }
}

void render_json(const struct verdict *verdict, const struct render_options *options,
                 struct buf *out)
{
    (void)options;
    struct buf scratch = {0};
    struct pen pen = {PEN_MARKDOWN, false, true, verdict->store, &scratch};
    json_t *object = verdict_json(&pen, verdict);
    char *text = json_dumps(object, JSON_INDENT(1) | JSON_ENSURE_ASCII);
    struct span all = span_of(text), key = SPAN_LIT("\n \"findings\": [");
    size_t at = span_find(all, key) + key.n;
    buf_add(out, span_slice(all, 0, at));
    findings_write(&pen, verdict->findings, out);
    buf_add(out, span_skip(all, at));
    buf_char(out, '\n');
    free(text);
    json_decref(object);
    buf_free(&scratch);
}
