/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_BASE_PHRASE_H
#define OOMSCOPE_BASE_PHRASE_H

#include "base/span.h"

struct arena;

/* A sentence made of our own prose and of text from the evidence, kept apart until it is rendered,
 * so that each renderer can fence what a stranger wrote. */
enum piece_kind {
    PIECE_PROSE,    /* our words and numbers */
    PIECE_EVIDENCE, /* bytes from the bundle: any byte, any length */
};

struct piece {
    enum piece_kind kind;
    struct span text;
};

struct phrase {
    struct piece *pieces;
    size_t n, room;
};

void phrase_add(struct phrase *phrase, struct arena *arena, enum piece_kind kind,
                struct span text); /* borrows text */

#endif
