/* SPDX-License-Identifier: MIT */
#include "verdict/grid.h"

#include <stdlib.h>

struct grid *grid_add(struct maker *m, struct grids *grids, const char *id, const char *title)
{
    grids->items = maker_room(m, grids->items, grids->n, &grids->room, sizeof(*grids->items));
    grids->items[grids->n] = (struct grid){.id = id, .title = title};
    return &grids->items[grids->n++];
}

void grid_columns(struct maker *m, struct grid *grid, const struct grid_column *columns, size_t n)
{
    struct column *copy = arena_array(m->arena, n, sizeof(*copy));
    for (size_t i = 0; i < n; i++)
        copy[i] = columns[i].column;
    grid->columns = copy;
    grid->n_columns = n;
}

struct cell cell_word(const char *word)
{
    return (struct cell){.kind = CELL_WORD, .text = span_of(word)};
}

static enum cell_kind kind_for(enum fact_type type)
{
    static const enum cell_kind kinds[] = {
        [FACT_BYTES] = CELL_BYTES, [FACT_COUNT] = CELL_COUNT, [FACT_DURATION] = CELL_DURATION,
        [FACT_RATIO] = CELL_RATIO, [FACT_RATE] = CELL_RATE,   [FACT_TEXT] = CELL_EVIDENCE,
        [FACT_BOOL] = CELL_WORD,   [FACT_TABLE] = CELL_NONE};
    return kinds[type];
}

static struct cell cell_of(struct maker *m, struct statement *note, enum field_id field,
                           uint32_t row)
{
    struct fact fact = store_fact(m->store, field, row);
    if (fact.state == FACT_UNLIMITED || fact.state == FACT_KNOWN)
        statement_cite(m, note, ref_of(field, row));
    if (fact.state == FACT_UNLIMITED)
        return (struct cell){.kind = CELL_UNLIMITED};
    if (fact.state != FACT_KNOWN)
        return (struct cell){.kind = CELL_NONE};
    if (fact.type == FACT_BOOL)
        return cell_word(fact.number ? "yes" : "no");
    return (struct cell){.kind = kind_for(fact.type), .number = fact.number, .text = fact.text};
}

struct cell *grid_row(struct maker *m, struct grid *grid, const struct grid_column *columns,
                      uint32_t row)
{
    size_t room = grid->room_rows;
    grid->notes = maker_room(m, grid->notes, grid->n_rows, &grid->room_rows, sizeof(*grid->notes));
    grid->cells =
        maker_room(m, grid->cells, grid->n_rows, &room, grid->n_columns * sizeof(*grid->cells));
    struct statement *note = &grid->notes[grid->n_rows];
    *note = (struct statement){0};
    struct cell *cells = &grid->cells[grid->n_rows * grid->n_columns];
    for (size_t i = 0; i < grid->n_columns; i++)
        cells[i] = columns[i].field ? cell_of(m, note, columns[i].field, row)
                                    : (struct cell){.kind = CELL_NONE};
    grid->n_rows++;
    return cells;
}

struct pick {
    int64_t number;
    uint32_t row;
};

static int pick_cmp(const void *a, const void *b)
{
    const struct pick *x = a, *y = b;
    if (x->number != y->number)
        return x->number > y->number ? -1 : 1;
    return x->row < y->row ? -1 : 1;
}

static struct pick *picks_of(struct maker *m, const struct grid_choice *choice, size_t *ret_n)
{
    struct pick *picks = NULL;
    size_t n = 0, room = 0;
    for (uint32_t row = ROW_NONE;
         (row = store_row_next(m->store, choice->table, choice->parent, row)) != ROW_NONE;) {
        if (choice->accept && !choice->accept(m, row, choice->context))
            continue;
        if (n == room) {
            room = room ? room * 2 : 64;
            picks = base_realloc(picks, room, sizeof(*picks));
        }
        int64_t number = choice->by ? number_or(m, choice->by, row, INT64_MIN) : 0;
        picks[n++] = (struct pick){number, row};
    }
    *ret_n = n;
    return picks;
}

void grid_fill(struct maker *m, struct grid *grid, const struct grid_column *columns,
               const struct grid_choice *choice)
{
    size_t n;
    struct pick *picks = picks_of(m, choice, &n);
    if (choice->by && n)
        qsort(picks, n, sizeof(*picks), pick_cmp);
    for (size_t i = 0; i < n && i < choice->keep; i++)
        grid_row(m, grid, columns, picks[i].row);
    if (n > choice->keep)
        grid->omitted += n - choice->keep;
    free(picks);
}

static bool column_is_empty(const struct grid *grid, size_t column)
{
    for (size_t i = 0; i < grid->n_rows; i++)
        if (grid->cells[i * grid->n_columns + column].kind != CELL_NONE)
            return false;
    return true;
}

void grid_finish(struct maker *m, struct grids *grids)
{
    struct grid *grid = &grids->items[grids->n - 1];
    if (grid->n_rows == 0) {
        grids->n--;
        return;
    }
    struct column *columns = arena_array(m->arena, grid->n_columns, sizeof(*columns));
    struct cell *cells = arena_array(m->arena, grid->n_rows * grid->n_columns, sizeof(*cells));
    size_t map[GRID_COLUMNS_MAX], n = 0;
    for (size_t i = 0; i < grid->n_columns && i < GRID_COLUMNS_MAX; i++)
        if (!column_is_empty(grid, i)) {
            columns[n] = grid->columns[i];
            map[n++] = i;
        }
    for (size_t row = 0; row < grid->n_rows; row++)
        for (size_t i = 0; i < n; i++)
            cells[row * n + i] = grid->cells[row * grid->n_columns + map[i]];
    grid->columns = columns;
    grid->cells = cells;
    grid->n_columns = n;
}
