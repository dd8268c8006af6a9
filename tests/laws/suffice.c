/* SPDX-License-Identifier: MIT */
#include "laws.h"

#include "base/arena.h"

#include <stdlib.h>

static int by_pack(const void *a, const void *b)
{
    uint64_t x = ref_pack(*(const struct ref *)a), y = ref_pack(*(const struct ref *)b);
    return (x > y) - (x < y);
}

static bool is_cited(const struct finding *finding, struct ref ref)
{
    return finding->n_cites &&
           bsearch(&ref, finding->cites, finding->n_cites, sizeof(ref), by_pack);
}

struct source_search {
    const struct finding *finding;
    bool cited;
};

static void look_at_source(void *context, struct ref ref)
{
    struct source_search *search = context;
    search->cited = search->cited || is_cited(search->finding, ref);
}

/* The completeness of a computed table is cited as that of the table it was made from. */
static bool completeness_is_cited(const struct store *store, const struct finding *finding,
                                  struct ref complete)
{
    struct source_search search = {finding, false};
    store_sources(store, complete, look_at_source, &search);
    return search.cited;
}

static bool row_is_cited(const struct finding *finding, enum table_id table, uint32_t row)
{
    for (size_t i = 0; i < finding->n_cites; i++) {
        struct ref ref = finding->cites[i];
        if (ref.column == REF_COMPLETE) {
            if (schema_table((enum table_id)ref.table)->parent == table && ref.row == row)
                return true;
        } else if (ref.table == table && ref.row == row) {
            return true;
        }
    }
    return false;
}

/* Rows of which nothing is cited go too, unless the finding rests on all of them being there. A row
 * without a key has nothing by which its being there could be cited; parsers make no such rows. */
static void hide_rows(struct store *store, enum table_id table, const struct finding *finding)
{
    for (uint32_t row = 0; row < store_row_count(store, table); row++) {
        uint32_t parent =
            schema_table(table)->parent == TABLE_NONE ? 0 : store_row_parent(store, table, row);
        enum field_id key = (enum field_id)schema_table(table)->first_field;
        struct fact fact = store_fact(store, key, row);
        if (fact.state == FACT_KNOWN && !fact.is_computed &&
            !completeness_is_cited(store, finding, ref_complete(table, parent)) &&
            !row_is_cited(finding, table, row))
            store_hide_row(store, table, row);
    }
}

/* A row that holds a cited child row must stay for the child to be reached. */
static bool holds_cited_children(enum table_id table, const struct finding *finding)
{
    for (size_t i = 0; i < finding->n_cites; i++)
        if (schema_table((enum table_id)finding->cites[i].table)->parent == table)
            return true;
    return false;
}

static void hide_uncited(struct store *store, struct refs_list facts, const struct finding *finding)
{
    for (uint32_t t = 0; t < TABLE_COUNT; t++)
        if (!schema_table((enum table_id)t)->is_object &&
            !holds_cited_children((enum table_id)t, finding))
            hide_rows(store, (enum table_id)t, finding);
    for (size_t i = 0; i < facts.n; i++)
        if (!is_cited(finding, facts.items[i]))
            store_hide(store, facts.items[i]);
}

static bool stands(const struct finding_list *list, const struct finding *finding)
{
    for (size_t i = 0; i < list->n; i++)
        if (list->items[i].row == finding->row && list->items[i].outcome == finding->outcome)
            return true;
    return false;
}

void law_suffice(struct store *store, const struct rule *rule, struct law_count *count)
{
    struct arena *arena = store_arena(store);
    struct arena_mark mark = arena_mark(arena);
    struct refs_list facts = law_facts(store, arena);
    struct finding_list list = law_judge(rule, store, arena);
    for (size_t i = 0; i < list.n; i++) {
        count->trials++;
        if (list.items[i].outcome == OUTCOME_UNKNOWN) {
            count->unknown++;
            continue;
        }
        hide_uncited(store, facts, &list.items[i]);
        struct finding_list again = law_judge(rule, store, arena);
        bool ok = stands(&again, &list.items[i]);
        count->decided += ok;
        count->violations += !ok;
        if (!ok)
            law_violation(rule, store, "sufficiency", "the decision rests on more than it cites");
        store_show_all(store);
    }
    arena_reset(arena, mark);
}
