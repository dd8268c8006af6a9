/* SPDX-License-Identifier: MIT */
/* One rule over a store: applies, then for each row (or once) the lets, `when`, and for a match
 * what it says. */
#include "rule/body.h"

#include "base/arena.h"
#include "rule/say.h"

#include <string.h>

struct judge {
    const struct rule *rule;
    struct store *store;
    struct arena *arena;
    struct finding_list *list;
    struct eval eval;
    uint32_t applies_cites;
};

static void push(struct judge *j, struct finding finding)
{
    struct finding_list *list = j->list;
    if (list->n == list->room) {
        list->room = list->room ? list->room * 2 : 64;
        list->items = base_realloc(list->items, list->room, sizeof(*list->items));
    }
    list->items[list->n++] = finding;
}

static void eval_lets(struct judge *j, bool of_row)
{
    const struct rule_body *body = j->rule->body;
    for (uint32_t i = 0; i < body->n_lets; i++)
        if (body->scope_lets[i].uses_row == of_row)
            j->eval.lets[i] = eval_node(&j->eval, body->lets[i].expr.root);
}

/* ---- what a finding shows */

struct top_row {
    uint32_t row;
    struct value value;
};

static bool before(struct value a, struct value b)
{
    if (a.state != b.state)
        return a.state == VALUE_UNLIMITED;
    return a.number > b.number;
}

/* Keeps the n largest of the rows walked, largest first; equal ones in row order. */
static size_t top_insert(struct top_row *top, size_t n, size_t room, struct top_row row)
{
    size_t at = n;
    while (at > 0 && before(row.value, top[at - 1].value))
        at--;
    if (at == room)
        return n;
    size_t moved = (n < room ? n : room - 1) - at;
    memmove(top + at + 1, top + at, moved * sizeof(*top));
    top[at] = row;
    return n < room ? n + 1 : n;
}

enum { TOP_MAX = 64 };

/* top(N, x in table by expr if condition): for each row its key, then what expr read. */
static uint32_t context_top(struct judge *j, const struct node *node)
{
    struct eval *e = &j->eval;
    struct top_row top[TOP_MAX];
    size_t n = 0, room = node->number < TOP_MAX ? (size_t)node->number : TOP_MAX;
    uint32_t set = 0;
    e->rows[node->slot] = ROW_NONE;
    while (eval_next_row(e, node)) {
        if (node->b && !value_is(eval_node(e, node->b), true))
            continue;
        struct value value = eval_node(e, node->a);
        if (value.state != VALUE_UNKNOWN)
            n = top_insert(top, n, room, (struct top_row){e->rows[node->slot], value});
    }
    for (size_t i = 0; i < n; i++) {
        e->rows[node->slot] = top[i].row;
        struct ref key = eval_row_ref(e, node->table, node->slot);
        if (store_get(j->store, key).state == FACT_KNOWN)
            set = rope_join(&e->rope, set, rope_leaf(&e->rope, key));
        set = rope_join(&e->rope, set, top[i].value.cites);
    }
    return set;
}

static bool is_cited(const struct finding *finding, struct ref ref)
{
    size_t low = 0, high = finding->n_cites;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (ref_pack(finding->cites[mid]) < ref_pack(ref))
            low = mid + 1;
        else
            high = mid;
    }
    return low < finding->n_cites && ref_pack(finding->cites[low]) == ref_pack(ref);
}

/* The facts that the sentence names. */
static uint32_t said(struct judge *j)
{
    const struct rule_body *body = j->rule->body;
    struct eval *e = &j->eval;
    uint32_t set = 0;
    for (size_t i = 0; i < body->n_say; i++)
        if (body->say[i].expr)
            set = rope_join(&e->rope, set, eval_node(e, body->say[i].expr->root).cites);
    return set;
}

/* What the rule wants shown and what its sentence names, less what is cited anyway. */
static void add_context(struct judge *j, struct finding *finding)
{
    const struct rule_body *body = j->rule->body;
    struct eval *e = &j->eval;
    uint32_t set = said(j);
    for (size_t i = 0; i < body->n_context; i++) {
        const struct node *node = body->context[i].root;
        set = rope_join(&e->rope, set,
                        node->kind == NODE_MAX ? context_top(j, node) : eval_node(e, node).cites);
    }
    struct ref *refs = rope_refs_in_order(&e->rope, set, j->arena, &finding->n_context);
    size_t kept = 0;
    for (size_t i = 0; i < finding->n_context; i++)
        if (!is_cited(finding, refs[i]))
            refs[kept++] = refs[i];
    finding->context = refs;
    finding->n_context = kept;
}

/* The sentence may name facts that decided nothing; they stand behind it all the same. */
static void add_said(struct judge *j, struct finding *finding)
{
    finding->said = rope_refs_in_order(&j->eval.rope, said(j), j->arena, &finding->n_said);
}

static void add_match(struct judge *j, struct finding *finding)
{
    finding->say = say_phrase(j->rule, &j->eval, j->arena);
    add_said(j, finding);
    add_context(j, finding);
    if (!j->rule->body->explains.root)
        return;
    struct value value = eval_node(&j->eval, j->rule->body->explains.root);
    finding->explains_known = value.state == VALUE_KNOWN;
    finding->explains_bytes = value.number;
}

/* ---- outcomes */

static void decide(struct judge *j, enum rule_outcome outcome, uint32_t row, uint32_t cites)
{
    struct finding finding = {.rule = j->rule, .outcome = outcome, .row = row};
    cites = rope_join(&j->eval.rope, j->applies_cites, cites);
    finding.cites = rope_refs(&j->eval.rope, cites, j->store, j->arena, &finding.n_cites);
    if (outcome == OUTCOME_MATCH)
        add_match(j, &finding);
    push(j, finding);
}

static void do_not_know(struct judge *j, uint32_t row, uint32_t lacks)
{
    struct finding finding = {
        .rule = j->rule, .outcome = OUTCOME_UNKNOWN, .row = row, .over_limit = j->eval.over_steps};
    finding.lacks = rope_refs(&j->eval.rope, lacks, NULL, j->arena, &finding.n_lacks);
    push(j, finding);
}

static void judge_once(struct judge *j)
{
    struct value value = eval_node(&j->eval, j->rule->body->when.root);
    if (value.state == VALUE_UNKNOWN)
        do_not_know(j, ROW_NONE, value.lacks);
    else
        decide(j, value.number ? OUTCOME_MATCH : OUTCOME_CLEAR, ROW_NONE, value.cites);
}

static void judge_row(struct judge *j, uint32_t row, uint32_t *clear_cites)
{
    eval_lets(j, true);
    struct value value = eval_node(&j->eval, j->rule->body->when.root);
    if (j->eval.over_steps)
        return;
    if (value.state == VALUE_UNKNOWN)
        do_not_know(j, row, value.lacks);
    else if (value.number)
        decide(j, OUTCOME_MATCH, row, eval_cite_row(&j->eval, j->rule->table, 0, value.cites));
    else
        *clear_cites = rope_join(&j->eval.rope, *clear_cites, value.cites);
}

static void judge_rows(struct judge *j)
{
    const struct node *binding = j->rule->body->binding.root;
    size_t before_rows = j->list->n;
    uint32_t cites = 0;
    j->eval.rows[0] = ROW_NONE;
    while (eval_next_row(&j->eval, binding))
        judge_row(j, j->eval.rows[0], &cites);
    uint32_t complete = rope_leaf(&j->eval.rope, ref_complete(j->rule->table, 0));
    if (j->eval.over_steps)
        do_not_know(j, ROW_NONE, 0);
    else if (j->list->n > before_rows)
        return;
    else if (store_is_complete(j->store, j->rule->table, 0))
        decide(j, OUTCOME_CLEAR, ROW_NONE, rope_join(&j->eval.rope, cites, complete));
    else
        do_not_know(j, ROW_NONE, complete);
}

/* False when `applies` has settled the outcome. */
static bool judge_applies(struct judge *j)
{
    if (!j->rule->body->applies.root)
        return true;
    struct value value = eval_node(&j->eval, j->rule->body->applies.root);
    if (value.state == VALUE_UNKNOWN)
        do_not_know(j, ROW_NONE, value.lacks);
    else if (!value.number)
        decide(j, OUTCOME_NOT_APPLICABLE, ROW_NONE, value.cites);
    j->applies_cites = value.cites;
    return value_is(value, true);
}

static void say_trouble(struct judge *j)
{
    if (j->eval.overflowed)
        store_observe(j->store, OBS_OVER_LIMIT, (struct where){0, 0},
                      "rule " SPAN_FMT ": an amount does not fit 64 bits and is unknown",
                      SPAN_ARG(j->rule->id));
}

void rule_judge(const struct rule *rule, struct store *store, const struct rule_limits *limits,
                struct arena *arena, struct finding_list *list)
{
    struct judge j = {.rule = rule, .store = store, .arena = arena, .list = list};
    j.eval.store = store;
    j.eval.max_steps = limits->steps;
    j.eval.lets = arena_array(arena, rule->body->n_lets + 1, sizeof(*j.eval.lets));
    if (judge_applies(&j)) {
        eval_lets(&j, false);
        if (rule->for_each)
            judge_rows(&j);
        else
            judge_once(&j);
    }
    say_trouble(&j);
    rope_free(&j.eval.rope);
}
