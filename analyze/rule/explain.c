/* SPDX-License-Identifier: MIT */
/* --explain: the evaluation once more, written down as a tree. */
#include "rule/explain_line.h"

#include "base/arena.h"
#include "rule/say.h"

#include <stdlib.h>

enum { ROWS_SHOWN = 20, LACKS_SHOWN = 5, CLEAR_ROWS_SHOWN = 3 };

static void tree(struct explainer *x, const struct node *node, unsigned indent);

/* ---- nodes */

/* The key of a row: "pid 700". */
static void add_key(const struct explainer *x, enum table_id table, uint32_t row, struct buf *out)
{
    struct fact fact = store_fact(x->store, (enum field_id)schema_table(table)->first_field, row);
    struct value value = {.state = fact.state == FACT_KNOWN ? VALUE_KNOWN : VALUE_UNKNOWN,
                          .number = fact.number,
                          .text = fact.text};
    say_value(fact.type, value, out);
}

static void row_line(struct explainer *x, const struct node *node, unsigned indent)
{
    const struct table_def *table = schema_table(node->table);
    struct buf left = {0};
    buf_fmt(&left, SPAN_FMT ": %s ", SPAN_ARG(node->name),
            schema_field((enum field_id)table->first_field)->name);
    add_key(x, node->table, x->eval.rows[node->slot], &left);
    explain_line(x, indent, buf_span(&left), SPAN_NONE);
    buf_free(&left);
}

/* Shows the rows that decided (want known true or false), or those that are unknown. */
static void rows(struct explainer *x, const struct node *node, unsigned indent, bool decided,
                 bool want)
{
    unsigned shown = 0;
    x->eval.rows[node->slot] = ROW_NONE;
    while (eval_next_row(&x->eval, node) && shown < (decided ? 1 : LACKS_SHOWN)) {
        struct value value = eval_node(&x->eval, node->a);
        if (decided ? !value_is(value, want) : value.state != VALUE_UNKNOWN)
            continue;
        uint32_t row = x->eval.rows[node->slot];
        row_line(x, node, indent);
        tree(x, node->a, indent + 2);
        x->eval.rows[node->slot] = row;
        shown++;
    }
}

/* Rows of a fold of which the condition or the amount is unknown. */
static void unknown_rows(struct explainer *x, const struct node *node, unsigned indent)
{
    unsigned shown = 0;
    x->eval.rows[node->slot] = ROW_NONE;
    while (eval_next_row(&x->eval, node) && shown < LACKS_SHOWN) {
        const struct node *wrong = node->a;
        struct value condition = {.state = VALUE_KNOWN, .number = 1};
        if (node->b)
            condition = eval_node(&x->eval, node->b);
        if (condition.state == VALUE_UNKNOWN)
            wrong = node->b;
        else if (!condition.number || eval_node(&x->eval, node->a).state != VALUE_UNKNOWN)
            continue;
        row_line(x, node, indent);
        tree(x, wrong, indent + 2);
        shown++;
    }
}

static void quantifier(struct explainer *x, const struct node *node, unsigned indent)
{
    bool is_any = node->kind == NODE_ANY;
    explain_value(x, node, node_source(x->expr, node), indent);
    struct value value = eval_node(&x->eval, node);
    bool decided = (is_any || node->kind == NODE_ALL) && value_is(value, is_any);
    if (!decided)
        explain_rows(x, node, indent + 2);
    if (decided || (value.state == VALUE_UNKNOWN && node->kind <= NODE_COUNT))
        rows(x, node, indent + 2, decided, is_any);
    else if (value.state == VALUE_UNKNOWN)
        unknown_rows(x, node, indent + 2);
}

/* The operands of a chain of the same operator, left to right, until one has decided. */
static bool operands(struct explainer *x, const struct node *node, enum node_kind kind,
                     unsigned indent, bool decided)
{
    if (node->kind == kind)
        return operands(x, node->b, kind, indent, operands(x, node->a, kind, indent, decided));
    if (decided) {
        explain_line(x, indent, node_source(x->expr, node), SPAN_LIT("not asked: decided above"));
        return true;
    }
    tree(x, node, indent);
    return value_is(eval_node(&x->eval, node), kind == NODE_OR);
}

static void parts(struct explainer *x, const struct node *node, unsigned indent)
{
    if (!node || node->kind == NODE_NUMBER || node->kind == NODE_TEXT || node->kind == NODE_BOOL ||
        node->kind == NODE_UNLIMITED)
        return;
    if (node->kind == NODE_FIELD)
        explain_fact(x, node, indent);
    else if (node->kind == NODE_LET)
        explain_value(x, node, node_source(x->expr, node), indent);
    else if (node_is_quantifier(node))
        quantifier(x, node, indent);
    else {
        parts(x, node->a, indent);
        parts(x, node->b, indent);
    }
}

static void tree(struct explainer *x, const struct node *node, unsigned indent)
{
    if (node->kind == NODE_AND || node->kind == NODE_OR) {
        explain_value(x, node, node->kind == NODE_AND ? SPAN_LIT("and") : SPAN_LIT("or"), indent);
        operands(x, node, node->kind, indent + 2, false);
    } else if (node->kind == NODE_NOT) {
        explain_value(x, node, SPAN_LIT("not"), indent);
        tree(x, node->a, indent + 2);
    } else if (node_is_quantifier(node)) {
        quantifier(x, node, indent);
    } else if (node->kind == NODE_FIELD) {
        explain_fact(x, node, indent);
    } else {
        explain_value(x, node, node_source(x->expr, node), indent);
        if (node->kind != NODE_LET)
            parts(x, node, indent + 2);
    }
}

/* ---- findings */

static void lets(struct explainer *x, unsigned indent)
{
    const struct rule_body *body = x->rule->body;
    for (uint32_t i = 0; i < body->n_lets; i++) {
        const struct node *root = body->lets[i].expr.root;
        x->expr = &body->lets[i].expr;
        x->eval.lets[i] = eval_node(&x->eval, root);
        struct buf left = {0};
        buf_fmt(&left, "let " SPAN_FMT " = ", SPAN_ARG(body->lets[i].name));
        say_value(root->type, x->eval.lets[i], &left);
        explain_line(x, indent, buf_span(&left), SPAN_NONE);
        tree(x, root, indent + 2);
        buf_free(&left);
    }
}

static void evaluation(struct explainer *x, uint32_t row)
{
    const struct rule_body *body = x->rule->body;
    x->eval.rows[0] = row;
    if (body->n_lets)
        lets(x, 2);
    x->expr = &body->when;
    tree(x, body->when.root, 2);
}

static void no_row(struct explainer *x)
{
    const struct node *binding = x->rule->body->binding.root;
    unsigned shown = 0;
    explain_rows(x, binding, 2);
    x->eval.rows[0] = ROW_NONE;
    while (eval_next_row(&x->eval, binding) && shown++ < CLEAR_ROWS_SHOWN) {
        uint32_t row = x->eval.rows[0];
        row_line(x, binding, 2);
        evaluation(x, row);
        x->eval.rows[0] = row;
    }
}

static void head(struct explainer *x, const struct finding *finding)
{
    const struct node *binding = x->rule->body->binding.root;
    buf_fmt(x->out, "%s" SPAN_FMT, x->prefix, SPAN_ARG(x->rule->id));
    if (finding->row != ROW_NONE) {
        buf_fmt(x->out, "[" SPAN_FMT "=", SPAN_ARG(binding->name));
        add_key(x, x->rule->table, finding->row, x->out);
        buf_char(x->out, ']');
    }
    buf_fmt(x->out, "  %s%s\n", rule_outcome_names[finding->outcome],
            finding->over_limit ? " (step limit)" : "");
}

static void explain_finding(struct explainer *x, const struct finding *finding)
{
    const struct rule_body *body = x->rule->body;
    head(x, finding);
    if (body->applies.root) {
        x->expr = &body->applies;
        explain_line(x, 2, SPAN_LIT("applies"), SPAN_NONE);
        tree(x, body->applies.root, 4);
        if (!value_is(eval_node(&x->eval, body->applies.root), true))
            return;
    }
    if (x->rule->for_each && finding->row == ROW_NONE)
        no_row(x);
    else
        evaluation(x, finding->row);
}

void rule_explain_to(const struct rule *rule, struct store *store, const char *prefix,
                     struct buf *out)
{
    struct arena *arena = arena_new();
    struct rule_limits limits = rule_limits_default();
    struct finding_list list = {0};
    rule_judge(rule, store, &limits, arena, &list);
    for (size_t i = 0; i < list.n && i < ROWS_SHOWN; i++) {
        struct explainer x = {.rule = rule, .store = store, .prefix = prefix, .out = out};
        x.eval.store = store;
        x.eval.max_steps = UINT64_C(16) * limits.steps; /* nodes are asked again to be shown */
        x.eval.lets = arena_array(arena, rule->body->n_lets + 1, sizeof(*x.eval.lets));
        explain_finding(&x, &list.items[i]);
        rope_free(&x.eval.rope);
    }
    if (list.n > ROWS_SHOWN)
        buf_fmt(out, "%sand %zu more\n", prefix, list.n - ROWS_SHOWN);
    free(list.items);
    arena_free(arena);
}

void rule_explain(const struct rule *rule, struct store *store, struct buf *out)
{
    rule_explain_to(rule, store, "", out);
}
