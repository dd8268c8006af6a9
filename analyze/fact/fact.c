/* SPDX-License-Identifier: MIT */
/* The cells of the store: setting, reading and tracing facts. */
#include "fact/store_parts.h"

#include "base/num.h"

#include <inttypes.h>
#include <stdlib.h>

struct ref ref_of(enum field_id field, uint32_t row)
{
    const struct field_def *def = schema_field(field);
    return (struct ref){(uint16_t)def->table, (uint16_t)def->column, row};
}

struct ref ref_complete(enum table_id table, uint32_t parent_row)
{
    return (struct ref){(uint16_t)table, REF_COMPLETE, parent_row};
}

uint64_t ref_pack(struct ref ref)
{
    return (uint64_t)ref.table << 48 | (uint64_t)ref.row << 16 | ref.column;
}

struct ref ref_unpack(uint64_t packed)
{
    return (struct ref){(uint16_t)(packed >> 48), (uint16_t)packed, (uint32_t)(packed >> 16)};
}

enum field_id ref_field(struct ref ref)
{
    if (ref.column == REF_COMPLETE)
        return FIELD_NONE;
    return (enum field_id)(schema_table((enum table_id)ref.table)->first_field + ref.column);
}

/* Where the cells of a column in one chunk of rows hang; NULL when there is no such row. */
static struct cell **column_of(const struct store *store, struct ref ref)
{
    const struct table *t = &store->tables[ref.table];
    uint32_t n_fields = schema_table((enum table_id)ref.table)->n_fields;
    if (ref.row >= t->n_rows || ref.column >= n_fields)
        return NULL;
    size_t chunk = ref.row / store_chunk_rows((enum table_id)ref.table);
    return &t->columns[chunk * n_fields + ref.column];
}

const struct cell *store_cell(const struct store *store, struct ref ref)
{
    static const struct cell absent = {.state = FACT_ABSENT};
    struct cell **column = column_of(store, ref);
    if (!column || !*column)
        return column ? &absent : NULL;
    return *column + ref.row % store_chunk_rows((enum table_id)ref.table);
}

struct cell *store_cell_make(struct store *store, struct ref ref)
{
    struct cell **column = column_of(store, ref);
    uint32_t n_rows = store_chunk_rows((enum table_id)ref.table);
    if (!column)
        return NULL;
    if (!*column)
        *column = arena_array(store->arena, n_rows, sizeof(**column));
    return *column + ref.row % n_rows;
}

static void add_place(struct store *store, struct ref ref, struct cell *cell, struct where where)
{
    if (where.member == 0 || (cell->member == where.member && cell->line == where.line))
        return;
    uint32_t head = map_get_number(&store->also_heads, ref_pack(ref), 0);
    store->also = store_room(store->also, store->n_also, &store->room_also, sizeof(*store->also));
    store->also[store->n_also++] = (struct also){where, head};
    map_set_number(&store->also_heads, ref_pack(ref), store->n_also);
    cell->flags |= CELL_ALSO;
}

static bool same_value(const struct cell *cell, const struct cell *value, bool is_text)
{
    if (cell->state != value->state)
        return false;
    if (cell->state != FACT_KNOWN)
        return true;
    if (!is_text)
        return cell->value.number == value->value.number;
    return span_eq((struct span){cell->value.text, cell->text_n},
                   (struct span){value->value.text, value->text_n});
}

static void put(struct store *store, enum field_id field, uint32_t row, struct cell value)
{
    struct ref ref = ref_of(field, row);
    const struct field_def *def = schema_field(field);
    bool is_text = def->type == FACT_TEXT;
    struct cell *cell = store_cell_make(store, ref);
    struct where where = {value.member, value.line};
    if (store_is_spilled(store, (enum table_id)ref.table, row, where))
        return;
    if (!cell)
        abort(); /* a parser named a row that it did not add */
    if (is_text && value.state == FACT_KNOWN && cell->state == FACT_ABSENT)
        value.value.text =
            arena_copy(store->arena, (struct span){value.value.text, value.text_n}).p;
    if (cell->state == FACT_ABSENT)
        *cell = value;
    else if (same_value(cell, &value, is_text))
        add_place(store, ref, cell, where);
    else if (!(cell->flags & CELL_COMPUTED))
        store_observe(store, OBS_DISAGREEMENT, where,
                      "%s.%s is said twice with different values; the first is used",
                      schema_table(def->table)->name, def->name);
}

void store_set(struct store *store, enum field_id field, uint32_t row, int64_t number,
               struct where where)
{
    put(store, field, row,
        (struct cell){.value.number = number,
                      .member = where.member,
                      .line = where.line,
                      .state = FACT_KNOWN});
}

void store_set_text(struct store *store, enum field_id field, uint32_t row, struct span text,
                    struct where where)
{
    put(store, field, row,
        (struct cell){.value.text = text.p,
                      .text_n = (uint32_t)text.n,
                      .member = where.member,
                      .line = where.line,
                      .state = FACT_KNOWN});
}

void store_set_unlimited(struct store *store, enum field_id field, uint32_t row, struct where where)
{
    put(store, field, row,
        (struct cell){.member = where.member, .line = where.line, .state = FACT_UNLIMITED});
}

void store_set_unreadable(struct store *store, enum field_id field, uint32_t row,
                          struct where where)
{
    put(store, field, row,
        (struct cell){.member = where.member, .line = where.line, .state = FACT_UNREADABLE});
}

static void put_computed(struct store *store, enum field_id field, uint32_t row, struct cell value,
                         const struct ref *sources, size_t n)
{
    struct cell *cell = store_cell_make(store, ref_of(field, row));
    if (!cell || cell->state != FACT_ABSENT ||
        store_is_spilled(store, schema_field(field)->table, row, (struct where){0}))
        return;
    value.flags = CELL_COMPUTED;
    value.member = store->n_sources;
    value.line = (uint32_t)n;
    for (size_t i = 0; i < n; i++) {
        store->sources = store_room(store->sources, store->n_sources, &store->room_sources,
                                    sizeof(*store->sources));
        store->sources[store->n_sources++] = ref_pack(sources[i]);
    }
    *cell = value;
}

void store_compute(struct store *store, enum field_id field, uint32_t row, int64_t number,
                   const struct ref *sources, size_t n)
{
    put_computed(store, field, row, (struct cell){.value.number = number, .state = FACT_KNOWN},
                 sources, n);
}

void store_compute_text(struct store *store, enum field_id field, uint32_t row, struct span text,
                        const struct ref *sources, size_t n)
{
    struct span copy = arena_copy(store->arena, text);
    put_computed(
        store, field, row,
        (struct cell){.value.text = copy.p, .text_n = (uint32_t)copy.n, .state = FACT_KNOWN},
        sources, n);
}

void store_compute_unlimited(struct store *store, enum field_id field, uint32_t row,
                             const struct ref *sources, size_t n)
{
    put_computed(store, field, row, (struct cell){.state = FACT_UNLIMITED}, sources, n);
}

/* ---- reading */

static bool is_hidden(const struct store *store, struct ref ref, unsigned depth)
{
    if (ref.column == REF_COMPLETE) {
        const struct chain *chain = store_chain_find(store, (enum table_id)ref.table, ref.row);
        return !chain || (chain->hidden & CHAIN_HIDDEN);
    }
    if (!store->hides)
        return false;
    const struct cell *cell = store_cell(store, ref);
    if (!cell || (cell->flags & CELL_HIDDEN) || store->tables[ref.table].rows[ref.row].hidden)
        return true;
    if (!(cell->flags & CELL_COMPUTED) || depth == 0)
        return false;
    for (uint32_t i = 0; i < cell->line; i++)
        if (is_hidden(store, ref_unpack(store->sources[cell->member + i]), depth - 1))
            return true;
    return false;
}

enum {
    COMPUTED_DEPTH = 16
}; /* computed from computed from ...: derive/ nests a few levels at most */

static struct fact complete_get(const struct store *store, struct ref ref)
{
    struct fact fact = {.state = FACT_ABSENT, .type = FACT_BOOL};
    const struct chain *chain = store_chain_find(store, (enum table_id)ref.table, ref.row);
    if (!chain || chain->hidden)
        return fact;
    bool lacks_rows = chain->lacks_rows;
    fact.is_computed = chain->is_computed;
    if (chain->is_computed) {
        chain = store_chain_find(store, (enum table_id)chain->source.table, chain->source.row);
        if (!chain || (chain->hidden & CHAIN_HIDDEN))
            return fact;
    }
    if (!chain->said)
        return fact;
    fact.state = FACT_KNOWN;
    fact.number = chain->complete && !chain->lacks_rows && !lacks_rows;
    if (!fact.is_computed)
        fact.where = chain->where;
    return fact;
}

struct fact store_get(const struct store *store, struct ref ref)
{
    struct fact fact = {.state = FACT_ABSENT, .type = FACT_BOOL};
    if (ref.column == REF_COMPLETE)
        return complete_get(store, ref);
    fact.type = schema_field(ref_field(ref))->type;
    const struct cell *cell = store_cell(store, ref);
    if (!cell || cell->state == FACT_ABSENT || is_hidden(store, ref, COMPUTED_DEPTH))
        return fact;
    fact.state = (enum fact_state)cell->state;
    fact.is_computed = cell->flags & CELL_COMPUTED;
    if (!fact.is_computed)
        fact.where = (struct where){cell->member, cell->line};
    if (fact.type == FACT_TEXT)
        fact.text = (struct span){cell->value.text, cell->text_n};
    else
        fact.number = cell->value.number;
    return fact;
}

struct fact store_fact(const struct store *store, enum field_id field, uint32_t row)
{
    return store_get(store, ref_of(field, row));
}

bool store_number(const struct store *store, enum field_id field, uint32_t row, int64_t *ret_number)
{
    struct fact fact = store_fact(store, field, row);
    if (fact.state != FACT_KNOWN)
        return false;
    *ret_number = fact.number;
    return true;
}

size_t store_places(const struct store *store, struct ref ref, struct where *ret_places,
                    size_t room)
{
    struct fact fact = store_get(store, ref);
    size_t n = 0;
    if (fact.where.member == 0)
        return 0;
    if (n < room)
        ret_places[n++] = fact.where;
    const struct cell *cell = ref.column == REF_COMPLETE ? NULL : store_cell(store, ref);
    if (!cell || !(cell->flags & CELL_ALSO))
        return n;
    uint32_t at = map_get_number(&store->also_heads, ref_pack(ref), 0);
    for (; at != 0 && n < room; at = store->also[at - 1].next)
        ret_places[n++] = store->also[at - 1].where;
    return n;
}

static void sources_walk(const struct store *store, struct ref ref, unsigned depth,
                         void (*each)(void *context, struct ref ref), void *context)
{
    if (ref.column == REF_COMPLETE) {
        const struct chain *chain = store_chain_find(store, (enum table_id)ref.table, ref.row);
        each(context, chain && chain->is_computed ? chain->source : ref);
        return;
    }
    const struct cell *cell = store_cell(store, ref);
    if (!cell || !(cell->flags & CELL_COMPUTED) || depth == 0) {
        each(context, ref);
        return;
    }
    for (uint32_t i = 0; i < cell->line; i++)
        sources_walk(store, ref_unpack(store->sources[cell->member + i]), depth - 1, each, context);
}

void store_sources(const struct store *store, struct ref ref,
                   void (*each)(void *context, struct ref ref), void *context)
{
    sources_walk(store, ref, COMPUTED_DEPTH, each, context);
}
