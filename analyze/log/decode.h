/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_LOG_DECODE_H
#define OOMSCOPE_LOG_DECODE_H

#include "base/buf.h"

#include <stdbool.h>
#include <stdint.h>

/* Texts that are not lines of bytes, made so before anything else: UTF-16 with its mark (files that
 * PowerShell and journals of Windows hosts write), line ends of CR alone, and dmesg -J or its like
 * on one line. What a text is its first DECODE_HEAD_BYTES say. */
enum { DECODE_HEAD_BYTES = 4096 };

struct decoder {
    struct buf head; /* kept back until it is decided */
    struct buf out;
    bool is_decided, is_plain;
    bool is_utf16, is_big_endian;          /* UTF-16 */
    bool cr_only, one_line;                /* CR alone; JSON objects on one line */
    bool in_string, is_escaped, has_begun; /* in the JSON */
    bool has_odd;                          /* the first byte of a unit of UTF-16 has come, in odd */
    unsigned char odd;
    uint32_t high; /* half of a pair of UTF-16 whose other half is still to come; 0 = none */
};

void decode_begin(struct decoder *decoder);
/* The decoded text of a piece, valid until the next call; may be empty while the head is kept. */
struct span decode_piece(struct decoder *decoder, struct span piece);
struct span decode_end(struct decoder *decoder);        /* what is kept back still */
const char *decode_note(const struct decoder *decoder); /* what was done, or NULL */
void decode_free(struct decoder *decoder);

#endif
