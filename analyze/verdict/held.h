/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_VERDICT_HELD_H
#define OOMSCOPE_VERDICT_HELD_H

#include "verdict/maker.h"

/* The facts that holders are made of, gathered row by row and cited at once: one holder may be a
 * hundred thousand processes of one name. */
struct held_fact {
    size_t holder; /* index */
    struct ref ref;
};

struct held {
    struct held_fact *items;
    size_t n, room;
};

void held_add(struct held *held, size_t holder, struct ref ref);
/* Cites all in the notes of their holders, and frees the list. */
void held_cite(struct maker *m, struct held *held, struct holder *holders);

#endif
