/* SPDX-License-Identifier: MIT */
/* Reads one log and prints the facts of its events as JSON lines, for corpus.py and for humans:
 *     log_facts LOG
 * Each line is {"table": ..., "row": ..., "fields": {name: value}, "lines": {name: line}}. */
#include "base/arena.h"
#include "base/utf8.h"
#include "fact/store.h"
#include "log/log.h"

#include <inttypes.h>
#include <stdio.h>

static void print_text(struct span text)
{
    putchar('"');
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        if (c < 0x20 || c >= 0x7f || c == '"' || c == '\\')
            printf("\\u%04x", c);
        else
            putchar(c);
    }
    putchar('"');
}

static void print_fact(struct fact fact)
{
    if (fact.state == FACT_UNLIMITED)
        printf("\"unlimited\"");
    else if (fact.state != FACT_KNOWN)
        printf("null");
    else if (fact.type == FACT_TEXT)
        print_text(fact.text);
    else
        printf("%" PRId64, fact.number);
}

static void print_row(const struct store *store, enum table_id table, uint32_t row)
{
    const struct table_def *def = schema_table(table);
    const char *comma = "";
    printf("{\"table\":\"%s\",\"row\":%u,\"parent\":%u,\"fields\":{", def->name, row,
           def->parent == TABLE_NONE ? 0 : store_row_parent(store, table, row));
    for (uint32_t pass = 0; pass < 2; pass++) {
        for (uint32_t i = 0; i < def->n_fields; i++) {
            enum field_id field = (enum field_id)(def->first_field + i);
            struct fact fact = store_fact(store, field, row);
            if (fact.state == FACT_ABSENT)
                continue;
            printf("%s\"%s\":", comma, schema_field(field)->name);
            if (pass == 0)
                print_fact(fact);
            else
                printf("%u", fact.where.line);
            comma = ",";
        }
        comma = "";
        printf("%s", pass == 0 ? "},\"lines\":{" : "}}\n");
    }
}

static void print_table(const struct store *store, enum table_id table, uint32_t parent)
{
    for (uint32_t row = ROW_NONE; (row = store_row_next(store, table, parent, row)) != ROW_NONE;) {
        print_row(store, table, row);
        for (uint32_t child = 0; child < TABLE_COUNT; child++)
            if (schema_table((enum table_id)child)->parent == table)
                print_table(store, (enum table_id)child, row);
    }
}

static void print_observations(const struct store *store)
{
    for (uint32_t i = 0; i < store_observation_count(store); i++) {
        const struct observation *o = store_observation(store, i);
        printf("{\"table\":\"observations\",\"kind\":\"%s\",\"line\":%u,\"count\":%u,\"text\":",
               observation_kind_name(o->kind), o->where.line, o->count);
        print_text(o->text);
        printf("}\n");
    }
}

static bool feed_file(struct log *log, const char *path)
{
    static char chunk[1 << 18];
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    for (size_t n; (n = fread(chunk, 1, sizeof(chunk), file)) > 0;)
        log_feed(log, (struct span){chunk, n});
    fclose(file);
    return true;
}

int main(int argc, char **argv)
{
    static const char *const names[] = {"log", "second"};
    struct arena *arena = arena_new();
    struct store *store = store_new(arena);
    struct log *log = log_new(store);
    bool good = argc == 2 || argc == 3;
    for (int i = 1; good && i < argc; i++) {
        log_begin(log, span_of(names[i - 1]), LOG_ANY);
        good = feed_file(log, argv[i]);
        log_end(log, false);
    }
    log_finish(log);
    if (!good) {
        fprintf(stderr, "usage: log_facts LOG [SECOND_LOG]\n");
        return 3;
    }
    print_table(store, T_logs, 0);
    print_table(store, T_oom_events, 0);
    print_table(store, T_alloc_failures, 0);
    print_table(store, T_log_events, 0);
    print_observations(store);
    store_free(store);
    arena_free(arena);
    return 0;
}
