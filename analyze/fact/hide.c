/* SPDX-License-Identifier: MIT */
/* Hiding and listing of facts: the laws (tests/laws) take evidence away and look what a verdict
 * says then. */
#include "fact/store_parts.h"

void store_hide(struct store *store, struct ref ref)
{
    store->hides = true;
    if (ref.column == REF_COMPLETE) {
        store_chain(store, (enum table_id)ref.table, ref.row)->hidden |= CHAIN_HIDDEN;
        return;
    }
    const struct cell *shown = store_cell(store, ref);
    if (!shown || shown->state == FACT_ABSENT)
        return;
    struct cell *cell = store_cell_make(store, ref);
    if (cell)
        cell->flags |= CELL_HIDDEN;
}

void store_hide_row(struct store *store, enum table_id table, uint32_t row)
{
    struct row *r = &store->tables[table].rows[row];
    store->hides = true;
    r->hidden = true;
    store_chain(store, table, r->parent)->hidden |= CHAIN_LACKS_ROW;
}

static void show_table(struct table *t, enum table_id table)
{
    size_t n_columns = (size_t)t->n_chunks * schema_table(table)->n_fields;
    for (size_t c = 0; c < n_columns; c++)
        for (uint32_t i = 0; t->columns[c] && i < store_chunk_rows(table); i++)
            t->columns[c][i].flags &= (uint8_t)~CELL_HIDDEN;
    for (uint32_t r = 0; r < t->n_rows; r++)
        t->rows[r].hidden = false;
    for (uint32_t c = 0; c < t->n_chains; c++)
        t->chains[c].hidden = 0;
}

void store_show_all(struct store *store)
{
    for (uint32_t t = 0; t < TABLE_COUNT; t++)
        show_table(&store->tables[t], (enum table_id)t);
    store->hides = false;
}

static void each_in_row(const struct store *store, struct ref ref,
                        void (*each)(void *context, struct ref ref), void *context)
{
    uint32_t n = schema_table((enum table_id)ref.table)->n_fields;
    for (uint32_t column = 0; column < n; column++) {
        ref.column = (uint16_t)column;
        const struct cell *cell = store_cell(store, ref);
        if (cell->state != FACT_ABSENT && !(cell->flags & CELL_COMPUTED))
            each(context, ref);
    }
}

void store_each_fact(const struct store *store, void (*each)(void *context, struct ref ref),
                     void *context)
{
    for (uint32_t t = 0; t < TABLE_COUNT; t++) {
        const struct table *table = &store->tables[t];
        for (uint32_t row = 0; row < table->n_rows; row++)
            each_in_row(store, (struct ref){(uint16_t)t, 0, row}, each, context);
        for (uint32_t c = 0; c < table->n_chains; c++)
            if (table->chains[c].said)
                each(context, ref_complete((enum table_id)t, c));
    }
}
