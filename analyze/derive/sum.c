/* SPDX-License-Identifier: MIT */
#include "derive/sum.h"

#include "base/arena.h"

#include <stdlib.h>

struct total {
    int64_t number;
    struct ref *sources;
    size_t n;
};

/* Adds the terms of one row. False when one that is needed is not known. */
static bool add_row(const struct store *store, const struct sum_def *def, uint32_t row,
                    struct total *total)
{
    for (size_t i = 0; i < SUM_TERMS && def->terms[i].sign != 0; i++) {
        const struct sum_term *term = &def->terms[i];
        int64_t number;

        if (!store_number(store, term->field, row, &number)) {
            if (term->optional)
                continue;
            return false;
        }
        /* A number is at most 2^63 - 1 either way; a sum beyond that is no amount of memory. */
        if (__builtin_add_overflow(total->number, term->sign * number, &total->number))
            return false;
        total->sources[total->n++] = ref_of(term->field, row);
    }
    return true;
}

static void set_total(struct store *store, enum field_id result, uint32_t row,
                      const struct total *total)
{
    store_compute(store, result, row, total->number < 0 ? 0 : total->number, total->sources,
                  total->n);
}

void sum_row(struct store *store, const struct sum_def *def, uint32_t row)
{
    struct ref sources[SUM_TERMS];
    struct total total = {.sources = sources};

    if (store_fact(store, def->result, row).state == FACT_ABSENT &&
        add_row(store, def, row, &total))
        set_total(store, def->result, row, &total);
}

static size_t child_count(const struct store *store, enum table_id table, uint32_t parent)
{
    size_t n = 0;

    for (uint32_t row = ROW_NONE; (row = store_row_next(store, table, parent, row)) != ROW_NONE;)
        n++;
    return n;
}

void sum_children(struct store *store, enum table_id table, const struct sum_def *def,
                  uint32_t parent)
{
    size_t n = child_count(store, table, parent);
    struct total total = {.sources = base_realloc(NULL, n * SUM_TERMS + 1, sizeof(struct ref))};
    bool known = n > 0 && store_is_complete(store, table, parent) &&
                 store_fact(store, def->result, parent).state == FACT_ABSENT;

    total.sources[total.n++] = ref_complete(table, parent);
    for (uint32_t row = ROW_NONE;
         known && (row = store_row_next(store, table, parent, row)) != ROW_NONE;)
        known = add_row(store, def, row, &total);
    if (known)
        set_total(store, def->result, parent, &total);
    free(total.sources);
}
