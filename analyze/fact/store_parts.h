/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_FACT_STORE_PARTS_H
#define OOMSCOPE_FACT_STORE_PARTS_H

/* What the files of the store share; nobody else includes it. */

#include "fact/store.h"

#include "base/arena.h"
#include "base/map.h"

enum cell_flag {
    CELL_COMPUTED = 1, /* member = first of its sources in store->sources, line = how many */
    CELL_ALSO = 2,     /* further places are in store->also */
    CELL_HIDDEN = 4,
};

struct cell {
    union {
        int64_t number;
        const char *text;
    } value;
    uint32_t text_n, member, line;
    uint8_t state, flags;
};

struct row {
    uint32_t parent, next; /* next row of the same parent, or ROW_NONE */
    struct span key;
    bool hidden;
};

/* What was computed from all rows cites each that it was made from: a hidden row takes its own
 * facts away, and leaves what was made of the others. */
enum chain_hidden {
    CHAIN_HIDDEN = 1,   /* the statement that all rows are there */
    CHAIN_LACKS_ROW = 2 /* a row: who walks the table now does not see all */
};

/* One chain of rows: those of a top-level table, or the children of one row. */
struct chain {
    uint32_t first, last;
    uint8_t said, complete;
    uint8_t hidden;   /* enum chain_hidden */
    bool is_computed; /* complete as `source` is */
    bool lacks_rows;  /* the limit of rows left some out: never complete */
    struct ref source;
    struct where where;
};

enum { ROWS_PER_CHUNK = 64 };

/* The cells of a chunk of rows stand column by column, and those that no row of it has take no
 * room: rules walk a few columns of many rows. */
struct table {
    struct cell **columns; /* [chunk * fields of the table + column], NULL where all are absent */
    struct row *rows;
    uint32_t n_rows, room, n_chunks;
    struct chain *chains; /* by parent row; [0] at top level */
    uint32_t n_chains;
    struct map keys;
    uint32_t spill; /* row + 1 that stands for all beyond the limit; 0 = none */
    bool spill_said;
};

struct member {
    struct span path, text;
    struct map lines; /* line -> index in store->kept */
    uint32_t attempt; /* index + 1 in store->attempts, 0 = not known here */
};

struct also {
    struct where where;
    uint32_t next; /* index + 1, 0 = last */
};

struct store {
    struct arena *arena;
    struct table tables[TABLE_COUNT];
    int64_t n_rows, max_rows; /* of all tables */
    bool hides;               /* some fact, row or completeness is hidden */
    struct member *members;   /* [0] is nobody */
    uint32_t n_members, room_members;
    struct map member_ids;
    struct span *kept;
    uint32_t n_kept, room_kept;
    struct attempt *attempts;
    uint32_t n_attempts, room_attempts;
    struct map attempt_ids; /* of those whose member came later, or never */
    uint64_t *sources;      /* packed refs */
    uint32_t n_sources, room_sources;
    struct also *also;
    uint32_t n_also, room_also;
    struct map also_heads; /* packed ref -> index + 1 */
    struct observation *observations;
    uint32_t n_observations, room_observations;
    struct map observation_ids;
    struct map observed_members; /* kind and text -> number of members */
    uint32_t observed_kinds[OBS_KINDS];
};

/* NULL when there is no such row. An absent cell may be one that all share: it is not to be
 * written. */
const struct cell *store_cell(const struct store *store, struct ref ref);
struct cell *store_cell_make(struct store *store, struct ref ref); /* the same, to be written */
uint32_t store_chunk_rows(enum table_id table);
struct chain *store_chain(struct store *store, enum table_id table,
                          uint32_t parent_row); /* added when new */
const struct chain *store_chain_find(const struct store *store, enum table_id table,
                                     uint32_t parent_row);
/* The row is the one that stands for all beyond the limit: it keeps no facts. `where`: the place of
 * a fact of it, for the observation. */
bool store_is_spilled(struct store *store, enum table_id table, uint32_t row, struct where where);
/* Makes room for one more element in a growing array outside the arena. */
void *store_room(void *array, uint32_t n, uint32_t *room, size_t size_bytes);

#endif
