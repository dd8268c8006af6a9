/* SPDX-License-Identifier: MIT */
#include "render/json.h"

#include "base/utf8.h"

#include <inttypes.h>

void json_set(json_t *object, const char *key, json_t *value)
{
    json_object_set_new(object, key, value);
}

static json_t *string_of(const struct buf *text)
{
    return json_stringn(text->n ? text->p : "", text->n);
}

/* Even our own words pass the same gate: a rule file may hold any byte. */
json_t *json_own(struct span text)
{
    struct buf visible = {0};
    utf8_visible(text, &visible);
    json_t *string = string_of(&visible);
    buf_free(&visible);
    return string;
}

json_t *json_evidence(struct span text)
{
    struct buf visible = {0};
    bool lossy = utf8_visible(text, &visible);
    json_t *value = string_of(&visible);
    buf_free(&visible);
    if (!lossy)
        return value;
    json_t *object = json_object();
    json_set(object, "text", value);
    json_set(object, "lossy", json_true());
    return object;
}

json_t *json_phrase(const struct phrase *phrase)
{
    struct buf text = {0};
    pen_phrase(phrase, &text);
    json_t *string = string_of(&text);
    buf_free(&text);
    return string;
}

json_t *json_place(const struct store *store, struct where where)
{
    json_t *object = json_object();
    json_set(object, "member", json_evidence(store_member_path(store, where.member)));
    if (where.line)
        json_set(object, "line", json_integer(where.line));
    return object;
}

void json_set_places(json_t *object, const struct pen *pen, const struct statement *statement)
{
    json_t *array = json_array();
    size_t n = statement->n_places < JSON_LIST_MAX ? statement->n_places : JSON_LIST_MAX;
    for (size_t i = 0; i < n; i++)
        json_array_append_new(array, json_place(pen->store, statement->places[i]));
    json_set(object, "places", array);
    if (n < statement->n_places)
        json_set(object, "places_omitted", json_integer((json_int_t)(statement->n_places - n)));
}

json_t *json_statement(const struct pen *pen, const struct statement *statement)
{
    json_t *object = json_object();
    json_set(object, "text", json_phrase(&statement->text));
    json_set_places(object, pen, statement);
    return object;
}

json_t *json_statements(const struct pen *pen, const struct statements *list)
{
    json_t *array = json_array();
    for (size_t i = 0; i < list->n; i++)
        json_array_append_new(array, json_statement(pen, &list->items[i]));
    return array;
}

json_t *json_quantity(const struct quantity *quantity)
{
    if (quantity->unlimited)
        return json_string("unlimited");
    return quantity->known ? json_integer(quantity->value) : json_null();
}

json_t *json_value(const struct store *store, struct ref ref)
{
    struct fact fact = store_get(store, ref);
    if (ref.column == REF_COMPLETE)
        return json_boolean(store_is_complete(store, (enum table_id)ref.table, ref.row));
    if (fact.state == FACT_UNLIMITED)
        return json_string("unlimited");
    if (fact.state != FACT_KNOWN)
        return json_null();
    if (fact.type == FACT_TEXT)
        return json_evidence(fact.text);
    return fact.type == FACT_BOOL ? json_boolean(fact.number != 0) : json_integer(fact.number);
}

/* oom_events[2].tasks[7]: rows of children are named by their place among the siblings. */
static void row_write(const struct store *store, enum table_id table, uint32_t row, struct buf *out)
{
    const struct table_def *def = schema_table(table);
    if (def->parent != TABLE_NONE) {
        row_write(store, def->parent, store_row_parent(store, table, row), out);
        buf_fmt(out, ".%s[%" PRIu32 "]", def->parent_field, row);
        return;
    }
    buf_str(out, def->name);
    if (def->is_object)
        return;
    struct span key = store_row_key(store, table, row);
    buf_char(out, '[');
    if (key.n)
        utf8_visible(key, out);
    else
        buf_fmt(out, "%" PRIu32, row);
    buf_char(out, ']');
}

json_t *json_row_name(const struct store *store, enum table_id table, uint32_t row)
{
    struct buf text = {0};
    row_write(store, table, row, &text);
    json_t *string = string_of(&text);
    buf_free(&text);
    return string;
}

json_t *json_fact_name(const struct store *store, struct ref ref)
{
    struct buf text = {0};
    enum table_id table = (enum table_id)ref.table;
    if (ref.column == REF_COMPLETE) {
        buf_str(&text, schema_table(table)->name);
        buf_str(&text, " is complete");
    } else {
        row_write(store, table, ref.row, &text);
        buf_fmt(&text, ".%s", schema_field(ref_field(ref))->name);
    }
    json_t *string = string_of(&text);
    buf_free(&text);
    return string;
}

static const char *unit_of(struct ref ref)
{
    static const char *const units[] = {
        [FACT_BYTES] = "bytes",   [FACT_COUNT] = "count",  [FACT_DURATION] = "us",
        [FACT_RATIO] = "1/10000", [FACT_RATE] = "bytes/s", [FACT_TEXT] = "text",
        [FACT_BOOL] = "bool",     [FACT_TABLE] = "bool"};
    return ref.column == REF_COMPLETE ? "bool" : units[schema_field(ref_field(ref))->type];
}

json_t *json_fact(const struct store *store, struct ref ref)
{
    json_t *object = json_object(), *places = json_array();
    struct where where[2];
    size_t n = store_places(store, ref, where, 2);
    for (size_t i = 0; i < n && i < 2; i++)
        json_array_append_new(places, json_place(store, where[i]));
    json_set(object, "fact", json_fact_name(store, ref));
    json_set(object, "value", json_value(store, ref));
    json_set(object, "unit", json_string(unit_of(ref)));
    json_set(object, "places", places);
    struct span line = n ? store_line(store, where[0]) : SPAN_NONE;
    if (line.p)
        json_set(object, "line", json_evidence(line));
    return object;
}
