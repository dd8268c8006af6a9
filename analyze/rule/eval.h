/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_RULE_EVAL_H
#define OOMSCOPE_RULE_EVAL_H

#include "rule/rope.h"
#include "rule/syntax.h"

/* Evaluation of checked expressions: three-valued, with what was used and what was lacked. */

enum value_state { VALUE_UNKNOWN, VALUE_KNOWN, VALUE_UNLIMITED };

struct value {
    enum value_state state;
    int64_t number;   /* amounts, and bool as 0 or 1 */
    struct span text; /* evidence, or a literal */
    uint32_t cites;   /* sets of eval->rope; 0 when unknown */
    uint32_t lacks;   /* 0 unless unknown */
};

struct eval {
    const struct store *store;
    struct rope rope;
    uint32_t rows[RULE_BINDINGS_MAX];
    struct value *lets;
    uint64_t steps, max_steps;
    bool over_steps; /* from then on everything is unknown */
    bool overflowed; /* an amount left 64 bits somewhere; that value was unknown */
};

struct value eval_node(struct eval *eval, const struct node *node);
/* The same with the rows of table `node` (any, all, ...) walked one by one: ROW_NONE starts and
 * ends. Puts the row into its slot. */
bool eval_next_row(struct eval *eval, const struct node *node);
uint32_t eval_parent_row(const struct eval *eval, const struct node *node);
/* The key of the row in a slot. */
struct ref eval_row_ref(const struct eval *eval, enum table_id table, int slot);
/* `cites`, and the key of the row too when nothing else of the row is cited: it says that the row
 * is there. */
uint32_t eval_cite_row(struct eval *eval, enum table_id table, int slot, uint32_t cites);
static inline bool value_is(struct value value, bool truth)
{
    return value.state == VALUE_KNOWN && (value.number != 0) == truth;
}

#endif
