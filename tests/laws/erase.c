/* SPDX-License-Identifier: MIT */
#include "laws.h"

#include "base/arena.h"

static void hide_each(struct store *store, struct refs_list facts, struct rng *rng,
                      uint32_t percent)
{
    for (size_t i = 0; i < facts.n; i++)
        if (rng_chance(rng, percent))
            store_hide(store, facts.items[i]);
}

static void hide_some(struct store *store, const struct ref *refs, size_t n, struct rng *rng)
{
    for (uint32_t i = 1 + rng_below(rng, 3); i > 0 && n > 0; i--)
        store_hide(store, refs[rng_below(rng, (uint32_t)n)]);
}

/* All that one file said. */
static void hide_member(struct store *store, struct refs_list facts, struct rng *rng)
{
    uint32_t member = store_get(store, facts.items[rng_below(rng, (uint32_t)facts.n)]).where.member;
    for (size_t i = 0; i < facts.n; i++)
        if (store_get(store, facts.items[i]).where.member == member)
            store_hide(store, facts.items[i]);
}

static void hide_rows(struct store *store, struct refs_list facts, struct rng *rng)
{
    for (uint32_t i = 1 + rng_below(rng, 3); i > 0; i--) {
        struct ref ref = facts.items[rng_below(rng, (uint32_t)facts.n)];
        enum table_id table = (enum table_id)ref.table;
        if (ref.column != REF_COMPLETE && !schema_table(table)->is_object)
            store_hide_row(store, table, ref.row);
    }
}

static void hide_part(struct store *store, struct refs_list facts, const struct finding *finding,
                      struct rng *rng)
{
    static const uint32_t percents[] = {2, 10, 50, 90};
    switch (rng_below(rng, 6)) {
    case 0:
        hide_each(store, facts, rng, percents[rng_below(rng, 4)]);
        break;
    case 1:
        hide_member(store, facts, rng);
        break;
    case 2:
        hide_rows(store, facts, rng);
        break;
    default:
        if (finding->n_cites)
            hide_some(store, finding->cites, finding->n_cites, rng);
        else
            hide_some(store, facts.items, facts.n, rng);
    }
}

static const struct finding *find(const struct finding_list *list, uint32_t row)
{
    for (size_t i = 0; i < list->n; i++)
        if (list->items[i].row == row)
            return &list->items[i];
    return NULL;
}

static bool row_is_visible(const struct store *store, enum table_id table, uint32_t wanted)
{
    uint32_t row = ROW_NONE;
    while ((row = store_row_next(store, table, 0, row)) != ROW_NONE)
        if (row == wanted)
            return true;
    return false;
}

/* What was found with everything shown must not be contradicted by what is found now. */
static const char *compare_before(const struct store *store, const struct rule *rule,
                                  const struct finding *before, const struct finding_list *after)
{
    const struct finding *now = find(after, before->row);
    if (before->row != ROW_NONE) {
        /* over_limit and a rule as a whole unknown speak of all rows */
        if (!row_is_visible(store, rule->table, before->row) ||
            (after->n == 1 && after->items[0].row == ROW_NONE &&
             after->items[0].outcome == OUTCOME_UNKNOWN))
            return NULL;
        if (!now)
            return "a row that matched or was unknown is clear";
    }
    if (!now || now->outcome == before->outcome || now->outcome == OUTCOME_UNKNOWN)
        return NULL;
    if (now->outcome == OUTCOME_NOT_APPLICABLE || before->outcome == OUTCOME_NOT_APPLICABLE)
        return check_uses_known(rule->body->applies.root) ? NULL : "not-applicable came or went";
    return before->outcome == OUTCOME_UNKNOWN ? "unknown became known" : "the decision flipped";
}

/* What is found now must have been found before. */
static const char *compare_after(const struct rule *rule, const struct finding_list *before,
                                 const struct finding *now)
{
    if (check_uses_known(rule->body->applies.root) || before->items[0].over_limit)
        return NULL;
    const struct finding *was = find(before, now->row);
    if (now->outcome == OUTCOME_MATCH && (!was || was->outcome != OUTCOME_MATCH))
        return "a match came from taking evidence away";
    if (now->outcome == OUTCOME_CLEAR && (!was || was->outcome != OUTCOME_CLEAR))
        return "clear came from taking evidence away";
    return NULL;
}

void law_erase(struct store *store, const struct rule *rule, struct rng *rng,
               struct law_count *count)
{
    struct arena *arena = store_arena(store);
    struct arena_mark mark = arena_mark(arena);
    struct refs_list facts = law_facts(store, arena);
    struct finding_list before = law_judge(rule, store, arena), after;
    const char *wrong = NULL;
    if (facts.n == 0) {
        arena_reset(arena, mark);
        return;
    }
    hide_part(store, facts, &before.items[rng_below(rng, (uint32_t)before.n)], rng);
    after = law_judge(rule, store, arena);
    for (size_t i = 0; i < before.n && !wrong; i++)
        wrong = compare_before(store, rule, &before.items[i], &after);
    for (size_t i = 0; i < after.n && !wrong; i++)
        wrong = compare_after(rule, &before, &after.items[i]);
    bool was_decided = before.items[0].outcome != OUTCOME_UNKNOWN;
    count->trials++;
    count->decided += was_decided && after.items[0].outcome != OUTCOME_UNKNOWN;
    count->unknown += was_decided && after.items[0].outcome == OUTCOME_UNKNOWN;
    count->violations += wrong != NULL;
    if (wrong)
        law_violation(rule, store, "erasure", wrong);
    store_show_all(store);
    arena_reset(arena, mark);
}
