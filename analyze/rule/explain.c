/* SPDX-License-Identifier: MIT */
/* --explain: the evaluation once more, written down as a tree. */
#include "rule/body.h"

#include "base/arena.h"
#include "base/utf8.h"
#include "rule/say.h"

#include <stdlib.h>

enum { VALUE_COLUMN = 60, ROWS_SHOWN = 20, LACKS_SHOWN = 5, CLEAR_ROWS_SHOWN = 3 };

struct explainer {
    const struct rule *rule;
    const struct expr *expr; /* whose nodes are being shown */
    struct store *store;
    struct eval eval;
    const char *prefix;
    struct buf *out;
};

static void tree(struct explainer *x, const struct node *node, unsigned indent);

/* ---- lines */

/* prefix, indent, left text, and the right text in its column. */
static void line(struct explainer *x, unsigned indent, struct span left, struct span right)
{
    struct buf shown = {0};
    size_t n = indent;
    bool blank = false;
    buf_fmt(x->out, "%s%*s", x->prefix, (int)indent, "");
    for (size_t i = 0; i < left.n; i++) { /* an expression of several lines becomes one */
        bool is_blank = left.p[i] == ' ' || left.p[i] == '\n';
        if (!(is_blank && blank))
            buf_char(&shown, is_blank ? ' ' : left.p[i]);
        blank = is_blank;
    }
    buf_add(x->out, buf_span(&shown));
    n += shown.n;
    if (right.n) {
        buf_fmt(x->out, "%*s", n < VALUE_COLUMN ? (int)(VALUE_COLUMN - n) : 2, "");
        buf_add(x->out, right);
    }
    buf_char(x->out, '\n');
    buf_free(&shown);
}

static void add_place(const struct explainer *x, struct where where, struct buf *out)
{
    utf8_visible(store_member_path(x->store, where.member), out);
    if (where.line)
        buf_fmt(out, ":%u", where.line);
}

static void add_places(const struct explainer *x, struct ref ref, struct buf *out)
{
    struct where places[4];
    size_t n = store_places(x->store, ref, places, 4);
    for (size_t i = 0; i < n; i++) {
        buf_str(out, i ? ", " : "");
        add_place(x, places[i], out);
    }
}

static void add_lack(const struct explainer *x, struct ref ref, struct buf *out)
{
    struct lack lack = store_lack(x->store, ref);
    switch (lack.reason) {
    case LACK_NOT_CAPTURED:
        buf_fmt(out, SPAN_FMT " was not captured: " SPAN_FMT, SPAN_ARG(lack.member),
                SPAN_ARG(lack.status));
        break;
    case LACK_NO_MEMBER:
        buf_fmt(out, "no " SPAN_FMT, SPAN_ARG(lack.member));
        break;
    case LACK_NO_KEY:
        buf_fmt(out, SPAN_FMT " does not say it", SPAN_ARG(lack.member));
        break;
    case LACK_UNREADABLE:
        buf_str(out, "unreadable");
        break;
    case LACK_INCOMPLETE:
        buf_str(out, "not known to be complete");
        break;
    case LACK_COMPUTED:
        buf_str(out, "made from facts of which some are missing");
        break;
    }
    if (lack.where.member) {
        buf_str(out, " (");
        add_place(x, lack.where, out);
        buf_char(out, ')');
    }
}

/* ---- values */

struct source_list {
    const struct explainer *x;
    struct buf *out;
    unsigned n;
};

static void add_source(void *context, struct ref ref)
{
    struct source_list *c = context;
    if (c->n < 3) {
        buf_str(c->out, c->n ? ", " : "from ");
        add_places(c->x, ref, c->out);
    } else if (c->n == 3) {
        buf_str(c->out, ", ...");
    }
    c->n++;
}

/* "e.limit = 256.0 MiB     dev/kmsg:870" */
static void fact_line(struct explainer *x, const struct node *node, unsigned indent)
{
    struct value value = eval_node(&x->eval, node);
    uint32_t row = node->slot == SLOT_OBJECT ? 0 : x->eval.rows[node->slot];
    struct ref ref = ref_of(node->field_id, row);
    struct buf left = {0}, right = {0};
    buf_add(&left, node_source(x->expr, node));
    buf_str(&left, " = ");
    if (node->type == FACT_TEXT && value.state == VALUE_KNOWN)
        buf_char(&left, '"');
    say_value(node->type, value, &left);
    if (node->type == FACT_TEXT && value.state == VALUE_KNOWN)
        buf_char(&left, '"');
    if (value.state == VALUE_UNKNOWN) {
        add_lack(x, ref, &right);
    } else {
        struct source_list context = {x, &right, 0};
        if (store_get(x->store, ref).is_computed)
            store_sources(x->store, ref, add_source, &context);
        else
            add_places(x, ref, &right);
    }
    line(x, indent, buf_span(&left), buf_span(&right));
    buf_free(&left);
    buf_free(&right);
}

/* "any p in processes" ...: the text of the node and what it came to. */
static void value_line(struct explainer *x, const struct node *node, struct span text,
                       unsigned indent)
{
    struct buf right = {0};
    struct value value = eval_node(&x->eval, node);
    if (node->type == FACT_BOOL && value.state == VALUE_KNOWN)
        buf_str(&right, value.number ? "true" : "false");
    else
        say_value(node->type, value, &right);
    line(x, indent, text, buf_span(&right));
    buf_free(&right);
}

/* "214 rows, complete (manifest.jsonl:8)" */
static void rows_line(struct explainer *x, const struct node *node, unsigned indent)
{
    struct buf left = {0}, right = {0};
    uint32_t parent = eval_parent_row(&x->eval, node), n = 0;
    struct ref ref = ref_complete(node->table, parent);
    uint32_t row = ROW_NONE;
    while ((row = store_row_next(x->store, node->table, parent, row)) != ROW_NONE)
        n++;
    buf_fmt(&left, "%u rows of %s", n, schema_table(node->table)->name);
    if (store_is_complete(x->store, node->table, parent)) {
        buf_str(&right, "complete");
        if (store_get(x->store, ref).where.member)
            buf_char(&right, ' ');
        add_places(x, ref, &right);
    } else {
        add_lack(x, ref, &right);
    }
    line(x, indent, buf_span(&left), buf_span(&right));
    buf_free(&left);
    buf_free(&right);
}

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
    line(x, indent, buf_span(&left), SPAN_NONE);
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
    value_line(x, node, node_source(x->expr, node), indent);
    struct value value = eval_node(&x->eval, node);
    bool decided = (is_any || node->kind == NODE_ALL) && value_is(value, is_any);
    if (!decided)
        rows_line(x, node, indent + 2);
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
        line(x, indent, node_source(x->expr, node), SPAN_LIT("not asked: decided above"));
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
        fact_line(x, node, indent);
    else if (node->kind == NODE_LET)
        value_line(x, node, node_source(x->expr, node), indent);
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
        value_line(x, node, node->kind == NODE_AND ? SPAN_LIT("and") : SPAN_LIT("or"), indent);
        operands(x, node, node->kind, indent + 2, false);
    } else if (node->kind == NODE_NOT) {
        value_line(x, node, SPAN_LIT("not"), indent);
        tree(x, node->a, indent + 2);
    } else if (node_is_quantifier(node)) {
        quantifier(x, node, indent);
    } else if (node->kind == NODE_FIELD) {
        fact_line(x, node, indent);
    } else {
        value_line(x, node, node_source(x->expr, node), indent);
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
        line(x, indent, buf_span(&left), SPAN_NONE);
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
    rows_line(x, binding, 2);
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
        line(x, 2, SPAN_LIT("applies"), SPAN_NONE);
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
