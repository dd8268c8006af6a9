/* SPDX-License-Identifier: MIT */
/* The places that a statement rests on: sorted, each once. */
#include "verdict/say.h"

#include <stdlib.h>
#include <string.h>

static int where_cmp(struct where a, struct where b)
{
    if (a.member != b.member)
        return a.member < b.member ? -1 : 1;
    return a.line < b.line ? -1 : a.line > b.line;
}

/* The first place that is not before `where`. Facts of one file come in order, so that it is mostly
 * the end. */
static size_t place_find(const struct statement *statement, struct where where)
{
    size_t low = 0, high = statement->n_places;
    if (high && where_cmp(statement->places[high - 1], where) < 0)
        return high;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (where_cmp(statement->places[mid], where) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

void statement_cite_place(struct maker *m, struct statement *statement, struct where where)
{
    if (where.member == 0)
        return;
    size_t at = place_find(statement, where);
    if (at < statement->n_places && where_cmp(where, statement->places[at]) == 0)
        return;
    statement->places = maker_room(m, statement->places, statement->n_places,
                                   &statement->room_places, sizeof(*statement->places));
    memmove(&statement->places[at + 1], &statement->places[at],
            (statement->n_places - at) * sizeof(*statement->places));
    statement->places[at] = where;
    statement->n_places++;
}

static int place_cmp(const void *a, const void *b)
{
    return where_cmp(*(const struct where *)a, *(const struct where *)b);
}

struct citing {
    const struct store *store;
    struct where *places; /* in the order of the facts, repeats included */
    size_t n, room;
};

static void cite_source(void *context, struct ref ref)
{
    struct citing *citing = context;
    struct where places[2];
    size_t n = store_places(citing->store, ref, places, 2);
    if (citing->room - citing->n < n) {
        citing->room = citing->room ? citing->room * 2 : 16;
        citing->places = base_realloc(citing->places, citing->room, sizeof(*citing->places));
    }
    for (size_t i = 0; i < n; i++)
        citing->places[citing->n++] = places[i];
}

/* Two sorted lists made one, in which each place stands once. */
static size_t merge(struct where *to, const struct where *a, size_t n_a, const struct where *b,
                    size_t n_b)
{
    size_t n = 0;
    while (n_a || n_b) {
        bool from_a = n_a && (!n_b || where_cmp(*a, *b) <= 0);
        const struct where *next = from_a ? a++ : b++;
        n_a -= from_a;
        n_b -= !from_a;
        if (!n || where_cmp(to[n - 1], *next) != 0)
            to[n++] = *next;
    }
    return n;
}

/* Thousands of places are merged at once: one by one, each would move all others. */
static void cite_sorted(struct maker *m, struct statement *statement, const struct where *from,
                        size_t n)
{
    enum { MANY = 32 };
    if (n < MANY) {
        for (size_t i = 0; i < n; i++)
            statement_cite_place(m, statement, from[i]);
        return;
    }
    statement->room_places = statement->n_places + n;
    struct where *places = arena_array(m->arena, statement->room_places, sizeof(*places));
    statement->n_places = merge(places, statement->places, statement->n_places, from, n);
    statement->places = places;
}

void statement_cite_refs(struct maker *m, struct statement *statement, const struct ref *refs,
                         size_t n)
{
    struct citing citing = {.store = m->store};
    for (size_t i = 0; i < n; i++)
        store_sources(m->store, refs[i], cite_source, &citing);
    if (citing.n > 1)
        qsort(citing.places, citing.n, sizeof(*citing.places), place_cmp);
    cite_sorted(m, statement, citing.places, citing.n);
    free(citing.places);
}

void statement_cite(struct maker *m, struct statement *statement, struct ref ref)
{
    statement_cite_refs(m, statement, &ref, 1);
}

void statement_cite_fact(struct maker *m, struct statement *statement, enum field_id field,
                         uint32_t row)
{
    if (is_known(m, field, row))
        statement_cite(m, statement, ref_of(field, row));
}

void statement_cite_all(struct maker *m, struct statement *statement, const struct statement *from)
{
    cite_sorted(m, statement, from->places, from->n_places);
}
