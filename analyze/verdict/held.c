/* SPDX-License-Identifier: MIT */
#include "verdict/held.h"

#include "verdict/say.h"

#include <stdlib.h>

void held_add(struct held *held, size_t holder, struct ref ref)
{
    if (held->n == held->room) {
        held->room = held->room ? held->room * 2 : 64;
        held->items = base_realloc(held->items, held->room, sizeof(*held->items));
    }
    held->items[held->n++] = (struct held_fact){holder, ref};
}

static int fact_cmp(const void *a, const void *b)
{
    const struct held_fact *x = a, *y = b;
    if (x->holder != y->holder)
        return x->holder < y->holder ? -1 : 1;
    uint64_t p = ref_pack(x->ref), q = ref_pack(y->ref);
    return (p > q) - (p < q);
}

void held_cite(struct maker *m, struct held *held, struct holder *holders)
{
    struct ref *refs = base_realloc(NULL, held->n + 1, sizeof(*refs));
    if (held->n)
        qsort(held->items, held->n, sizeof(*held->items), fact_cmp);
    for (size_t from = 0, to = 0; from < held->n; from = to) {
        size_t holder = held->items[from].holder;
        for (; to < held->n && held->items[to].holder == holder; to++)
            refs[to] = held->items[to].ref;
        statement_cite_refs(m, &holders[holder].note, refs + from, to - from);
    }
    free(refs);
    free(held->items);
    *held = (struct held){0};
}
