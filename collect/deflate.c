/* SPDX-License-Identifier: MIT */
#include "deflate.h"
#include "huffman.h"

#include <string.h>

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

static uint8_t length_code[DEFLATE_MATCH_MAX + 1];
static uint8_t distance_code_low[256];  /* of distance - 1 */
static uint8_t distance_code_high[256]; /* of (distance - 1) >> 7 */
static unsigned distance_extra(unsigned code)
{
    return code < 4 ? 0 : code / 2 - 1;
}

void deflate_start(void)
{
    for (unsigned c = 0; c < 29; c++)
        for (unsigned l = length_base[c]; l <= DEFLATE_MATCH_MAX; l++)
            length_code[l] = (uint8_t)c;
    for (unsigned c = 0; c < 30; c++)
        for (unsigned d = distance_base[c]; d <= GZIP_WINDOW && d <= 256; d++)
            distance_code_low[d - 1] = (uint8_t)c;
    for (unsigned c = 16; c < 30; c++)
        for (unsigned d = (distance_base[c] - 1u) >> 7; d < 256; d++)
            distance_code_high[d] = (uint8_t)c;
}

static void put_byte(struct gzip *z, unsigned char byte)
{
    z->output[z->pending++] = byte;
    if (z->pending == sizeof(z->output)) {
        z->sink(z->to, z->output, z->pending);
        z->pending = 0;
    }
}

void deflate_bits(struct gzip *z, uint32_t value, unsigned count)
{
    z->bits |= (uint64_t)value << z->bit_count;
    z->bit_count += count;
    while (z->bit_count >= 8) {
        put_byte(z, (unsigned char)z->bits);
        z->bits >>= 8;
        z->bit_count -= 8;
    }
}

void deflate_u32(struct gzip *z, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        put_byte(z, (unsigned char)(v >> (8 * i)));
}

void deflate_align(struct gzip *z)
{
    deflate_bits(z, 0, (8 - z->bit_count) % 8);
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
            deflate_bits(z, len->code[distance], len->length[distance]);
            continue;
        }
        c = length_code[length];
        deflate_bits(z, len->code[257 + c], len->length[257 + c]);
        deflate_bits(z, length - length_base[c], length_extra[c]);
        c = distance_code(distance);
        deflate_bits(z, dist->code[c], dist->length[c]);
        deflate_bits(z, distance - distance_base[c], distance_extra(c));
    }
    deflate_bits(z, len->code[END_SYMBOL], len->length[END_SYMBOL]);
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
    deflate_bits(z, (uint32_t)(t->lengths - 257), 5);
    deflate_bits(z, (uint32_t)(t->distances - 1), 5);
    deflate_bits(z, (uint32_t)(t->code_lengths - 4), 4);
    for (size_t i = 0; i < t->code_lengths; i++)
        deflate_bits(z, t->code.length[code_order[i]], 3);
    for (size_t i = 0; i < t->runs; i++) {
        deflate_bits(z, t->code.code[t->symbol[i]], t->code.length[t->symbol[i]]);
        deflate_bits(z, t->extra[i], run_extra_bits(t->symbol[i]));
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

void deflate_block(struct gzip *z, bool last)
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
    deflate_bits(z, last, 1);
    if (dynamic_bits(&t) + symbol_bits(z, &len, &dist) < symbol_bits(z, &fixed_len, &fixed_dist)) {
        deflate_bits(z, 2, 2);
        put_dynamic(z, &t);
        put_symbols(z, &len, &dist);
    } else {
        deflate_bits(z, 1, 2);
        put_symbols(z, &fixed_len, &fixed_dist);
    }
    z->count = 0;
    memset(z->length_count, 0, sizeof(z->length_count));
    memset(z->distance_count, 0, sizeof(z->distance_count));
}

void deflate_symbol(struct gzip *z, unsigned length, unsigned distance_or_literal)
{
    z->symbol[z->count++] = length << 16 | distance_or_literal;
    if (length) {
        z->length_count[257 + length_code[length]]++;
        z->distance_count[distance_code(distance_or_literal)]++;
    } else {
        z->length_count[distance_or_literal]++;
    }
    if (z->count == GZIP_SYMBOLS)
        deflate_block(z, false);
}
