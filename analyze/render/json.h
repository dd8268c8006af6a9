/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_RENDER_JSON_H
#define OOMSCOPE_RENDER_JSON_H

#include "render/pen.h"

#include <jansson.h>

enum { JSON_LIST_MAX = 100 };

/* Private to render/: pieces of the JSON object. All return new references. */

void json_set(json_t *object, const char *key, json_t *value); /* steals value */
json_t *json_own(struct span text); /* our own text, or that of a rule's author */
/* Text of the bundle: a string, or {"text": ..., "lossy": true} where bytes had to be replaced. */
json_t *json_evidence(struct span text);
json_t *json_phrase(const struct phrase *phrase);
json_t *json_place(const struct store *store, struct where where);
/* "places", and how many were left out of a list that a reader would not read to its end. */
void json_set_places(json_t *object, const struct pen *pen, const struct statement *statement);
json_t *json_statement(const struct pen *pen, const struct statement *statement);
json_t *json_statements(const struct pen *pen, const struct statements *list);
json_t *json_quantity(const struct quantity *quantity);        /* integer, "unlimited" or null */
json_t *json_value(const struct store *store, struct ref ref); /* the same for a fact of any type */
json_t *json_fact_name(const struct store *store, struct ref ref); /* "oom_events[2].usage" */
json_t *json_row_name(const struct store *store, enum table_id table, uint32_t row);
json_t *json_fact(const struct store *store, struct ref ref); /* name, value, unit, places, line */
json_t *json_incident(const struct pen *pen, const struct incident *incident);
const char *json_outcome(enum rule_outcome outcome);
/* The elements of "findings", as text of the layout of render_json. */
void json_findings_write(const struct pen *pen, const struct findings *findings, struct buf *out);
/* How many of them are left out, by rule and outcome; an empty array when none is. */
json_t *json_findings_omitted(const struct findings *findings);

#endif
