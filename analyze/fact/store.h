/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_FACT_STORE_H
#define OOMSCOPE_FACT_STORE_H

#include "fact/schema.h"

#include <stdbool.h>

struct arena;
struct store;

/* The place of a piece of evidence. Member 0 = no place. Line 0 = the member as a whole. */
struct where {
    uint32_t member;
    uint32_t line;
};

/* Names one cell: a fact, or with column == REF_COMPLETE the statement that the children of row
 * `row` of the parent (or, for a top-level table, row == 0) are all there. */
struct ref {
    uint16_t table;
    uint16_t column;
    uint32_t row;
};
enum { REF_COMPLETE = 0xffff };
enum { ROW_NONE = 0xffffffff };

enum fact_state {
    FACT_ABSENT,
    FACT_KNOWN,
    FACT_UNLIMITED,  /* "max" and its like; only for BYTES and COUNT */
    FACT_UNREADABLE, /* the place is there, its text is not what the kernel prints; see the
                        observations */
};

struct fact {
    enum fact_state state;
    enum fact_type type;
    int64_t number;     /* BYTES, COUNT, DURATION (us), RATIO (1/10000), RATE, BOOL (0, 1) */
    struct span text;   /* TEXT; bytes as in the evidence, unescaped from the carrier */
    struct where where; /* first place; member 0 when absent or computed */
    bool is_computed;   /* made from other facts: store_sources says which */
};

/* ---- life */
struct store *
store_new(struct arena *arena); /* lives in the arena; free with store_free before it */
void store_free(struct store *store);
struct arena *store_arena(struct store *store);

/* ---- members: what places are named after */
uint32_t store_member(struct store *store,
                      struct span path); /* id of the member, added when new; from 1 */
uint32_t store_member_borrow(struct store *store, struct span path); /* path outlives the store */
uint32_t store_member_find(const struct store *store, struct span path); /* 0 when there is none */
struct span store_member_path(const struct store *store, uint32_t member);
/* Keeps the text of a whole member (borrowed: must live as long as the store), or of single lines
 * (copied). */
void store_member_text(struct store *store, uint32_t member, struct span text);
void store_keep_line(struct store *store, struct where where, struct span line);
struct span store_line(const struct store *store,
                       struct where where); /* p == NULL when it was not kept */

/* ---- attempts: what the manifest says of each member that collect tried */
struct attempt {
    struct span member, status, detail;
    int64_t err_no, bytes;
    struct where where; /* the line of manifest.jsonl */
};
/* The id of its member, 0 when there is none. */
uint32_t store_attempt_add(struct store *store, const struct attempt *attempt);
const struct attempt *store_attempt_find(const struct store *store,
                                         struct span member); /* or NULL */

/* ---- rows */
/* At most so many rows in all tables together. What is beyond is left out: one observation for each
 * table, which is never complete then. */
void store_limit_rows(struct store *store, int64_t max_rows);
uint32_t store_row_add(struct store *store, enum table_id table,
                       uint32_t parent_row); /* parent_row 0 at top level */
/* Row with this key in a top-level table, added when new; sets the key field when it is of type
 * TEXT or COUNT. */
uint32_t store_row_by_key(struct store *store, enum table_id table, struct span key,
                          struct where where);
uint32_t store_row_find(const struct store *store, enum table_id table,
                        struct span key); /* or ROW_NONE */
struct span store_row_key(const struct store *store, enum table_id table,
                          uint32_t row); /* text of the key */
uint32_t store_row_count(const struct store *store,
                         enum table_id table); /* all rows, children of all parents */
uint32_t store_row_parent(const struct store *store, enum table_id table, uint32_t row);
/* Walks the visible rows of a table under parent_row (0 at top level): ROW_NONE starts, ROW_NONE
 * ends. */
uint32_t store_row_next(const struct store *store, enum table_id table, uint32_t parent_row,
                        uint32_t row);
/* Puts the children of a parent, or the rows of a top-level table, in the order of `less`. Refs
 * stay valid. */
void store_rows_sort(struct store *store, enum table_id table, uint32_t parent_row,
                     bool (*less)(const struct store *store, uint32_t a, uint32_t b));

/* ---- facts. A fact is set once: setting it again to the same value adds a second place; to
 * another value keeps the first and adds an observation (disagreement). */
struct ref ref_of(enum field_id field, uint32_t row);
struct ref ref_complete(enum table_id table, uint32_t parent_row);
uint64_t ref_pack(struct ref ref); /* for sorting and sets */
struct ref ref_unpack(uint64_t packed);
enum field_id ref_field(struct ref ref); /* FIELD_NONE for completeness */

void store_set(struct store *store, enum field_id field, uint32_t row, int64_t number,
               struct where where);
void store_set_text(struct store *store, enum field_id field, uint32_t row, struct span text,
                    struct where where); /* copies */
void store_set_unlimited(struct store *store, enum field_id field, uint32_t row,
                         struct where where);
void store_set_unreadable(struct store *store, enum field_id field, uint32_t row,
                          struct where where);
/* A fact made from others, which it cites. The sources must be set. Overwrites an absent fact only.
 */
void store_compute(struct store *store, enum field_id field, uint32_t row, int64_t number,
                   const struct ref *sources, size_t n);
void store_compute_text(struct store *store, enum field_id field, uint32_t row, struct span text,
                        const struct ref *sources, size_t n);
void store_compute_unlimited(struct store *store, enum field_id field, uint32_t row,
                             const struct ref *sources, size_t n);
/* Overrides what was said of a top-level table: for inline tests of rules, whose evidence has no
 * manifest. */
void store_assume_complete(struct store *store, enum table_id table, bool complete);
/* Says whether all rows under parent_row are there, and where that is said. Last word wins, but
 * false is never turned into true. A table of which nothing was said is incomplete. */
void store_set_complete(struct store *store, enum table_id table, uint32_t parent_row,
                        bool complete, struct where where);
/* A top-level table of computed rows is complete as `source`, another completeness, is: it reads,
 * hides and cites as that does. */
void store_complete_as(struct store *store, enum table_id table, struct ref source);

struct fact store_get(const struct store *store, struct ref ref); /* hidden facts are absent */
struct fact store_fact(const struct store *store, enum field_id field,
                       uint32_t row); /* = store_get(ref_of(..)) */
bool store_number(const struct store *store, enum field_id field, uint32_t row,
                  int64_t *ret_number); /* known only */
bool store_is_complete(const struct store *store, enum table_id table, uint32_t parent_row);

/* All places of a fact (both, when two sources said it); none for absent and computed facts. */
size_t store_places(const struct store *store, struct ref ref, struct where *ret_places,
                    size_t room);
/* The facts that `ref` rests on: itself, or for a computed fact its sources down to facts that were
 * read. Calls `each` once per source, repeats included. */
void store_sources(const struct store *store, struct ref ref,
                   void (*each)(void *context, struct ref ref), void *context);

/* ---- why a fact is absent */
enum lack_reason {
    LACK_NOT_CAPTURED, /* the manifest names the file with a status that is not ok */
    LACK_NO_MEMBER,    /* the bundle has no such file and no manifest line for it */
    LACK_NO_KEY, /* the file is there; this kernel does not print the key, or the line is missing */
    LACK_UNREADABLE, /* the text at the place is malformed or cut */
    LACK_INCOMPLETE, /* a table: not all rows are known to be there */
    LACK_COMPUTED,   /* computed from facts of which some are absent */
};
struct lack {
    struct ref ref;
    enum lack_reason reason;
    struct span
        member; /* the file that would have said it (the first source), "" when there is none */
    struct span status; /* the manifest's word, "" when it has none */
    struct where where; /* manifest line, or place of the unreadable text; member 0 when neither */
};
struct lack store_lack(struct store *store, struct ref ref);

/* ---- observations: odd evidence, said in the output */
enum observation_kind {
    OBS_TRUNCATED,
    OBS_MALFORMED,
    OBS_OVER_LIMIT,
    OBS_DUPLICATE,
    OBS_DISAGREEMENT,
    OBS_DISTRUSTED, /* hash or size of a member is not what the manifest says; forged lines */
    OBS_UNKNOWN,    /* something this version does not know */
    OBS_NOTE,       /* a correction that was applied, an assumption that was made */
    OBS_KINDS,
};
struct observation {
    enum observation_kind kind;
    struct where where;
    struct span text; /* our words; evidence in them is already made visible (utf8_visible) */
    uint32_t count;   /* how many of the same kind and text in this member were folded into it;
                         of the 101st member with them on, how many in all members */
};
/* The observation, new or counted further; valid until the next call. */
struct observation *store_observe(struct store *store, enum observation_kind kind,
                                  struct where where, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
uint32_t store_observation_count(const struct store *store);
const struct observation *store_observation(const struct store *store, uint32_t index);
const char *observation_kind_name(enum observation_kind kind);

/* ---- hiding, for the laws: a hidden fact reads as absent, and so does every fact computed from
 * it; a hidden completeness reads as incomplete; hiding a row takes it out of the table and makes
 * the table incomplete. */
void store_hide(struct store *store, struct ref ref);
void store_hide_row(struct store *store, enum table_id table, uint32_t row);
void store_show_all(struct store *store);
/* Calls each for every fact that is known, unlimited or unreadable and was read, not computed, and
 * for every completeness that was said. */
void store_each_fact(const struct store *store, void (*each)(void *context, struct ref ref),
                     void *context);

#endif
