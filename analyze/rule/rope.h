/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_RULE_ROPE_H
#define OOMSCOPE_RULE_ROPE_H

#include "fact/store.h"

/* Sets of refs that values carry. Joining two is one step, whatever their size: a set is a node of
 * a graph, and only sets that end up in a finding are walked, sorted and made unique. Set 0 is
 * empty. */
struct rope {
    uint64_t *nodes;  /* a packed ref, or ROPE_JOIN | left << 32 | right */
    uint32_t *stamps; /* which walk saw a node last */
    uint32_t n, room, walk;
};

void rope_free(struct rope *rope);
uint32_t rope_leaf(struct rope *rope, struct ref ref);
uint32_t rope_join(struct rope *rope, uint32_t a, uint32_t b);

/* The refs of a set, sorted and unique, in the arena. With `store`, computed facts are replaced by
 * the facts they rest on. */
struct ref *rope_refs(struct rope *rope, uint32_t set, const struct store *store,
                      struct arena *arena, size_t *ret_n);
/* Whether a set has a fact of this row that was read (not computed), or says that all its children
 * are there. Adds the nodes looked at to *steps. */
bool rope_has_row(struct rope *rope, uint32_t set, const struct store *store, struct ref row,
                  uint64_t *steps);
/* The refs of a set in the order in which they were joined; repeats removed. */
struct ref *rope_refs_in_order(struct rope *rope, uint32_t set, struct arena *arena, size_t *ret_n);

#endif
