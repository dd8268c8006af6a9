/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_COLLECT_HUFFMAN_H
#define OOMSCOPE_COLLECT_HUFFMAN_H

#include <stddef.h>
#include <stdint.h>

#define HUFFMAN_SYMBOLS 288

/* Canonical codes as deflate has them; code bits are already in the order they are written. */
struct huffman {
    uint8_t length[HUFFMAN_SYMBOLS];
    uint16_t code[HUFFMAN_SYMBOLS];
};

/* Lengths of at most limit bits for n counts, optimal but for the limit. A lone symbol gets 1 bit.
 */
void huffman_lengths(const uint16_t *counts, size_t n, unsigned limit, uint8_t *ret_lengths);
/* Fills code from length for n symbols. */
void huffman_codes(struct huffman *h, size_t n);

#endif
