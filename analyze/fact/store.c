/* SPDX-License-Identifier: MIT */
#include "fact/store_parts.h"

#include "base/num.h"

#include <stdlib.h>
#include <string.h>

void *store_room(void *array, uint32_t n, uint32_t *room, size_t size_bytes)
{
    if (n < *room)
        return array;
    *room = *room ? *room * 2 : 16;
    return base_realloc(array, *room, size_bytes);
}

struct store *store_new(struct arena *arena)
{
    struct store *store = arena_alloc(arena, sizeof(*store));
    store->arena = arena;
    store->max_rows = INT64_MAX;
    store_member(store, SPAN_LIT(""));
    for (uint32_t t = 0; t < TABLE_COUNT; t++)
        if (schema_table((enum table_id)t)->is_object)
            store_row_add(store, (enum table_id)t, 0);
    return store;
}

static void table_free(struct table *table)
{
    free(table->columns);
    free(table->rows);
    free(table->chains);
    map_free(&table->keys);
}

void store_free(struct store *store)
{
    if (!store)
        return;
    for (uint32_t t = 0; t < TABLE_COUNT; t++)
        table_free(&store->tables[t]);
    for (uint32_t m = 0; m < store->n_members; m++)
        map_free(&store->members[m].lines);
    free(store->members);
    free(store->kept);
    free(store->attempts);
    free(store->sources);
    free(store->also);
    free(store->observations);
    map_free(&store->member_ids);
    map_free(&store->attempt_ids);
    map_free(&store->also_heads);
    map_free(&store->observation_ids);
    map_free(&store->observed_members);
}

struct arena *store_arena(struct store *store)
{
    return store->arena;
}

/* ---- rows */

struct chain *store_chain(struct store *store, enum table_id table, uint32_t parent_row)
{
    struct table *t = &store->tables[table];
    if (parent_row >= t->n_chains) {
        uint32_t n = t->n_chains ? t->n_chains : 1;
        while (n <= parent_row)
            n *= 2;
        t->chains = base_realloc(t->chains, n, sizeof(*t->chains));
        for (uint32_t i = t->n_chains; i < n; i++)
            t->chains[i] = (struct chain){.first = ROW_NONE, .last = ROW_NONE};
        t->n_chains = n;
    }
    return &t->chains[parent_row];
}

const struct chain *store_chain_find(const struct store *store, enum table_id table,
                                     uint32_t parent_row)
{
    const struct table *t = &store->tables[table];
    return parent_row < t->n_chains ? &t->chains[parent_row] : NULL;
}

uint32_t store_chunk_rows(enum table_id table)
{
    return schema_table(table)->is_object ? 1 : ROWS_PER_CHUNK;
}

/* Room for the columns of one more row; they have no cells yet. */
static void columns_grow(struct table *t, enum table_id table)
{
    uint32_t n_fields = schema_table(table)->n_fields;
    if (t->n_rows < t->n_chunks * store_chunk_rows(table))
        return;
    uint32_t n = t->n_chunks ? t->n_chunks * 2 : 1;
    t->columns = base_realloc(t->columns, (size_t)n * n_fields + 1, sizeof(*t->columns));
    memset(t->columns + (size_t)t->n_chunks * n_fields, 0,
           (size_t)(n - t->n_chunks) * n_fields * sizeof(*t->columns));
    t->n_chunks = n;
}

void store_limit_rows(struct store *store, int64_t max_rows)
{
    store->max_rows = max_rows;
}

static uint32_t row_new(struct table *t, enum table_id table, uint32_t parent_row)
{
    columns_grow(t, table);
    t->rows = store_room(t->rows, t->n_rows, &t->room, sizeof(*t->rows));
    t->rows[t->n_rows] = (struct row){.parent = parent_row, .next = ROW_NONE};
    return t->n_rows++;
}

/* Beyond the limit all rows of a table are one, in no chain, so that callers need not know. */
static uint32_t row_spilled(struct store *store, enum table_id table, uint32_t parent_row)
{
    struct table *t = &store->tables[table];
    store_chain(store, table, parent_row)->lacks_rows = true;
    if (!t->spill) {
        t->spill = row_new(t, table, parent_row) + 1;
        t->rows[t->spill - 1].hidden = true;
    }
    return t->spill - 1;
}

bool store_is_spilled(struct store *store, enum table_id table, uint32_t row, struct where where)
{
    struct table *t = &store->tables[table];
    if (row + 1 != t->spill)
        return false;
    if (!t->spill_said)
        store_observe(store, OBS_OVER_LIMIT, where,
                      "over the limit rows=%lld: from here on rows of %s are left out",
                      (long long)store->max_rows, schema_table(table)->name);
    t->spill_said = true;
    return true;
}

uint32_t store_row_add(struct store *store, enum table_id table, uint32_t parent_row)
{
    struct table *t = &store->tables[table];
    bool is_object = schema_table(table)->is_object;
    if (!is_object && store->n_rows >= store->max_rows)
        return row_spilled(store, table, parent_row);
    store->n_rows += !is_object;
    uint32_t row = row_new(t, table, parent_row);
    struct chain *chain = store_chain(store, table, parent_row);
    if (chain->last == ROW_NONE)
        chain->first = row;
    else
        t->rows[chain->last].next = row;
    chain->last = row;
    return row;
}

static void set_key_field(struct store *store, enum table_id table, uint32_t row,
                          struct where where)
{
    enum field_id field = (enum field_id)schema_table(table)->first_field;
    struct span key = store->tables[table].rows[row].key;
    int64_t number;
    if (schema_field(field)->type == FACT_TEXT)
        store_set_text(store, field, row, key, where);
    else if (schema_field(field)->type == FACT_COUNT && num_i64(key, &number))
        store_set(store, field, row, number, where);
}

uint32_t store_row_by_key(struct store *store, enum table_id table, struct span key,
                          struct where where)
{
    uint32_t row = store_row_find(store, table, key);
    if (row != ROW_NONE)
        return row;
    row = store_row_add(store, table, 0);
    if (store_is_spilled(store, table, row, where))
        return row;
    key = arena_copy(store->arena, key);
    store->tables[table].rows[row].key = key;
    map_set(&store->tables[table].keys, key, row);
    set_key_field(store, table, row, where);
    return row;
}

uint32_t store_row_find(const struct store *store, enum table_id table, struct span key)
{
    return map_get(&store->tables[table].keys, key, ROW_NONE);
}

struct span store_row_key(const struct store *store, enum table_id table, uint32_t row)
{
    const struct table *t = &store->tables[table];
    return row < t->n_rows ? t->rows[row].key : SPAN_NONE;
}

uint32_t store_row_count(const struct store *store, enum table_id table)
{
    return store->tables[table].n_rows;
}

uint32_t store_row_parent(const struct store *store, enum table_id table, uint32_t row)
{
    return store->tables[table].rows[row].parent;
}

uint32_t store_row_next(const struct store *store, enum table_id table, uint32_t parent_row,
                        uint32_t row)
{
    const struct table *t = &store->tables[table];
    const struct chain *chain = store_chain_find(store, table, parent_row);
    if (row != ROW_NONE)
        row = t->rows[row].next;
    else
        row = chain ? chain->first : ROW_NONE;
    while (row != ROW_NONE && t->rows[row].hidden)
        row = t->rows[row].next;
    return row;
}

struct sorter {
    const struct store *store;
    bool (*less)(const struct store *store, uint32_t a, uint32_t b);
};

/* Merge sort of a chain: stable, no recursion deeper than log2 of the rows. */
static uint32_t chain_sort(struct row *rows, uint32_t first, const struct sorter *sorter)
{
    if (first == ROW_NONE || rows[first].next == ROW_NONE)
        return first;
    uint32_t slow = first, fast = rows[first].next;
    while (fast != ROW_NONE && rows[fast].next != ROW_NONE) {
        slow = rows[slow].next;
        fast = rows[rows[fast].next].next;
    }
    uint32_t right = rows[slow].next, head = ROW_NONE, *tail = &head;
    rows[slow].next = ROW_NONE;
    uint32_t a = chain_sort(rows, first, sorter), b = chain_sort(rows, right, sorter);
    while (a != ROW_NONE && b != ROW_NONE) {
        uint32_t *from = sorter->less(sorter->store, b, a) ? &b : &a;
        *tail = *from;
        tail = &rows[*from].next;
        *from = *tail;
    }
    *tail = a != ROW_NONE ? a : b;
    return head;
}

void store_rows_sort(struct store *store, enum table_id table, uint32_t parent_row,
                     bool (*less)(const struct store *store, uint32_t a, uint32_t b))
{
    struct table *t = &store->tables[table];
    struct chain *chain = store_chain(store, table, parent_row);
    struct sorter sorter = {store, less};
    chain->first = chain_sort(t->rows, chain->first, &sorter);
    for (uint32_t row = chain->first; row != ROW_NONE; row = t->rows[row].next)
        chain->last = row;
}

/* ---- completeness */

void store_set_complete(struct store *store, enum table_id table, uint32_t parent_row,
                        bool complete, struct where where)
{
    struct chain *chain = store_chain(store, table, parent_row);
    if (chain->said && !chain->complete)
        return;
    chain->said = 1;
    chain->complete = complete;
    chain->where = where;
}

void store_assume_complete(struct store *store, enum table_id table, bool complete)
{
    struct chain *chain = store_chain(store, table, 0);
    chain->said = 1;
    chain->complete = complete;
}

void store_complete_as(struct store *store, enum table_id table, struct ref source)
{
    struct chain *chain = store_chain(store, table, 0);
    chain->is_computed = true;
    chain->source = source;
}

bool store_is_complete(const struct store *store, enum table_id table, uint32_t parent_row)
{
    struct fact fact = store_get(store, ref_complete(table, parent_row));
    return fact.state == FACT_KNOWN && fact.number;
}
