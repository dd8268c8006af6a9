/* SPDX-License-Identifier: MIT */
#include "cli/list.h"

#include "render/json.h"
#include "rule/body.h"

#include <stdlib.h>

static void json_line(const struct rule *rule, struct buf *out)
{
    json_t *object = json_object();
    json_set(object, "id", json_own(rule->id));
    json_set(object, "kind", json_string(rule_kind_names[rule->kind]));
    json_set(object, "severity", json_string(rule_severity_names[rule->severity]));
    json_set(object, "status", json_own(rule->status));
    json_set(object, "title", json_own(rule->title));
    char *text = json_dumps(object, JSON_COMPACT | JSON_ENSURE_ASCII);
    buf_fmt(out, "%s\n", text);
    free(text);
    json_decref(object);
}

void list_write(const struct ruleset *rules, enum format format, struct buf *out)
{
    if (format == FORMAT_MARKDOWN)
        ruleset_catalogue(rules, out);
    else if (format == FORMAT_TEXT)
        ruleset_list(rules, out);
    for (size_t i = 0; format == FORMAT_JSON && i < ruleset_count(rules); i++)
        json_line(ruleset_at(rules, i), out);
}
