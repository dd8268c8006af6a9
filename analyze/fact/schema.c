/* SPDX-License-Identifier: MIT */
#include "fact/schema.h"

enum entry_kind { ENTRY_OBJECT, ENTRY_TABLE, ENTRY_CHILD, ENTRY_FIELD, ENTRY_FROM };

struct entry {
    enum entry_kind kind;
    const char *name, *doc, *key;
    int number; /* parent table, fact type or source unit */
};

static const struct entry entries[] = {
#define OBJECT(name, doc)               {ENTRY_OBJECT, #name, doc, NULL, TABLE_NONE},
#define TABLE(name, key, doc)           {ENTRY_TABLE, #name, doc, key, TABLE_NONE},
#define CHILD(name, parent, field, doc) {ENTRY_CHILD, #name, doc, #field, T_##parent},
#define FIELD(table, name, type, doc)   {ENTRY_FIELD, #name, doc, NULL, FACT_##type},
#define FROM(pattern, key, unit)        {ENTRY_FROM, pattern, NULL, key, UNIT_##unit},
#include "fact/schema.def"
#undef OBJECT
#undef TABLE
#undef CHILD
#undef FIELD
#undef FROM
};

enum { ENTRY_COUNT = sizeof(entries) / sizeof(entries[0]) };

static struct table_def tables[TABLE_COUNT];
static struct field_def fields[FIELD_COUNT];
static struct source_def sources[ENTRY_COUNT];
static uint32_t n_sources;

static void add_table(const struct entry *e, struct table_def *table, uint32_t first_field)
{
    *table = (struct table_def){
        .name = e->name,
        .doc = e->doc,
        .key = e->kind == ENTRY_TABLE ? e->key : NULL,
        .is_object = e->kind == ENTRY_OBJECT,
        .parent = (enum table_id)e->number,
        .parent_field = e->kind == ENTRY_CHILD ? e->key : NULL,
        .first_field = first_field,
    };
}

static void link_samples(void)
{
    for (uint32_t f = 0; f < FIELD_COUNT; f++) {
        enum table_id samples = schema_samples_of(fields[f].table);
        fields[f].sample = samples == TABLE_NONE
                               ? FIELD_NONE
                               : schema_find_field(samples, span_of(fields[f].name));
    }
}

/* Runs before main: the tables are constant from then on. */
__attribute__((constructor)) static void schema_build(void)
{
    int table = -1;
    uint32_t field = 0;
    for (size_t i = 0; i < ENTRY_COUNT; i++) {
        const struct entry *e = &entries[i];
        if (e->kind == ENTRY_FIELD) {
            fields[field++] = (struct field_def){
                .table = (enum table_id)table,
                .name = e->name,
                .doc = e->doc,
                .type = (enum fact_type)e->number,
                .column = tables[table].n_fields++,
                .first_source = n_sources,
                .sample = FIELD_NONE,
            };
        } else if (e->kind == ENTRY_FROM) {
            fields[field - 1].n_sources++;
            sources[n_sources++] = (struct source_def){(enum field_id)(field - 1), e->name, e->key,
                                                       (enum source_unit)e->number};
        } else {
            add_table(e, &tables[++table], field);
        }
    }
    link_samples();
}

const struct table_def *schema_table(enum table_id table)
{
    return &tables[table];
}

const struct field_def *schema_field(enum field_id field)
{
    return &fields[field];
}

const struct source_def *schema_sources(uint32_t *ret_n)
{
    *ret_n = n_sources;
    return sources;
}

enum table_id schema_find_table(struct span name)
{
    for (uint32_t t = 0; t < TABLE_COUNT; t++)
        if (tables[t].parent == TABLE_NONE && span_is(name, tables[t].name))
            return (enum table_id)t;
    return TABLE_NONE;
}

enum table_id schema_find_child(enum table_id parent, struct span field)
{
    for (uint32_t t = 0; t < TABLE_COUNT; t++)
        if (tables[t].parent == parent && tables[t].parent_field &&
            span_is(field, tables[t].parent_field))
            return (enum table_id)t;
    return TABLE_NONE;
}

enum field_id schema_find_field(enum table_id table, struct span name)
{
    const struct table_def *t = &tables[table];
    for (uint32_t f = t->first_field; f < t->first_field + t->n_fields; f++)
        if (span_is(name, fields[f].name))
            return (enum field_id)f;
    return FIELD_NONE;
}

enum table_id schema_samples_of(enum table_id table)
{
    switch ((int)table) {
    case T_meminfo:
        return T_meminfo_samples;
    case T_vmstat:
        return T_vmstat_samples;
    case T_psi:
        return T_psi_samples;
    case T_processes:
        return T_process_samples;
    case T_cgroups:
        return T_cgroup_samples;
    default:
        return TABLE_NONE;
    }
}

const char *schema_type_name(enum fact_type type)
{
    static const char *const names[] = {"bytes", "count", "duration", "ratio",
                                        "rate",  "text",  "bool",     "table"};
    return names[type];
}
