/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_RENDER_TABLE_H
#define OOMSCOPE_RENDER_TABLE_H

#include "verdict/verdict.h"

#include "base/buf.h"

/* Aligned text tables for fences and terminals. */
struct table_text {
    struct buf *cells; /* header first; rows x columns */
    bool *right;       /* a column of numbers */
    size_t n_rows, n_columns;
};
struct table_text *table_text_new(size_t n_columns, size_t n_rows); /* header row included */
void table_text_free(struct table_text *table);
/* The cell takes what the buffer holds and leaves it empty. */
void table_text_set(struct table_text *table, size_t row, size_t column, struct buf *text);
void table_text_str(struct table_text *table, size_t row, size_t column, const char *text);
void table_text_write(const struct table_text *table, struct buf *out);

void table_name(struct span evidence, struct buf *out); /* the same for a name */
void table_bar(int64_t share, struct buf *out);         /* ten-thousandths as 20 columns */
/* The first `keep` rows of a grid. */
void table_grid(const struct grid *grid, size_t keep, struct buf *out);

#endif
