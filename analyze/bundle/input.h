/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_BUNDLE_INPUT_H
#define OOMSCOPE_BUNDLE_INPUT_H

#include "base/sha256.h"
#include "base/span.h"
#include "bundle/source.h"

/* The bytes of a file or pipe, in large pieces, with their SHA-256. */

/* Small enough to stay in the processor's cache from the read to the hash and the parser. */
enum { INPUT_PIECE_BYTES = 64 * 1024 };

struct input {
    int fd;
    struct span name;    /* base name, for the member of a text */
    char *piece;         /* INPUT_PIECE_BYTES */
    size_t peeked;       /* bytes in piece that input_read has not given yet */
    uint64_t read_bytes; /* from the input so far */
    bool prehashed;      /* the digest was taken in a pass of its own */
    int error;           /* errno of a read that failed, 0 */
    struct sha256 *sha;
};

void input_init(struct input *input, int fd, struct span name, struct sha256 *sha);
void input_close(struct input *input);
/* The first bytes, up to a piece; a pipe is read until there are 64 KiB or it ends. */
struct span input_peek(struct input *input);
/* The next piece, valid until the next call; empty at the end and after an error. */
struct span input_read(struct input *input);
/* Reads the rest for the digest: OK, or CUT with what failed in the source's text. */
enum source_result input_finish(struct input *input, struct source *source);
/* Reads on behind `kept`, the end of the last piece, which moves to make room: false when there is
 * no more. */
bool input_extend(struct input *input, struct span *kept);
/* For a file that is read by seeking: hashes all of it first, then starts over. False where the
 * input cannot seek. */
bool input_prehash(struct input *input);

#endif
