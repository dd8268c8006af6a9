/* SPDX-License-Identifier: MIT */
#include "derive/change.h"

#include "base/num.h"

enum { US_PER_S = 1000000, RATIO_ONE = 10000 };

static bool first_and_last(const struct store *store, enum table_id table, uint32_t parent,
                           uint32_t ret_rows[2])
{
    uint32_t row = store_row_next(store, table, parent, ROW_NONE);

    ret_rows[0] = ret_rows[1] = row;
    for (; row != ROW_NONE; row = store_row_next(store, table, parent, row))
        ret_rows[1] = row;
    return ret_rows[0] != ret_rows[1];
}

/* The number of the last row less that of the first. */
static bool difference(const struct store *store, enum field_id field, const uint32_t rows[2],
                       struct cites *cites, int64_t *ret_difference)
{
    int64_t before, after;

    return cites_number(cites, store, field, rows[0], &before) &&
           cites_number(cites, store, field, rows[1], &after) &&
           !__builtin_sub_overflow(after, before, ret_difference);
}

bool change_read(const struct store *store, enum field_id sample_field, uint32_t parent_row,
                 struct change *ret_change)
{
    enum table_id table = schema_field(sample_field)->table;
    enum field_id time = schema_find_field(table, SPAN_LIT("time"));
    uint32_t rows[2];

    *ret_change = (struct change){0};
    if (first_and_last(store, table, parent_row, rows) &&
        difference(store, time, rows, &ret_change->cites, &ret_change->span_us) &&
        ret_change->span_us > 0 &&
        difference(store, sample_field, rows, &ret_change->cites, &ret_change->amount))
        return true;
    cites_free(&ret_change->cites);
    return false;
}

void change_set_amount(struct change *change, struct store *store, enum field_id result,
                       uint32_t row)
{
    cites_compute(&change->cites, store, result, row, change->amount);
}

void change_set_rate(struct change *change, struct store *store, enum field_id result, uint32_t row,
                     int64_t unit_bytes)
{
    int64_t bytes;

    if (change->amount >= 0 && num_mul(change->amount, unit_bytes, &bytes))
        cites_compute(&change->cites, store, result, row,
                      num_muldiv(bytes, US_PER_S, change->span_us));
    cites_free(&change->cites);
}

void change_set_share(struct change *change, struct store *store, enum field_id result,
                      uint32_t row)
{
    if (change->amount >= 0)
        cites_compute(&change->cites, store, result, row,
                      num_muldiv(change->amount, RATIO_ONE, change->span_us));
    cites_free(&change->cites);
}
