/* SPDX-License-Identifier: MIT */
#include "render/table.h"

#include "base/amount.h"
#include "base/arena.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

enum { NAME_COLUMNS = 48, BAR_COLUMNS = 20 };

struct table_text *table_text_new(size_t n_columns, size_t n_rows)
{
    struct table_text *table = base_realloc(NULL, 1, sizeof(*table));
    size_t n = n_columns * n_rows;
    table->cells = base_realloc(NULL, n ? n : 1, sizeof(*table->cells));
    table->right = base_realloc(NULL, n_columns ? n_columns : 1, sizeof(*table->right));
    memset(table->cells, 0, n * sizeof(*table->cells));
    memset(table->right, 0, n_columns * sizeof(*table->right));
    table->n_rows = n_rows;
    table->n_columns = n_columns;
    return table;
}

void table_text_free(struct table_text *table)
{
    for (size_t i = 0; i < table->n_rows * table->n_columns; i++)
        buf_free(&table->cells[i]);
    free(table->cells);
    free(table->right);
    free(table);
}

void table_text_set(struct table_text *table, size_t row, size_t column, struct buf *text)
{
    table->cells[row * table->n_columns + column] = *text;
    *text = (struct buf){0};
}

void table_text_str(struct table_text *table, size_t row, size_t column, const char *text)
{
    struct buf copy = {0};
    buf_str(&copy, text);
    table_text_set(table, row, column, &copy);
}

static size_t width_of(struct span s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        n += (s.p[i] & 0xc0) != 0x80;
    return n;
}

static void pad(struct buf *out, size_t n)
{
    while (n--)
        buf_char(out, ' ');
}

static void row_write(const struct table_text *table, size_t row, const size_t *widths,
                      struct buf *out)
{
    size_t start = out->n;
    for (size_t i = 0; i < table->n_columns; i++) {
        struct span cell = buf_span(&table->cells[row * table->n_columns + i]);
        size_t missing = widths[i] - width_of(cell);
        if (i)
            buf_str(out, "  ");
        if (table->right[i])
            pad(out, missing);
        buf_add(out, cell);
        if (!table->right[i])
            pad(out, missing);
    }
    while (out->n > start && out->p[out->n - 1] == ' ')
        out->n--;
    buf_char(out, '\n');
}

void table_text_write(const struct table_text *table, struct buf *out)
{
    size_t *widths = base_realloc(NULL, table->n_columns, sizeof(*widths));
    for (size_t i = 0; i < table->n_columns; i++) {
        widths[i] = 0;
        for (size_t row = 0; row < table->n_rows; row++) {
            size_t width = width_of(buf_span(&table->cells[row * table->n_columns + i]));
            widths[i] = width > widths[i] ? width : widths[i];
        }
    }
    for (size_t row = 0; row < table->n_rows; row++)
        row_write(table, row, widths, out);
    free(widths);
}

/* Names keep their beginning, paths their end: that is where they differ. */
void table_name(struct span evidence, struct buf *out)
{
    struct buf visible = {0}, whole = {0};
    ids_short_write(evidence, &whole);
    utf8_visible(buf_span(&whole), &visible);
    buf_free(&whole);
    struct span s = buf_span(&visible);
    bool is_path = span_starts(s, "/");
    size_t width = width_of(s);
    if (s.n == 0) {
        buf_str(out, "(empty)");
    } else if (width <= NAME_COLUMNS) {
        buf_add(out, s);
    } else {
        size_t skip = is_path ? width - NAME_COLUMNS + 1 : 0, keep = NAME_COLUMNS - 1, at = 0;
        if (is_path)
            buf_str(out, "\xe2\x80\xa6");
        for (size_t i = 0; i < s.n; i++) {
            at += (s.p[i] & 0xc0) != 0x80;
            if (at > skip && at <= skip + keep)
                buf_char(out, s.p[i]);
        }
        if (!is_path)
            buf_str(out, "\xe2\x80\xa6");
    }
    buf_free(&visible);
}

static void table_cell(const struct cell *cell, struct buf *out)
{
    switch (cell->kind) {
    case CELL_NONE:
        buf_char(out, '-');
        break;
    case CELL_EVIDENCE:
        table_name(cell->text, out);
        break;
    case CELL_WORD:
        buf_add(out, cell->text);
        break;
    case CELL_BYTES:
        amount_bytes(cell->number, out);
        break;
    case CELL_COUNT:
        buf_fmt(out, "%lld", (long long)cell->number);
        break;
    case CELL_DURATION:
        amount_duration_us(cell->number, out);
        break;
    case CELL_RATIO:
        amount_ratio(cell->number, out);
        break;
    case CELL_RATE:
        amount_rate(cell->number, out);
        break;
    case CELL_UNLIMITED:
        buf_str(out, "max");
        break;
    }
}

void table_bar(int64_t share, struct buf *out)
{
    int64_t full = (share * BAR_COLUMNS + 5000) / 10000;
    for (int64_t i = 0; i < full && i < BAR_COLUMNS; i++)
        buf_char(out, '#');
}

/* A unit that is only the last part of the path before it in the row takes room and says nothing.
 */
static bool repeats_path(const struct grid *grid, size_t column)
{
    if (!span_is(span_of(grid->columns[column].key), "unit"))
        return false;
    for (size_t row = 0; row < grid->n_rows; row++) {
        const struct cell *cells = &grid->cells[row * grid->n_columns];
        struct span path = cells[0].text, unit = cells[column].text;
        if (unit.n > path.n || !span_eq(span_skip(path, path.n - unit.n), unit))
            return false;
    }
    return true;
}

static void grid_column(const struct grid *grid, size_t column, struct table_text *table, size_t at)
{
    struct buf text = {0};
    enum fact_type type = grid->columns[column].type;
    table_text_str(table, 0, at, grid->columns[column].title);
    table->right[at] = type != FACT_TEXT && type != FACT_BOOL;
    for (size_t row = 0; row + 1 < table->n_rows; row++) {
        table_cell(&grid->cells[row * grid->n_columns + column], &text);
        table_text_set(table, row + 1, at, &text);
    }
}

void table_grid(const struct grid *grid, size_t keep, struct buf *out)
{
    size_t n = grid->n_rows < keep ? grid->n_rows : keep, shown = 0;
    for (size_t i = 0; i < grid->n_columns; i++)
        shown += !repeats_path(grid, i);
    struct table_text *table = table_text_new(shown, n + 1);
    for (size_t i = 0, at = 0; i < grid->n_columns; i++)
        if (!repeats_path(grid, i))
            grid_column(grid, i, table, at++);
    table_text_write(table, out);
    table_text_free(table);
    size_t left = grid->n_rows - n + grid->omitted;
    if (left)
        buf_fmt(out, "(%zu more)\n", left);
}
