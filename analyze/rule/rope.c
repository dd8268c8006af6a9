/* SPDX-License-Identifier: MIT */
#include "rule/rope.h"

#include "base/arena.h"
#include "base/map.h"

#include <stdlib.h>
#include <string.h>

/* Bit 63 of a packed ref is free: table ids are small. */
#define ROPE_JOIN (UINT64_C(1) << 63)

struct refs {
    uint64_t *items;
    size_t n, room;
};

void rope_free(struct rope *rope)
{
    free(rope->nodes);
    free(rope->stamps);
}

static uint32_t add_node(struct rope *rope, uint64_t node)
{
    if (rope->n == rope->room) {
        rope->room = rope->room ? rope->room * 2 : 1024;
        rope->nodes = base_realloc(rope->nodes, rope->room, sizeof(*rope->nodes));
        rope->stamps = base_realloc(rope->stamps, rope->room, sizeof(*rope->stamps));
    }
    if (rope->n == 0) {
        rope->nodes[0] = 0;
        rope->stamps[rope->n++] = 0;
    }
    rope->nodes[rope->n] = node;
    rope->stamps[rope->n] = 0;
    return rope->n++;
}

uint32_t rope_leaf(struct rope *rope, struct ref ref)
{
    return add_node(rope, ref_pack(ref));
}

uint32_t rope_join(struct rope *rope, uint32_t a, uint32_t b)
{
    if (a == 0 || a == b)
        return b;
    if (b == 0)
        return a;
    return add_node(rope, ROPE_JOIN | (uint64_t)a << 32 | b);
}

static void refs_push(struct refs *refs, uint64_t item)
{
    if (refs->n == refs->room) {
        refs->room = refs->room ? refs->room * 2 : 256;
        refs->items = base_realloc(refs->items, refs->room, sizeof(*refs->items));
    }
    refs->items[refs->n++] = item;
}

/* Calls `each` for the leaves, depth first, left before right, each node once, until it returns
 * false. */
static uint64_t rope_walk(struct rope *rope, uint32_t set,
                          bool (*each)(void *context, uint64_t leaf), void *context)
{
    struct refs stack = {0};
    uint64_t seen = 0;
    bool more = true;
    rope->walk++;
    if (set)
        refs_push(&stack, set);
    while (stack.n && more) {
        uint32_t at = (uint32_t)stack.items[--stack.n];
        if (rope->stamps[at] == rope->walk)
            continue;
        rope->stamps[at] = rope->walk;
        uint64_t node = rope->nodes[at];
        seen++;
        if (node & ROPE_JOIN) {
            refs_push(&stack, (uint32_t)node);
            refs_push(&stack, (node & ~ROPE_JOIN) >> 32);
        } else {
            more = each(context, node);
        }
    }
    free(stack.items);
    return seen;
}

static bool keep_leaf(void *context, uint64_t leaf)
{
    refs_push(context, leaf);
    return true;
}

struct row_search {
    const struct store *store;
    struct ref row;
    bool found;
};

static bool is_not_of_row(void *context, uint64_t leaf)
{
    struct row_search *search = context;
    struct ref ref = ref_unpack(leaf);
    if (ref.row != search->row.row)
        return true;
    if (ref.column == REF_COMPLETE)
        search->found = schema_table((enum table_id)ref.table)->parent == search->row.table;
    else
        search->found =
            ref.table == search->row.table && !store_get(search->store, ref).is_computed;
    return !search->found;
}

bool rope_has_row(struct rope *rope, uint32_t set, const struct store *store, struct ref row,
                  uint64_t *steps)
{
    struct row_search search = {store, row, false};
    *steps += rope_walk(rope, set, is_not_of_row, &search);
    return search.found;
}

/* ---- natural merge sort: evidence is mostly in order already */

static size_t run_end(const uint64_t *items, size_t from, size_t n)
{
    size_t at = from + 1;
    while (at < n && items[at - 1] <= items[at])
        at++;
    return at;
}

static void merge(const uint64_t *a, size_t n_a, const uint64_t *b, size_t n_b, uint64_t *out)
{
    while (n_a && n_b) {
        bool left = *a <= *b;
        *out++ = left ? *a++ : *b++;
        *(left ? &n_a : &n_b) -= 1;
    }
    memcpy(out, a, n_a * sizeof(*a));
    memcpy(out + n_a, b, n_b * sizeof(*b));
}

/* One pass: merges neighbouring runs from `from` into `to`. True when it was one run. */
static bool merge_pass(const uint64_t *from, uint64_t *to, size_t n)
{
    bool sorted = true;
    for (size_t at = 0; at < n;) {
        size_t mid = run_end(from, at, n);
        size_t end = mid < n ? run_end(from, mid, n) : n;
        merge(from + at, mid - at, from + mid, end - mid, to + at);
        sorted = sorted && at == 0 && mid == n;
        at = end;
    }
    return sorted;
}

static void refs_sort_unique(struct refs *refs)
{
    if (refs->n == 0)
        return;
    uint64_t *spare = base_realloc(NULL, refs->n, sizeof(*spare));
    while (!merge_pass(refs->items, spare, refs->n)) {
        uint64_t *swap = refs->items;
        refs->items = spare;
        spare = swap;
    }
    free(spare);
    size_t kept = 1;
    for (size_t i = 1; i < refs->n; i++)
        if (refs->items[i] != refs->items[kept - 1])
            refs->items[kept++] = refs->items[i];
    refs->n = kept;
}

static struct ref *unpack(struct refs *refs, struct arena *arena, size_t *ret_n)
{
    struct ref *out = arena_array(arena, refs->n ? refs->n : 1, sizeof(*out));
    for (size_t i = 0; i < refs->n; i++)
        out[i] = ref_unpack(refs->items[i]);
    *ret_n = refs->n;
    free(refs->items);
    return out;
}

static void each_source(void *context, struct ref ref)
{
    refs_push(context, ref_pack(ref));
}

struct ref *rope_refs(struct rope *rope, uint32_t set, const struct store *store,
                      struct arena *arena, size_t *ret_n)
{
    struct refs leaves = {0}, sources = {0};
    rope_walk(rope, set, keep_leaf, &leaves);
    refs_sort_unique(&leaves);
    if (!store)
        return unpack(&leaves, arena, ret_n);
    for (size_t i = 0; i < leaves.n; i++)
        store_sources(store, ref_unpack(leaves.items[i]), each_source, &sources);
    free(leaves.items);
    refs_sort_unique(&sources);
    return unpack(&sources, arena, ret_n);
}

struct ref *rope_refs_in_order(struct rope *rope, uint32_t set, struct arena *arena, size_t *ret_n)
{
    struct refs leaves = {0};
    struct map seen = {0};
    size_t kept = 0;
    rope_walk(rope, set, keep_leaf, &leaves);
    for (size_t i = 0; i < leaves.n; i++) {
        if (map_get_number(&seen, leaves.items[i], UINT32_MAX) != UINT32_MAX)
            continue;
        map_set_number(&seen, leaves.items[i], 1);
        leaves.items[kept++] = leaves.items[i];
    }
    map_free(&seen);
    leaves.n = kept;
    return unpack(&leaves, arena, ret_n);
}
