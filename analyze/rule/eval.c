/* SPDX-License-Identifier: MIT */
/* A walk over the tree. Each function mirrors one line of "Missing evidence is unknown" in
 * rules/GRAMMAR.md; both laws (tests/laws) rest on each of them. */
#include "rule/eval.h"

#include "base/glob.h"

static struct value known(int64_t number, uint32_t cites)
{
    return (struct value){.state = VALUE_KNOWN, .number = number, .cites = cites};
}

static struct value unknown(uint32_t lacks)
{
    return (struct value){.state = VALUE_UNKNOWN, .lacks = lacks};
}

static struct value unlimited(uint32_t cites)
{
    return (struct value){.state = VALUE_UNLIMITED, .cites = cites};
}

static struct value field(struct eval *e, const struct node *node)
{
    uint32_t row = node->slot == SLOT_OBJECT ? 0 : e->rows[node->slot];
    struct ref ref = ref_of(node->field_id, row);
    struct fact fact = store_get(e->store, ref);
    uint32_t leaf = rope_leaf(&e->rope, ref);
    if (fact.state != FACT_KNOWN && fact.state != FACT_UNLIMITED)
        return unknown(leaf);
    if (fact.state == FACT_UNLIMITED)
        return unlimited(leaf);
    struct value value = known(fact.number, leaf);
    value.text = fact.text;
    return value;
}

static struct value is_known(struct eval *e, const struct node *node)
{
    struct value value = eval_node(e, node->a);
    if (e->over_steps)
        return unknown(0);
    return known(value.state != VALUE_UNKNOWN, value.cites);
}

static struct value negation(struct eval *e, const struct node *node)
{
    struct value value = eval_node(e, node->a);
    value.number = !value.number;
    return value;
}

/* The side that decides (false for `and`, true for `or`) is cited alone; the left one if both do.
 */
static struct value logic(struct eval *e, const struct node *node)
{
    bool decides = node->kind == NODE_OR;
    struct value a = eval_node(e, node->a);
    if (value_is(a, decides))
        return a;
    struct value b = eval_node(e, node->b);
    if (value_is(b, decides))
        return b;
    if (a.state == VALUE_KNOWN && b.state == VALUE_KNOWN)
        return known(!decides, rope_join(&e->rope, a.cites, b.cites));
    return unknown(rope_join(&e->rope, a.lacks, b.lacks));
}

/* ---- comparisons */

/* unlimited is greater than every amount and equal to itself. */
static int order(struct value a, struct value b)
{
    if (a.state == VALUE_UNLIMITED || b.state == VALUE_UNLIMITED)
        return (a.state == VALUE_UNLIMITED) - (b.state == VALUE_UNLIMITED);
    return (a.number > b.number) - (a.number < b.number);
}

/* "/a/b" is under "/a" and under "/a/b"; "/ab" is not. */
static bool path_is_under(struct span path, struct span top)
{
    if (top.n && top.p[top.n - 1] == '/')
        top.n--;
    if (!span_eq(span_slice(path, 0, top.n), top))
        return false;
    return path.n == top.n || path.p[top.n] == '/';
}

static bool holds_text(enum node_kind kind, struct span a, struct span b)
{
    switch (kind) {
    case NODE_LIKE:
        return glob_match(a, b);
    case NODE_UNDER:
        return path_is_under(a, b);
    case NODE_EQ:
        return span_eq(a, b);
    default:
        return !span_eq(a, b);
    }
}

static bool holds(enum node_kind kind, int order)
{
    switch (kind) {
    case NODE_EQ:
        return order == 0;
    case NODE_NE:
        return order != 0;
    case NODE_LT:
        return order < 0;
    case NODE_LE:
        return order <= 0;
    case NODE_GT:
        return order > 0;
    default:
        return order >= 0;
    }
}

static struct value comparison(struct eval *e, const struct node *node)
{
    struct value a = eval_node(e, node->a), b = eval_node(e, node->b);
    if (a.state == VALUE_UNKNOWN || b.state == VALUE_UNKNOWN)
        return unknown(rope_join(&e->rope, a.lacks, b.lacks));
    bool result = node->a->type == FACT_TEXT ? holds_text(node->kind, a.text, b.text)
                                             : holds(node->kind, order(a, b));
    return known(result, rope_join(&e->rope, a.cites, b.cites));
}

/* ---- arithmetic */

static struct value from_wide(struct eval *e, __int128 wide, uint32_t cites)
{
    if (wide > INT64_MAX || wide < INT64_MIN) {
        e->overflowed = true;
        return unknown(0);
    }
    return known((int64_t)wide, cites);
}

static struct value sum_of(struct eval *e, bool minus, struct value a, struct value b)
{
    uint32_t cites = rope_join(&e->rope, a.cites, b.cites);
    if (b.state == VALUE_UNLIMITED && minus)
        return unknown(0);
    if (a.state == VALUE_UNLIMITED || b.state == VALUE_UNLIMITED)
        return unlimited(cites);
    return from_wide(e, minus ? (__int128)a.number - b.number : (__int128)a.number + b.number,
                     cites);
}

static struct value sum(struct eval *e, const struct node *node)
{
    struct value a = eval_node(e, node->a), b = eval_node(e, node->b);
    if (a.state == VALUE_UNKNOWN || b.state == VALUE_UNKNOWN)
        return unknown(rope_join(&e->rope, a.lacks, b.lacks));
    return sum_of(e, node->kind == NODE_SUB, a, b);
}

/* unlimited times a positive number is unlimited, times zero is zero. */
static struct value scaled(struct eval *e, struct value a, int64_t factor, int64_t divisor)
{
    if (a.state != VALUE_UNLIMITED)
        return from_wide(e, (__int128)a.number * factor / divisor, a.cites);
    if (factor == 0)
        return known(0, a.cites);
    return factor > 0 ? unlimited(a.cites) : unknown(0);
}

static struct value product(struct eval *e, const struct node *node)
{
    struct value a = eval_node(e, node->a), b = eval_node(e, node->b);
    if (a.state == VALUE_UNKNOWN || b.state == VALUE_UNKNOWN)
        return unknown(rope_join(&e->rope, a.lacks, b.lacks));
    a.cites = b.cites = rope_join(&e->rope, a.cites, b.cites);
    if (a.state == VALUE_UNLIMITED && b.state == VALUE_UNLIMITED)
        return a;
    if (b.state == VALUE_UNLIMITED)
        return scaled(e, b, a.number, 1);
    bool is_rate = node->a->type == FACT_RATE || node->b->type == FACT_RATE;
    bool is_bytes_of_rate = is_rate && node->type == FACT_BYTES;
    return scaled(e, a, b.number, is_bytes_of_rate ? 1000000 : 1);
}

static struct value percent(struct eval *e, const struct node *node)
{
    struct value a = eval_node(e, node->a);
    return a.state == VALUE_UNKNOWN ? a : scaled(e, a, node->number, 10000);
}

/* ---- rows */

uint32_t eval_parent_row(const struct eval *e, const struct node *node)
{
    return node->parent_slot == SLOT_OBJECT ? 0 : e->rows[node->parent_slot];
}

bool eval_next_row(struct eval *e, const struct node *node)
{
    uint32_t row =
        store_row_next(e->store, node->table, eval_parent_row(e, node), e->rows[node->slot]);
    e->rows[node->slot] = row;
    return row != ROW_NONE && !e->over_steps;
}

struct ref eval_row_ref(const struct eval *e, enum table_id table, int slot)
{
    return ref_of((enum field_id)schema_table(table)->first_field, e->rows[slot]);
}

static bool is_complete(struct eval *e, const struct node *node, uint32_t *ret_leaf)
{
    uint32_t parent = eval_parent_row(e, node);
    *ret_leaf = rope_leaf(&e->rope, ref_complete(node->table, parent));
    return store_is_complete(e->store, node->table, parent);
}

uint32_t eval_cite_row(struct eval *e, enum table_id table, int slot, uint32_t cites)
{
    struct ref key = eval_row_ref(e, table, slot);
    if (rope_has_row(&e->rope, cites, e->store, key, &e->steps) ||
        store_get(e->store, key).state != FACT_KNOWN)
        return cites;
    return rope_join(&e->rope, cites, rope_leaf(&e->rope, key));
}

/* What the rows of a table add up to, while they are walked. */
struct tally {
    uint32_t cites, lacks;
    bool missing; /* a row is unknown */
};

static void tally_add(struct eval *e, struct tally *tally, struct value value)
{
    tally->missing = tally->missing || value.state == VALUE_UNKNOWN;
    tally->cites = rope_join(&e->rope, tally->cites, value.cites);
    tally->lacks = rope_join(&e->rope, tally->lacks, value.lacks);
}

/* The result of an exhaustive walk: every row known, and the table complete. */
static struct value exhausted(struct eval *e, const struct node *node, struct tally tally,
                              struct value result)
{
    uint32_t leaf;
    bool complete = is_complete(e, node, &leaf);
    if (!complete)
        return unknown(rope_join(&e->rope, tally.lacks, leaf));
    if (tally.missing || e->over_steps)
        return unknown(tally.lacks);
    result.cites = rope_join(&e->rope, tally.cites, leaf);
    return result;
}

static struct value quantifier(struct eval *e, const struct node *node)
{
    bool decides = node->kind == NODE_ANY;
    struct tally tally = {0};
    e->rows[node->slot] = ROW_NONE;
    while (eval_next_row(e, node)) {
        struct value value = eval_node(e, node->a);
        if (value_is(value, decides)) {
            value.cites = eval_cite_row(e, node->table, node->slot, value.cites);
            return value;
        }
        tally_add(e, &tally, value);
    }
    return exhausted(e, node, tally, known(!decides, 0));
}

static struct value count(struct eval *e, const struct node *node)
{
    struct tally tally = {0};
    int64_t n = 0;
    e->rows[node->slot] = ROW_NONE;
    while (eval_next_row(e, node)) {
        struct value value = eval_node(e, node->a);
        n += value_is(value, true);
        tally_add(e, &tally, value);
    }
    return exhausted(e, node, tally, known(n, 0));
}

static struct value fold_step(struct eval *e, enum node_kind kind, struct value so_far,
                              struct value value)
{
    so_far.cites = value.cites = 0; /* the tally has them */
    if (kind == NODE_SUM)
        return sum_of(e, false, so_far, value);
    bool greater = order(value, so_far) > 0;
    return greater == (kind == NODE_MAX) ? value : so_far;
}

static struct value fold(struct eval *e, const struct node *node)
{
    struct tally tally = {0};
    bool is_sum = node->kind == NODE_SUM, any = is_sum, broken = false;
    struct value result = known(0, 0);
    e->rows[node->slot] = ROW_NONE;
    while (eval_next_row(e, node)) {
        struct value condition = node->b ? eval_node(e, node->b) : known(1, 0);
        tally_add(e, &tally, condition);
        if (!value_is(condition, true))
            continue;
        struct value value = eval_node(e, node->a);
        tally_add(e, &tally, value);
        if (value.state == VALUE_UNKNOWN || broken)
            continue;
        result = any ? fold_step(e, node->kind, result, value) : value;
        broken = result.state == VALUE_UNKNOWN;
        any = true;
    }
    if (!any || broken) /* of no rows at all, or beyond 64 bits */
        return exhausted(e, node, tally, unknown(0));
    return exhausted(e, node, tally, result);
}

static struct value let(const struct eval *e, const struct node *node)
{
    return e->over_steps ? unknown(0) : e->lets[node->let];
}

static struct value evaluate(struct eval *e, const struct node *node)
{
    switch (node->kind) {
    case NODE_NUMBER:
    case NODE_BOOL:
        return known(node->number, 0);
    case NODE_TEXT:
        return (struct value){.state = VALUE_KNOWN, .text = node->text};
    case NODE_UNLIMITED:
        return unlimited(0);
    case NODE_FIELD:
        return field(e, node);
    case NODE_LET:
        return let(e, node);
    case NODE_KNOWN:
        return is_known(e, node);
    case NODE_NOT:
        return negation(e, node);
    case NODE_AND:
    case NODE_OR:
        return logic(e, node);
    case NODE_ADD:
    case NODE_SUB:
        return sum(e, node);
    case NODE_MUL:
        return product(e, node);
    case NODE_PERCENT:
        return percent(e, node);
    case NODE_ANY:
    case NODE_ALL:
        return quantifier(e, node);
    case NODE_COUNT:
        return count(e, node);
    case NODE_SUM:
    case NODE_MIN:
    case NODE_MAX:
        return fold(e, node);
    default:
        return comparison(e, node);
    }
}

struct value eval_node(struct eval *e, const struct node *node)
{
    if (e->steps >= e->max_steps) {
        e->over_steps = true;
        return unknown(0);
    }
    e->steps++;
    return evaluate(e, node);
}
