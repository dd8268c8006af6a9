/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_COLLECT_GZIP_H
#define OOMSCOPE_COLLECT_GZIP_H

#include <stddef.h>
#include <stdint.h>

#define GZIP_WINDOW  32768u
#define GZIP_SYMBOLS 12288u

/* Takes n compressed bytes. */
typedef void (*gzip_sink)(void *to, const void *bytes, size_t n);

/*
 * Streaming gzip (RFC 1952, deflate RFC 1951) without a heap: hash chains over a 32 KiB window, one
 * step of lazy matching, blocks with dynamic or fixed Huffman codes, whichever is shorter.
 */
struct gzip {
    gzip_sink sink;
    void *to;
    uint64_t bits;
    unsigned bit_count;
    uint32_t crc;
    uint32_t total;
    size_t fill;  /* bytes in window */
    size_t at;    /* next byte to be coded */
    size_t count; /* of symbols */
    unsigned char window[2 * GZIP_WINDOW];
    uint16_t head[GZIP_WINDOW]; /* newest position + 1 of a hash */
    uint16_t prev[GZIP_WINDOW];
    uint32_t symbol[GZIP_SYMBOLS]; /* literal, or length << 16 | distance */
    uint16_t length_count[286];
    uint16_t distance_count[30];
    size_t pending;
    unsigned char output[4096];
};

/* Starts a stream: writes the gzip header. */
void gzip_start(struct gzip *z, gzip_sink sink, void *to);
/* Adds n bytes; output comes when blocks are full. */
void gzip_add(struct gzip *z, const void *bytes, size_t n);
/* Gives out all bytes added so far at a byte boundary, so that a cut stream decodes to here. */
void gzip_sync(struct gzip *z);
/* Ends the stream with its CRC and length. */
void gzip_end(struct gzip *z);

#endif
