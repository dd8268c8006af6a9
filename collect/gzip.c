/* SPDX-License-Identifier: MIT */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("O2") /* the rest is built for size */
#endif
#include "gzip.h"
#include "huffman.h"

#include <stdbool.h>
#include <string.h>

#define MATCH_MIN   4u
#define MATCH_MAX   258u
#define MATCH_GOOD  128u
#define CHAIN_MAX   12
#define END_SYMBOL  256
#define LENGTHS     286
#define DISTANCES   30
#define DYNAMIC_MAX (LENGTHS + DISTANCES)

static const uint16_t length_base[29] = {3,  4,  5,  6,   7,   8,   9,   10,  11, 13,
                                         15, 17, 19, 23,  27,  31,  35,  43,  51, 59,
                                         67, 83, 99, 115, 131, 163, 195, 227, 258};
static const uint8_t length_extra[29] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,
                                         2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
static const uint16_t distance_base[30] = {
    1,   2,   3,   4,   5,   7,    9,    13,   17,   25,   33,   49,   65,    97,    129,
    193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577};

static uint8_t length_code[MATCH_MAX + 1];
static uint8_t distance_code_low[256];  /* of distance - 1 */
static uint8_t distance_code_high[256]; /* of (distance - 1) >> 7 */
static uint32_t crc_table[4][256];

static unsigned distance_extra(unsigned code)
{
    return code < 4 ? 0 : code / 2 - 1;
}

static void make_tables(void)
{
    for (unsigned c = 0; c < 29; c++)
        for (unsigned l = length_base[c]; l <= MATCH_MAX; l++)
            length_code[l] = (uint8_t)c;
    for (unsigned c = 0; c < 30; c++)
        for (unsigned d = distance_base[c]; d <= GZIP_WINDOW && d <= 256; d++)
            distance_code_low[d - 1] = (uint8_t)c;
    for (unsigned c = 16; c < 30; c++)
        for (unsigned d = (distance_base[c] - 1u) >> 7; d < 256; d++)
            distance_code_high[d] = (uint8_t)c;
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t r = i;

        for (int b = 0; b < 8; b++)
            r = r >> 1 ^ (r & 1 ? 0xedb88320u : 0);
        crc_table[0][i] = r;
    }
    for (uint32_t i = 0; i < 256; i++)
        for (int t = 1; t < 4; t++)
            crc_table[t][i] = crc_table[t - 1][i] >> 8 ^ crc_table[0][crc_table[t - 1][i] & 255];
}

static uint32_t load32(const unsigned char *p)
{
    uint32_t v;

    memcpy(&v, p, sizeof(v));
    return v;
}

static uint32_t crc_add(uint32_t crc, const unsigned char *p, size_t n)
{
    for (; n >= 4; n -= 4, p += 4) {
        crc ^= (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
        crc = crc_table[3][crc & 255] ^ crc_table[2][crc >> 8 & 255] ^
              crc_table[1][crc >> 16 & 255] ^ crc_table[0][crc >> 24];
    }
    for (; n; n--)
        crc = crc >> 8 ^ crc_table[0][(crc ^ *p++) & 255];
    return crc;
}

static void put_byte(struct gzip *z, unsigned char byte)
{
    z->output[z->pending++] = byte;
    if (z->pending == sizeof(z->output)) {
        z->sink(z->to, z->output, z->pending);
        z->pending = 0;
    }
}

static void put_bits(struct gzip *z, uint32_t value, unsigned count)
{
    z->bits |= (uint64_t)value << z->bit_count;
    z->bit_count += count;
    while (z->bit_count >= 8) {
        put_byte(z, (unsigned char)z->bits);
        z->bits >>= 8;
        z->bit_count -= 8;
    }
}

static void put_u32(struct gzip *z, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        put_byte(z, (unsigned char)(v >> (8 * i)));
}

static unsigned distance_code(unsigned distance)
{
    return distance <= 256 ? distance_code_low[distance - 1]
                           : distance_code_high[(distance - 1) >> 7];
}

/* One block's symbols with the codes given, then the end symbol. */
static void put_symbols(struct gzip *z, const struct huffman *len, const struct huffman *dist)
{
    for (size_t i = 0; i < z->count; i++) {
        unsigned length = z->symbol[i] >> 16, distance = z->symbol[i] & 0xffff, c;

        if (!length) {
            put_bits(z, len->code[distance], len->length[distance]);
            continue;
        }
        c = length_code[length];
        put_bits(z, len->code[257 + c], len->length[257 + c]);
        put_bits(z, length - length_base[c], length_extra[c]);
        c = distance_code(distance);
        put_bits(z, dist->code[c], dist->length[c]);
        put_bits(z, distance - distance_base[c], distance_extra(c));
    }
    put_bits(z, len->code[END_SYMBOL], len->length[END_SYMBOL]);
}

/* The two tables of a dynamic block, run-length coded as RFC 1951 3.2.7 has it. */
struct tables {
    size_t lengths, distances, runs, code_lengths;
    uint8_t symbol[DYNAMIC_MAX];
    uint8_t extra[DYNAMIC_MAX];
    uint16_t count[19];
    struct huffman code;
};

static const uint8_t code_order[19] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                       11, 4,  12, 3, 13, 2, 14, 1, 15};

static void add_run(struct tables *t, uint8_t symbol, size_t extra)
{
    t->symbol[t->runs] = symbol;
    t->extra[t->runs++] = (uint8_t)extra;
    t->count[symbol]++;
}

static void code_runs(struct tables *t, const uint8_t *all, size_t n)
{
    for (size_t i = 0; i < n;) {
        size_t run = 1;

        while (i + run < n && all[i + run] == all[i])
            run++;
        if (all[i] == 0 && run >= 3) {
            run = run > 138 ? 138 : run;
            add_run(t, run <= 10 ? 17 : 18, run <= 10 ? run - 3 : run - 11);
        } else if (run >= 4) {
            run = run > 7 ? 7 : run;
            add_run(t, all[i], 0);
            add_run(t, 16, run - 4);
        } else {
            run = 1;
            add_run(t, all[i], 0);
        }
        i += run;
    }
}

static void make_dynamic(struct tables *t, const struct huffman *len, const struct huffman *dist)
{
    uint8_t all[DYNAMIC_MAX];

    memset(t, 0, sizeof(*t));
    for (t->lengths = LENGTHS; !len->length[t->lengths - 1];)
        t->lengths--;
    for (t->distances = DISTANCES; t->distances > 1 && !dist->length[t->distances - 1];)
        t->distances--;
    memcpy(all, len->length, t->lengths);
    memcpy(all + t->lengths, dist->length, t->distances);
    code_runs(t, all, t->lengths + t->distances);
    huffman_lengths(t->count, 19, 7, t->code.length);
    huffman_codes(&t->code, 19);
    for (t->code_lengths = 19; t->code_lengths > 4;) {
        if (t->code.length[code_order[t->code_lengths - 1]])
            break;
        t->code_lengths--;
    }
}

static unsigned run_extra_bits(uint8_t symbol)
{
    return symbol == 16 ? 2 : symbol == 17 ? 3 : symbol == 18 ? 7 : 0;
}

static void put_dynamic(struct gzip *z, const struct tables *t)
{
    put_bits(z, (uint32_t)(t->lengths - 257), 5);
    put_bits(z, (uint32_t)(t->distances - 1), 5);
    put_bits(z, (uint32_t)(t->code_lengths - 4), 4);
    for (size_t i = 0; i < t->code_lengths; i++)
        put_bits(z, t->code.length[code_order[i]], 3);
    for (size_t i = 0; i < t->runs; i++) {
        put_bits(z, t->code.code[t->symbol[i]], t->code.length[t->symbol[i]]);
        put_bits(z, t->extra[i], run_extra_bits(t->symbol[i]));
    }
}

static uint64_t dynamic_bits(const struct tables *t)
{
    uint64_t bits = 14 + 3 * t->code_lengths;

    for (uint8_t s = 0; s < 19; s++)
        bits += (uint64_t)t->count[s] * (t->code.length[s] + run_extra_bits(s));
    return bits;
}

static uint64_t symbol_bits(const struct gzip *z, const struct huffman *len,
                            const struct huffman *dist)
{
    uint64_t bits = 0;

    for (size_t i = 0; i < LENGTHS; i++)
        bits += (uint64_t)z->length_count[i] * len->length[i];
    for (size_t i = 0; i < DISTANCES; i++)
        bits += (uint64_t)z->distance_count[i] * dist->length[i];
    return bits;
}

static void make_fixed(struct huffman *len, struct huffman *dist)
{
    for (size_t i = 0; i < HUFFMAN_SYMBOLS; i++)
        len->length[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
    huffman_codes(len, HUFFMAN_SYMBOLS);
    memset(dist->length, 5, DISTANCES);
    huffman_codes(dist, DISTANCES);
}

static void put_block(struct gzip *z, bool last)
{
    struct huffman len, dist, fixed_len, fixed_dist;
    struct tables t;

    z->length_count[END_SYMBOL]++;
    huffman_lengths(z->length_count, LENGTHS, 15, len.length);
    huffman_lengths(z->distance_count, DISTANCES, 15, dist.length);
    huffman_codes(&len, LENGTHS);
    huffman_codes(&dist, DISTANCES);
    make_dynamic(&t, &len, &dist);
    make_fixed(&fixed_len, &fixed_dist);
    put_bits(z, last, 1);
    if (dynamic_bits(&t) + symbol_bits(z, &len, &dist) < symbol_bits(z, &fixed_len, &fixed_dist)) {
        put_bits(z, 2, 2);
        put_dynamic(z, &t);
        put_symbols(z, &len, &dist);
    } else {
        put_bits(z, 1, 2);
        put_symbols(z, &fixed_len, &fixed_dist);
    }
    z->count = 0;
    memset(z->length_count, 0, sizeof(z->length_count));
    memset(z->distance_count, 0, sizeof(z->distance_count));
}

static void add_symbol(struct gzip *z, unsigned length, unsigned distance_or_literal)
{
    z->symbol[z->count++] = length << 16 | distance_or_literal;
    if (length) {
        z->length_count[257 + length_code[length]]++;
        z->distance_count[distance_code(distance_or_literal)]++;
    } else {
        z->length_count[distance_or_literal]++;
    }
    if (z->count == GZIP_SYMBOLS)
        put_block(z, false);
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
    unsigned max = left < MATCH_MAX ? (unsigned)left : MATCH_MAX;

    for (int depth = 0; candidate && depth < CHAIN_MAX && best < max; depth++) {
        size_t from = candidate - 1;
        unsigned length;

        /* A slot of prev that was overwritten leads forward or too far back: the chain ends. */
        if (from >= at || at - from >= GZIP_WINDOW)
            break;
        if (z->window[from + best] == z->window[at + best]) {
            length = match_length(z->window + from, z->window + at, max);
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
    size_t keep = all ? 0 : MATCH_MAX + 1 + MATCH_MIN;

    while (z->at + keep < z->fill) {
        size_t at = z->at;
        unsigned distance = 0, next_distance = 0, length = 0, next = 0;
        size_t stop;

        if (at + MATCH_MIN <= z->fill)
            length = find(z, at, enter(z, at), &distance);
        if (!length) {
            add_symbol(z, 0, z->window[at]);
            z->at++;
            continue;
        }
        stop = at + 1;
        if (length < MATCH_GOOD && at + 1 + MATCH_MIN <= z->fill) {
            next = find(z, at + 1, enter(z, at + 1), &next_distance);
            stop++;
        }
        if (next > length) {
            add_symbol(z, 0, z->window[at]);
            at++;
            length = next;
            distance = next_distance;
        }
        add_symbol(z, length, distance);
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

    make_tables();
    z->sink = sink;
    z->to = to;
    z->crc = 0xffffffffu;
    for (size_t i = 0; i < sizeof(header); i++)
        put_byte(z, header[i]);
}

void gzip_add(struct gzip *z, const void *bytes, size_t n)
{
    const unsigned char *p = bytes;

    z->crc = crc_add(z->crc, p, n);
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
    put_block(z, false);
    /* An empty stored block ends on a byte boundary. */
    put_bits(z, 0, 3);
    put_bits(z, 0, (8 - z->bit_count) % 8);
    put_u32(z, 0xffff0000u);
    z->sink(z->to, z->output, z->pending);
    z->pending = 0;
}

void gzip_end(struct gzip *z)
{
    code_window(z, true);
    put_block(z, true);
    put_bits(z, 0, (8 - z->bit_count) % 8);
    put_u32(z, ~z->crc);
    put_u32(z, z->total);
    z->sink(z->to, z->output, z->pending);
    z->pending = 0;
}
