/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_VERDICT_GRID_H
#define OOMSCOPE_VERDICT_GRID_H

#include "verdict/say.h"

/* Building of tables from rows of the store. */

/* A column and the fact that fills it: F_host_hostname (0) = filled by code. */
struct grid_column {
    struct column column;
    enum field_id field;
};
enum { GRID_COLUMNS_MAX = 20 };
/* An array of them and their count, as two arguments or initializers. */
#define COLUMNS(c) (c), sizeof(c) / sizeof(*(c))

/* A table of the report that shows rows of one table of facts. */
struct grid_def {
    const char *id, *title;
    enum table_id table;
    const struct grid_column *columns;
    size_t n_columns;
    enum field_id by; /* 0 = as printed */
    size_t keep;
};

/* A table with these columns, empty. */
struct grid *grid_add(struct maker *m, struct grids *grids, const char *id, const char *title);
void grid_columns(struct maker *m, struct grid *grid, const struct grid_column *columns, size_t n);
/* A row with the facts of `row`; returns its first cell. Cites them. */
struct cell *grid_row(struct maker *m, struct grid *grid, const struct grid_column *columns,
                      uint32_t row);
struct cell cell_word(const char *word);

/* Which rows of a table, and how many of the largest. */
struct grid_choice {
    enum table_id table;
    uint32_t parent;  /* 0 at top level */
    enum field_id by; /* rows without it come last; 0 = in the order of the table */
    size_t keep;
    bool (*accept)(const struct maker *m, uint32_t row, const void *context); /* NULL = all */
    const void *context;
};
/* Fills the grid with the rows chosen, and counts those left out. */
void grid_fill(struct maker *m, struct grid *grid, const struct grid_column *columns,
               const struct grid_choice *choice);
/* Takes out columns in which no row has a value, and the grid where no row is left. */
void grid_finish(struct maker *m, struct grids *grids);

void grids_of_processes(struct maker *m, struct incident *incident);
void grids_of_event(struct maker *m, struct incident *incident);
void grids_of_cgroups(struct maker *m, struct incident *incident);

#endif
