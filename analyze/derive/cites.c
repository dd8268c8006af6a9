/* SPDX-License-Identifier: MIT */
#include "derive/cites.h"

#include "base/arena.h"

#include <stdlib.h>

void cites_add(struct cites *cites, struct ref ref)
{
    if (cites->n == cites->room) {
        cites->room = cites->room ? cites->room * 2 : 16;
        cites->refs = base_realloc(cites->refs, cites->room, sizeof(*cites->refs));
    }
    cites->refs[cites->n++] = ref;
}

void cites_fact(struct cites *cites, enum field_id field, uint32_t row)
{
    cites_add(cites, ref_of(field, row));
}

void cites_all(struct cites *cites, const struct cites *more)
{
    for (uint32_t i = 0; i < more->n; i++)
        cites_add(cites, more->refs[i]);
}

void cites_free(struct cites *cites)
{
    free(cites->refs);
    *cites = (struct cites){0};
}

bool cites_number(struct cites *cites, const struct store *store, enum field_id field, uint32_t row,
                  int64_t *ret_number)
{
    if (!store_number(store, field, row, ret_number))
        return false;
    cites_fact(cites, field, row);
    return true;
}

bool cites_flag(struct cites *cites, const struct store *store, enum field_id field, uint32_t row)
{
    int64_t flag;
    bool is_set = store_number(store, field, row, &flag) && flag;
    if (is_set)
        cites_fact(cites, field, row);
    return is_set;
}

void cites_compute(struct cites *cites, struct store *store, enum field_id field, uint32_t row,
                   int64_t number)
{
    store_compute(store, field, row, number, cites->refs, cites->n);
    cites_free(cites);
}
