/* SPDX-License-Identifier: MIT */
/* The verdict as one JSON object; analyze/schema/verdict.v1.json describes it. Numbers are integers
 * in base units; sentences are CommonMark inline text with evidence in code spans. */
#include "render/json.h"

#include <stdlib.h>

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
    json_set(
        object, "incidents",
        json_integer((json_int_t)verdict->n_incidents + (json_int_t)verdict->incidents_omitted));
    for (int i = OUTCOME_MATCH; i <= OUTCOME_NOT_APPLICABLE; i++)
        json_set(object, json_outcome((enum rule_outcome)i),
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
    if (verdict->incidents_omitted)
        json_set(object, "incidents_omitted", json_integer((json_int_t)verdict->incidents_omitted));
    json_set(object, "findings", json_array()); /* json_findings_write puts them in */
    json_t *omitted = json_findings_omitted(verdict->findings);
    if (json_array_size(omitted))
        json_set(object, "findings_omitted", omitted);
    else
        json_decref(omitted);
    json_set(object, "disagreements", json_statements(pen, &verdict->disagreements));
    json_set(object, "observations", observations_json(pen));
    return object;
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
    json_findings_write(&pen, verdict->findings, out);
    buf_add(out, span_skip(all, at));
    buf_char(out, '\n');
    free(text);
    json_decref(object);
    buf_free(&scratch);
}
