/* SPDX-License-Identifier: MIT */
#include "rule/check.h"

#include "rule/near.h"

struct checker {
    const struct script *script;
    struct scope *scope;
};

static bool check(struct checker *c, struct node *node);

static const char *type_name(const struct node *node)
{
    return schema_type_name(node->type);
}

static bool is_amount(enum fact_type type)
{
    return type <= FACT_RATE;
}

/* ---- names */

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

static bool resolve_path(struct checker *c, struct node *node)
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

static bool bind(struct checker *c, struct node *node)
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

/* ---- types */

static bool want_bool(struct checker *c, const struct node *node, const char *what)
{
    return node->type == FACT_BOOL ||
           script_error(c->script, node->begin, "%s is a condition, not %s", what, type_name(node));
}

/* "'>' cannot join bytes and count", with the unit that a bare number may have wanted. */
static bool mismatch(struct checker *c, const struct node *node)
{
    struct token sign;
    if (!lex_next(c->script, node->a->end, &sign))
        return false;
    const struct node *literal = node->b->kind == NODE_NUMBER ? node->b : node->a;
    const struct node *other = literal == node->b ? node->a : node->b;
    static const char *const suffix[] = {"GiB", "", "s", "%", "MiB/s"};
    if (literal->kind == NODE_NUMBER && literal->type == FACT_COUNT && is_amount(other->type))
        return script_error(c->script, sign.begin,
                            "'" SPAN_FMT "' cannot join %s and %s; did you mean " SPAN_FMT "%s?",
                            SPAN_ARG(sign.text), type_name(node->a), type_name(node->b),
                            SPAN_ARG(span_slice(c->script->text, literal->begin, literal->end)),
                            suffix[other->type]);
    if (literal->kind == NODE_NUMBER && literal->type == FACT_RATIO && is_amount(other->type))
        return script_error(c->script, sign.begin,
                            "'" SPAN_FMT "' cannot join %s and %s; did you mean " SPAN_FMT " of x?",
                            SPAN_ARG(sign.text), type_name(node->a), type_name(node->b),
                            SPAN_ARG(span_slice(c->script->text, literal->begin, literal->end)));
    return script_error(c->script, sign.begin, "'" SPAN_FMT "' cannot join %s and %s",
                        SPAN_ARG(sign.text), type_name(node->a), type_name(node->b));
}

/* `unlimited` takes the type of what it is compared with. */
static bool adopt_unlimited(struct checker *c, struct node *a, struct node *b)
{
    if (a->kind == NODE_UNLIMITED && b->kind == NODE_UNLIMITED)
        return script_error(c->script, a->begin, "unlimited is compared with itself");
    if (a->kind == NODE_UNLIMITED)
        return adopt_unlimited(c, b, a);
    if (b->kind != NODE_UNLIMITED)
        return true;
    if (a->type != FACT_BYTES && a->type != FACT_COUNT)
        return script_error(c->script, b->begin, "only bytes and count can be unlimited, not %s",
                            type_name(a));
    b->type = a->type;
    return true;
}

static bool check_comparison(struct checker *c, struct node *node)
{
    if (!check(c, node->a) || !check(c, node->b) || !adopt_unlimited(c, node->a, node->b))
        return false;
    node->type = FACT_BOOL;
    if (node->a->type != node->b->type)
        return mismatch(c, node);
    bool is_text = node->a->type == FACT_TEXT;
    if (node->kind == NODE_LIKE && node->b->kind != NODE_TEXT)
        return script_error(c->script, node->b->begin, "a pattern is a text in double quotes");
    if ((node->kind == NODE_LIKE || node->kind == NODE_UNDER) && !is_text)
        return script_error(c->script, node->begin, "like and under compare texts, not %s",
                            type_name(node->a));
    if (node->kind >= NODE_LT && node->kind <= NODE_GE && !is_amount(node->a->type))
        return script_error(c->script, node->begin,
                            "%s has no order; use == or !=", type_name(node->a));
    return true;
}

static bool check_sum(struct checker *c, struct node *node)
{
    if (!check(c, node->a) || !check(c, node->b))
        return false;
    if (node->a->kind == NODE_UNLIMITED || node->b->kind == NODE_UNLIMITED)
        return script_error(c->script, node->begin, "unlimited is only for comparing");
    if (node->a->type != node->b->type)
        return mismatch(c, node);
    node->type = node->a->type;
    return is_amount(node->type) ||
           script_error(c->script, node->begin, "%s cannot be added", type_name(node->a));
}

static bool check_product(struct checker *c, struct node *node)
{
    if (!check(c, node->a) || !check(c, node->b))
        return false;
    enum fact_type a = node->a->type, b = node->b->type;
    if (a == FACT_COUNT && is_amount(b) && node->b->kind != NODE_UNLIMITED)
        node->type = b;
    else if (b == FACT_COUNT && is_amount(a) && node->a->kind != NODE_UNLIMITED)
        node->type = a;
    else if ((a == FACT_RATE && b == FACT_DURATION) || (a == FACT_DURATION && b == FACT_RATE))
        node->type = FACT_BYTES;
    else
        return mismatch(c, node);
    return true;
}

static bool check_percent(struct checker *c, struct node *node)
{
    if (!check(c, node->a))
        return false;
    if (!is_amount(node->a->type) || node->a->kind == NODE_UNLIMITED)
        return script_error(c->script, node->a->begin, "a percentage of %s has no meaning",
                            node->a->kind == NODE_UNLIMITED ? "unlimited" : type_name(node->a));
    node->type = node->a->type;
    return true;
}

static bool check_logic(struct checker *c, struct node *node)
{
    const char *what = node->kind == NODE_AND ? "a side of 'and'" : "a side of 'or'";
    node->type = FACT_BOOL;
    return check(c, node->a) && want_bool(c, node->a, what) && check(c, node->b) &&
           want_bool(c, node->b, what);
}

static bool check_known(struct checker *c, struct node *node)
{
    node->type = FACT_BOOL;
    if (!c->scope->known_allowed)
        return script_error(c->script, node->begin,
                            "known() is only for applies: elsewhere missing evidence would decide");
    if (!check(c, node->a))
        return false;
    return node->a->kind == NODE_FIELD ||
           script_error(c->script, node->a->begin, "known() takes a field");
}

static bool check_quantifier_body(struct checker *c, struct node *node)
{
    if (!check(c, node->a))
        return false;
    if (node->kind <= NODE_COUNT) {
        node->type = node->kind == NODE_COUNT ? FACT_COUNT : FACT_BOOL;
        return want_bool(c, node->a, "what is asked of each row");
    }
    node->type = node->a->type;
    if (!is_amount(node->type) || node->a->kind == NODE_UNLIMITED)
        return script_error(c->script, node->a->begin, "only amounts can be folded, not %s",
                            type_name(node->a));
    return !node->b || (check(c, node->b) && want_bool(c, node->b, "what follows 'if'"));
}

static bool check_quantifier(struct checker *c, struct node *node)
{
    if (!bind(c, node))
        return false;
    bool ok = check_quantifier_body(c, node);
    c->scope->n_rows--;
    return ok;
}

static bool check(struct checker *c, struct node *node)
{
    switch (node->kind) {
    case NODE_NUMBER:
        return true;
    case NODE_TEXT:
        node->type = FACT_TEXT;
        return true;
    case NODE_BOOL:
        node->type = FACT_BOOL;
        return true;
    case NODE_UNLIMITED:
        node->type = FACT_BYTES;
        return true;
    case NODE_PATH:
        return resolve_path(c, node);
    case NODE_FIELD:
    case NODE_LET:
        return true;
    case NODE_KNOWN:
        return check_known(c, node);
    case NODE_NOT:
        node->type = FACT_BOOL;
        return check(c, node->a) && want_bool(c, node->a, "what follows 'not'");
    case NODE_AND:
    case NODE_OR:
        return check_logic(c, node);
    case NODE_ADD:
    case NODE_SUB:
        return check_sum(c, node);
    case NODE_MUL:
        return check_product(c, node);
    case NODE_PERCENT:
        return check_percent(c, node);
    default:
        return node_is_quantifier(node) ? check_quantifier(c, node) : check_comparison(c, node);
    }
}

bool check_expr(struct expr *expr, struct scope *scope)
{
    struct checker c = {&expr->script, scope};
    if (!check(&c, expr->root))
        return false;
    return expr->root->kind != NODE_UNLIMITED ||
           script_error(&expr->script, 0, "unlimited is only for comparing");
}

bool check_expr_type(struct expr *expr, struct scope *scope, enum fact_type type, const char *what)
{
    if (!check_expr(expr, scope))
        return false;
    return expr->root->type == type ||
           script_error(&expr->script, expr->root->begin, "%s must be %s, not %s", what,
                        schema_type_name(type), type_name(expr->root));
}

bool check_binding(struct expr *expr, struct scope *scope)
{
    struct checker c = {&expr->script, scope};
    return bind(&c, expr->root);
}

bool check_top(struct expr *expr, struct scope *scope)
{
    struct checker c = {&expr->script, scope};
    return check_quantifier(&c, expr->root);
}

bool check_uses_row(const struct node *node, const struct scope *scope)
{
    if (!node)
        return false;
    if (node->kind == NODE_FIELD)
        return node->slot == 0;
    if (node->kind == NODE_LET)
        return scope->lets[node->let].uses_row;
    if (node_is_quantifier(node) && node->parent_slot == 0)
        return true;
    return check_uses_row(node->a, scope) || check_uses_row(node->b, scope);
}

bool check_uses_known(const struct node *node)
{
    return node &&
           (node->kind == NODE_KNOWN || check_uses_known(node->a) || check_uses_known(node->b));
}
