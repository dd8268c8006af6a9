/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_RULE_NAMES_H
#define OOMSCOPE_RULE_NAMES_H

#include "rule/check.h"

/* Names of expressions looked up in the scope and in the schema. */

struct checker {
    const struct script *script;
    struct scope *scope;
};

/* Turns a NODE_PATH into a NODE_LET or NODE_FIELD with its type. False with an error at the name.
 */
bool names_path(struct checker *c, struct node *node);
/* Finds the table of a quantifier or fold and binds its row in the next slot of the scope. */
bool names_bind(struct checker *c, struct node *node);

#endif
