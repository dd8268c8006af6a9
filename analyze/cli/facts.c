/* SPDX-License-Identifier: MIT */
#include "cli/facts.h"

#include "render/json.h"

#include <stdlib.h>

struct walk {
    const struct store *store;
    struct buf *out;
    json_t *sources;
};

static void line_write(struct walk *walk, json_t *object)
{
    char *text = json_dumps(object, JSON_COMPACT | JSON_ENSURE_ASCII);
    buf_str(walk->out, text);
    buf_char(walk->out, '\n');
    free(text);
    json_decref(object);
}

static json_t *row_key(const struct store *store, enum table_id table, uint32_t row)
{
    const struct table_def *def = schema_table(table);
    if (def->is_object || !def->key)
        return json_evidence(SPAN_NONE);
    return json_evidence(store_row_key(store, table, row));
}

static void add_source(void *context, struct ref ref)
{
    struct walk *walk = context;
    json_array_append_new(walk->sources, json_fact_name(walk->store, ref));
}

/* What a computed fact rests on: facts that were read. */
static json_t *sources_of(struct walk *walk, struct ref ref)
{
    walk->sources = json_array();
    store_sources(walk->store, ref, add_source, walk);
    return walk->sources;
}

static void fact_line(struct walk *walk, enum table_id table, uint32_t row, enum field_id field)
{
    struct ref ref = ref_of(field, row);
    struct fact fact = store_get(walk->store, ref);
    if (fact.state == FACT_ABSENT)
        return;
    json_t *line = json_fact(walk->store, ref);
    json_object_del(line, "line");
    json_set(line, "table", json_string(schema_table(table)->name));
    json_set(line, "row", row_key(walk->store, table, row));
    json_set(line, "field", json_string(schema_field(field)->name));
    json_set(line, "type", json_string(schema_type_name(fact.type)));
    if (fact.state == FACT_UNREADABLE)
        json_set(line, "unreadable", json_true());
    if (fact.is_computed) {
        json_object_del(line, "places");
        json_set(line, "computed_from", sources_of(walk, ref));
    }
    line_write(walk, line);
}

/* Only what was said: nothing said means incomplete, and there is no line for it. */
static void completeness_line(struct walk *walk, enum table_id table, uint32_t parent_row)
{
    struct where where;
    struct ref ref = ref_complete(table, parent_row);
    if (!store_places(walk->store, ref, &where, 1))
        return;
    json_t *line = json_fact(walk->store, ref);
    enum table_id parent = schema_table(table)->parent;
    json_object_del(line, "line");
    json_object_del(line, "value");
    json_object_del(line, "unit");
    json_set(line, "table", json_string(schema_table(table)->name));
    if (parent != TABLE_NONE)
        json_set(line, "parent", json_row_name(walk->store, parent, parent_row));
    json_set(line, "complete", json_boolean(store_is_complete(walk->store, table, parent_row)));
    line_write(walk, line);
}

static void table_lines(struct walk *walk, enum table_id table)
{
    const struct table_def *def = schema_table(table);
    uint32_t rows = store_row_count(walk->store, table);
    for (uint32_t row = 0; row < rows; row++)
        for (uint32_t i = 0; i < def->n_fields; i++)
            fact_line(walk, table, row, (enum field_id)(def->first_field + i));
    uint32_t parents = def->parent == TABLE_NONE ? 1 : store_row_count(walk->store, def->parent);
    for (uint32_t parent = 0; !def->is_object && parent < parents; parent++)
        completeness_line(walk, table, parent);
}

void facts_write(const struct store *store, struct buf *out)
{
    struct walk walk = {.store = store, .out = out};
    for (int table = 0; table < TABLE_COUNT; table++)
        table_lines(&walk, (enum table_id)table);
}
