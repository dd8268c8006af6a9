/* SPDX-License-Identifier: MIT */
#include "huffman.h"

#include <string.h>

struct leaf {
    uint32_t weight; /* later: parent, then depth (Moffat and Katajainen, in place) */
    uint16_t symbol;
};

/* Symbols in use, by rising weight; insertion sort, n is small. */
static size_t sort_leaves(const uint16_t *counts, size_t n, struct leaf *leaves)
{
    size_t used = 0;

    for (size_t i = 0; i < n; i++) {
        size_t at = used;

        if (!counts[i])
            continue;
        for (; at && leaves[at - 1].weight > counts[i]; at--)
            leaves[at] = leaves[at - 1];
        leaves[at] = (struct leaf){.weight = counts[i], .symbol = (uint16_t)i};
        used++;
    }
    return used;
}

/* Weights become parent links: each round joins the two lightest of leaves and inner nodes. */
static void join(struct leaf *a, size_t n)
{
    size_t leaf = 0, node = 0;

    for (size_t next = 0; next + 1 < n; next++) {
        uint32_t sum = 0;

        for (int side = 0; side < 2; side++) {
            if (leaf >= n || (node < next && a[node].weight < a[leaf].weight)) {
                sum += a[node].weight;
                a[node++].weight = (uint32_t)next;
            } else {
                sum += a[leaf++].weight;
            }
        }
        a[next].weight = sum;
    }
}

/* Parent links become depths of inner nodes, and these the count of leaves at each depth. */
static void count_depths(struct leaf *a, size_t n, unsigned depths[64])
{
    size_t avail = 1, used = 0;
    unsigned depth = 0;
    size_t node = n - 2;

    a[n - 2].weight = 0;
    for (size_t i = n - 2; i-- > 0;)
        a[i].weight = a[a[i].weight].weight + 1;
    for (;;) {
        while (used < avail && node != SIZE_MAX && a[node].weight == depth) {
            used++;
            node--;
        }
        depths[depth < 63 ? depth : 63] += (unsigned)(avail - used);
        if (node == SIZE_MAX && used == 0)
            return;
        avail = 2 * used;
        used = 0;
        depth++;
        if (avail == 0)
            return;
    }
}

/* Moves leaves up to the limit and pays for it with longer codes of others (Kraft sum = 1). */
static void apply_limit(unsigned depths[64], unsigned limit)
{
    uint32_t sum = 0;

    for (unsigned d = limit + 1; d < 64; d++) {
        depths[limit] += depths[d];
        depths[d] = 0;
    }
    for (unsigned d = 1; d <= limit; d++)
        sum += depths[d] << (limit - d);
    while (sum > 1u << limit) {
        unsigned d = limit - 1;

        while (!depths[d])
            d--;
        depths[d]--;
        depths[d + 1] += 2;
        depths[limit]--;
        sum--;
    }
}

void huffman_lengths(const uint16_t *counts, size_t n, unsigned limit, uint8_t *ret_lengths)
{
    struct leaf leaves[HUFFMAN_SYMBOLS] = {0};
    unsigned depths[64] = {0};
    size_t used = sort_leaves(counts, n, leaves);
    size_t at = used;

    memset(ret_lengths, 0, n);
    if (used <= 1) {
        ret_lengths[used ? leaves[0].symbol : 0] = 1;
        return;
    }
    join(leaves, used);
    count_depths(leaves, used, depths);
    apply_limit(depths, limit);
    for (unsigned d = 1; d <= limit; d++)
        for (unsigned i = 0; i < depths[d]; i++)
            ret_lengths[leaves[--at].symbol] = (uint8_t)d;
}

static uint16_t reverse(unsigned code, unsigned length)
{
    unsigned r = 0;

    for (; length; length--, code >>= 1)
        r = r << 1 | (code & 1);
    return (uint16_t)r;
}

void huffman_codes(struct huffman *h, size_t n)
{
    unsigned count[16] = {0}, next[16] = {0};

    for (size_t i = 0; i < n; i++)
        count[h->length[i]]++;
    count[0] = 0;
    for (unsigned d = 1; d < 16; d++)
        next[d] = (next[d - 1] + count[d - 1]) << 1;
    for (size_t i = 0; i < n; i++)
        h->code[i] = h->length[i] ? reverse(next[h->length[i]]++, h->length[i]) : 0;
}
