/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_DERIVE_SUM_H
#define OOMSCOPE_DERIVE_SUM_H

#include "fact/store.h"

/* Facts that are sums of other facts, each added or taken away, as tables. */
enum { SUM_TERMS = 20 };

struct sum_term {
    enum field_id field;
    int sign;      /* 1 or -1; 0 ends the list */
    bool optional; /* not printed by every kernel: left out where it is absent */
};

struct sum_def {
    enum field_id result;
    struct sum_term terms[SUM_TERMS];
};

/* Sets the result on the row of the terms, unless it is set already or a term that is not optional
 * is not known. A result a little below nothing is nothing: counters are read one after the other.
 */
void sum_row(struct store *store, const struct sum_def *def, uint32_t row);

/* Sets the result on `parent` as the sum of the terms over its children in `table`; absent when
 * there are no children, when one of them lacks a term or when some may be missing. */
void sum_children(struct store *store, enum table_id table, const struct sum_def *def,
                  uint32_t parent);

#endif
