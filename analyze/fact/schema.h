/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_FACT_SCHEMA_H
#define OOMSCOPE_FACT_SCHEMA_H

#include "base/span.h"

#include <stdint.h>

/* The vocabulary of schema.def as enums and as tables to walk. T_meminfo names a table,
 * F_meminfo_total a field. */

enum fact_type {
    FACT_BYTES,
    FACT_COUNT,
    FACT_DURATION, /* microseconds */
    FACT_RATIO,    /* ten-thousandths */
    FACT_RATE,     /* bytes per second */
    FACT_TEXT,
    FACT_BOOL,
    FACT_TABLE, /* only as the type of a path in rules: a table, or the children of a row */
};

/* What a file means by a number; the keyed parser converts to the fact's own unit. */
enum source_unit {
    UNIT_ONE,   /* the number itself */
    UNIT_KIB,   /* followed by "kB" where the kernel prints a unit */
    UNIT_PAGES, /* pages of the captured host */
    UNIT_BYTES, /* bytes, or "max", or one of the unlimited numbers */
    UNIT_USEC,
    UNIT_SEC,
    UNIT_TICKS,   /* 1/100 s, USER_HZ */
    UNIT_PERCENT, /* 12.34 -> ratio */
    UNIT_FLAG,    /* 0, 1, Y, N */
    UNIT_TEXT,
    UNIT_CHOICE, /* the word in [brackets] */
};

enum table_id {
#define OBJECT(name, doc)               T_##name,
#define TABLE(name, key, doc)           T_##name,
#define CHILD(name, parent, field, doc) T_##name,
#define FIELD(table, name, type, doc)
#define FROM(pattern, key, unit)
#include "fact/schema.def"
#undef OBJECT
#undef TABLE
#undef CHILD
#undef FIELD
#undef FROM
    TABLE_COUNT,
    TABLE_NONE = TABLE_COUNT,
};

enum field_id {
#define OBJECT(name, doc)
#define TABLE(name, key, doc)
#define CHILD(name, parent, field, doc)
#define FIELD(table, name, type, doc) F_##table##_##name,
#define FROM(pattern, key, unit)
#include "fact/schema.def"
#undef OBJECT
#undef TABLE
#undef CHILD
#undef FIELD
#undef FROM
    FIELD_COUNT,
    FIELD_NONE = FIELD_COUNT,
};

struct table_def {
    const char *name, *doc;
    const char *key;      /* name of the field that names a row; NULL for objects and children */
    bool is_object;       /* exactly one row */
    enum table_id parent; /* TABLE_NONE for top-level tables */
    const char *parent_field; /* how a row of the parent reaches its children: p.samples */
    uint32_t first_field, n_fields;
};

struct source_def {
    enum field_id field;
    const char *pattern, *key;
    enum source_unit unit;
};

struct field_def {
    enum table_id table;
    const char *name, *doc;
    enum fact_type type;
    uint32_t column;                  /* position in its table */
    uint32_t first_source, n_sources; /* in schema_sources */
    enum field_id sample;             /* same-named field of the table of samples, or FIELD_NONE */
};

const struct table_def *schema_table(enum table_id table);
const struct field_def *schema_field(enum field_id field);
const struct source_def *schema_sources(uint32_t *ret_n); /* all, in the order of schema.def */

enum table_id schema_find_table(struct span name); /* top-level names only; else TABLE_NONE */
enum table_id schema_find_child(enum table_id parent, struct span field); /* else TABLE_NONE */
enum field_id schema_find_field(enum table_id table, struct span name);   /* else FIELD_NONE */
enum table_id schema_samples_of(enum table_id table); /* its table of samples, or TABLE_NONE */
const char *schema_type_name(enum fact_type type);    /* "bytes" ... */

#endif
