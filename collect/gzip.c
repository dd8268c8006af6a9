/* SPDX-License-Identifier: MIT */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("O2") /* the rest is built for size */
#endif
#include "gzip.h"
#include "crc32.h"
#include "deflate.h"

#include <string.h>

#define MATCH_MIN  4u
#define MATCH_GOOD 128u
#define CHAIN_MAX  12

static uint32_t load32(const unsigned char *p)
{
    uint32_t v;

    memcpy(&v, p, sizeof(v));
    return v;
}

static unsigned hash(const unsigned char *p)
{
    return load32(p) * 2654435761u >> 17;
}

/* Enters position at, returns the one before it with the same hash (+ 1, 0 = none). */
static unsigned enter(struct gzip *z, size_t at)
{
    unsigned h = hash(z->window + at);
    unsigned before = z->head[h];

    z->prev[at % GZIP_WINDOW] = (uint16_t)before;
    z->head[h] = (uint16_t)(at + 1);
    return before;
}

static unsigned match_length(const unsigned char *a, const unsigned char *b, unsigned max)
{
    unsigned n = 0;

    while (n + 4 <= max && load32(a + n) == load32(b + n))
        n += 4;
    while (n < max && a[n] == b[n])
        n++;
    return n;
}

/* Longest match for position at among the chain that begins at candidate; 0 if none is long enough.
 */
static unsigned find(const struct gzip *z, size_t at, unsigned candidate, unsigned *ret_distance)
{
    unsigned best = MATCH_MIN - 1;
    size_t left = z->fill - at;
    unsigned max = left < DEFLATE_MATCH_MAX ? (unsigned)left : DEFLATE_MATCH_MAX;

    for (int depth = 0; candidate && depth < CHAIN_MAX && best < max; depth++) {
        size_t from = candidate - 1;
        /* A slot of prev that was overwritten leads forward or too far back: the chain ends. */
        if (from >= at || at - from >= GZIP_WINDOW)
            break;
        if (z->window[from + best] == z->window[at + best]) {
            unsigned length = match_length(z->window + from, z->window + at, max);

            if (length > best) {
                best = length;
                *ret_distance = (unsigned)(at - from);
                if (best >= MATCH_GOOD)
                    break;
            }
        }
        candidate = z->prev[from % GZIP_WINDOW];
    }
    return best >= MATCH_MIN ? best : 0;
}

/* Codes what is in the window, keeping back what a later byte could still lengthen. */
static void code_window(struct gzip *z, bool all)
{
    size_t keep = all ? 0 : DEFLATE_MATCH_MAX + 1 + MATCH_MIN;

    while (z->at + keep < z->fill) {
        size_t at = z->at;
        unsigned distance = 0, next_distance = 0, length = 0, next = 0;
        size_t stop;

        if (at + MATCH_MIN <= z->fill)
            length = find(z, at, enter(z, at), &distance);
        if (!length) {
            deflate_symbol(z, 0, z->window[at]);
            z->at++;
            continue;
        }
        stop = at + 1;
        if (length < MATCH_GOOD && at + 1 + MATCH_MIN <= z->fill) {
            next = find(z, at + 1, enter(z, at + 1), &next_distance);
            stop++;
        }
        if (next > length) {
            deflate_symbol(z, 0, z->window[at]);
            at++;
            length = next;
            distance = next_distance;
        }
        deflate_symbol(z, length, distance);
        z->at = at + length;
        for (; stop < z->at && stop + MATCH_MIN <= z->fill; stop++)
            enter(z, stop);
    }
}

static uint16_t slide_entry(uint16_t entry)
{
    return entry > GZIP_WINDOW ? (uint16_t)(entry - GZIP_WINDOW) : 0;
}

static void slide(struct gzip *z)
{
    memcpy(z->window, z->window + GZIP_WINDOW, z->fill - GZIP_WINDOW);
    z->fill -= GZIP_WINDOW;
    z->at -= GZIP_WINDOW;
    for (size_t i = 0; i < GZIP_WINDOW; i++) {
        z->head[i] = slide_entry(z->head[i]);
        z->prev[i] = slide_entry(z->prev[i]);
    }
}

void gzip_start(struct gzip *z, gzip_sink sink, void *to)
{
    static const unsigned char header[10] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3};

    crc32_start();
    deflate_start();
    z->sink = sink;
    z->to = to;
    z->crc = 0xffffffffu;
    for (size_t i = 0; i < sizeof(header); i++)
        deflate_bits(z, header[i], 8);
}

void gzip_add(struct gzip *z, const void *bytes, size_t n)
{
    const unsigned char *p = bytes;

    z->crc = crc32_add(z->crc, p, n);
    z->total += (uint32_t)n;
    while (n) {
        /* One byte stays free: position + 1 must fit the 16 bits of head. */
        size_t room = sizeof(z->window) - 1 - z->fill;
        size_t take = n < room ? n : room;

        memcpy(z->window + z->fill, p, take);
        z->fill += take;
        p += take;
        n -= take;
        code_window(z, false);
        if (z->fill == sizeof(z->window) - 1)
            slide(z);
    }
}

void gzip_sync(struct gzip *z)
{
    code_window(z, true);
    deflate_block(z, false);
    /* An empty stored block ends on a byte boundary. */
    deflate_bits(z, 0, 3);
    deflate_align(z);
    deflate_u32(z, 0xffff0000u);
    z->sink(z->to, z->output, z->pending);
    z->pending = 0;
}

void gzip_end(struct gzip *z)
{
    code_window(z, true);
    deflate_block(z, true);
    deflate_align(z);
    deflate_u32(z, ~z->crc);
    deflate_u32(z, z->total);
    z->sink(z->to, z->output, z->pending);
    z->pending = 0;
}
