/* SPDX-License-Identifier: MIT */
#include "rule/names.h"

#include "rule/near.h"

static int row_slot(const struct checker *c, struct span name)
{
    for (uint32_t i = 0; i < c->scope->n_rows; i++)
        if (span_eq(c->scope->rows[i].name, name))
            return (int)i;
    return SLOT_OBJECT;
}

static bool is_row(const struct checker *c, struct span name)
{
    return row_slot(c, name) != SLOT_OBJECT;
}

static void offer_tables(struct near *near, bool objects)
{
    for (uint32_t t = 0; t < TABLE_COUNT; t++) {
        const struct table_def *def = schema_table((enum table_id)t);
        if (def->parent == TABLE_NONE && def->is_object == objects)
            near_offer(near, span_of(def->name));
    }
}

static bool unknown_name(const struct checker *c, const struct node *node)
{
    struct near near = near_name(node->name);
    for (uint32_t i = 0; i < c->scope->n_lets; i++)
        near_offer(&near, c->scope->lets[i].name);
    for (uint32_t i = 0; i < c->scope->n_rows; i++)
        near_offer(&near, c->scope->rows[i].name);
    if (node->field.n)
        offer_tables(&near, true);
    return script_error(c->script, node->name_at, "unknown name " SPAN_FMT "%s",
                        SPAN_ARG(node->name), near_hint(&near));
}

static bool unknown_field(const struct checker *c, const struct node *node, enum table_id table)
{
    const struct table_def *def = schema_table(table);
    struct near near = near_name(node->field);
    for (uint32_t f = 0; f < def->n_fields; f++)
        near_offer(&near, span_of(schema_field((enum field_id)(def->first_field + f))->name));
    if (schema_find_child(table, node->field) != TABLE_NONE)
        return script_error(c->script, node->field_at,
                            SPAN_FMT " is a table: use any, all, count, sum, min or max over it",
                            SPAN_ARG(node->field));
    return script_error(c->script, node->field_at, "%s has no field " SPAN_FMT "%s", def->name,
                        SPAN_ARG(node->field), near_hint(&near));
}

static bool resolve_let(struct checker *c, struct node *node)
{
    for (uint32_t i = 0; i < c->scope->n_lets; i++)
        if (span_eq(c->scope->lets[i].name, node->name)) {
            node->kind = NODE_LET;
            node->let = i;
            node->type = c->scope->lets[i].type;
            return true;
        }
    enum table_id table = schema_find_table(node->name);
    if (is_row(c, node->name) || (table != TABLE_NONE && schema_table(table)->is_object))
        return script_error(c->script, node->name_at, SPAN_FMT " needs a field: " SPAN_FMT ".name",
                            SPAN_ARG(node->name), SPAN_ARG(node->name));
    return unknown_name(c, node);
}

bool names_path(struct checker *c, struct node *node)
{
    int slot = row_slot(c, node->name);
    enum table_id table =
        slot == SLOT_OBJECT ? schema_find_table(node->name) : c->scope->rows[slot].table;
    if (slot == SLOT_OBJECT && table != TABLE_NONE && !schema_table(table)->is_object)
        return script_error(c->script, node->name_at,
                            SPAN_FMT " is a table: use any, all, count, sum, min or max over it",
                            SPAN_ARG(node->name));
    if (node->field.n == 0)
        return resolve_let(c, node);
    if (table == TABLE_NONE)
        return unknown_name(c, node);
    node->field_id = schema_find_field(table, node->field);
    if (node->field_id == FIELD_NONE)
        return unknown_field(c, node, table);
    node->kind = NODE_FIELD;
    node->slot = slot;
    node->table = table;
    node->type = schema_field(node->field_id)->type;
    return true;
}

/* ---- rows */

static bool resolve_child_table(struct checker *c, struct node *node)
{
    node->parent_slot = row_slot(c, node->first);
    if (node->parent_slot == SLOT_OBJECT)
        return script_error(c->script, node->field_at, "unknown name " SPAN_FMT,
                            SPAN_ARG(node->first));
    enum table_id parent = c->scope->rows[node->parent_slot].table;
    node->table = schema_find_child(parent, node->field);
    if (node->table != TABLE_NONE)
        return true;
    struct near near = near_name(node->field);
    for (uint32_t t = 0; t < TABLE_COUNT; t++)
        if (schema_table((enum table_id)t)->parent == parent)
            near_offer(&near, span_of(schema_table((enum table_id)t)->parent_field));
    return script_error(c->script, node->field_at, "a row of %s has no table " SPAN_FMT "%s",
                        schema_table(parent)->name, SPAN_ARG(node->field), near_hint(&near));
}

static bool resolve_table(struct checker *c, struct node *node)
{
    if (node->first.n)
        return resolve_child_table(c, node);
    node->table = schema_find_table(node->field);
    if (node->table == TABLE_NONE) {
        struct near near = near_name(node->field);
        offer_tables(&near, false);
        return script_error(c->script, node->field_at, "unknown table " SPAN_FMT "%s",
                            SPAN_ARG(node->field), near_hint(&near));
    }
    if (schema_table(node->table)->is_object)
        return script_error(c->script, node->field_at, SPAN_FMT " is one object, not a table",
                            SPAN_ARG(node->field));
    return true;
}

static bool name_is_free(const struct checker *c, struct span name)
{
    for (uint32_t i = 0; i < c->scope->n_lets; i++)
        if (span_eq(c->scope->lets[i].name, name))
            return false;
    return !is_row(c, name) && schema_find_table(name) == TABLE_NONE;
}

bool names_bind(struct checker *c, struct node *node)
{
    if (!resolve_table(c, node))
        return false;
    if (!name_is_free(c, node->name))
        return script_error(c->script, node->name_at, "the name " SPAN_FMT " is taken",
                            SPAN_ARG(node->name));
    if (c->scope->n_rows >= c->script->limits->bindings)
        return script_error(c->script, node->begin, "more than %u bindings in each other",
                            c->script->limits->bindings);
    node->slot = (int)c->scope->n_rows;
    c->scope->rows[c->scope->n_rows++] = (struct scope_row){node->name, node->table};
    return true;
}
