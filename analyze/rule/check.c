/* SPDX-License-Identifier: MIT */
#include "rule/check.h"

#include "rule/names.h"

static bool check(struct checker *c, struct node *node);

static const char *type_name(const struct node *node)
{
    return schema_type_name(node->type);
}

static bool is_amount(enum fact_type type)
{
    return type <= FACT_RATE;
}

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
    if (!names_bind(c, node))
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
        return names_path(c, node);
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
    return names_bind(&c, expr->root);
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
