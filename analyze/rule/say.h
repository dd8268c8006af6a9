/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_RULE_SAY_H
#define OOMSCOPE_RULE_SAY_H

#include "base/buf.h"
#include "rule/body.h"
#include "rule/eval.h"

/* The sentence of a rule, filled in. Texts from the evidence are pieces of their own. */
struct phrase say_phrase(const struct rule *rule, struct eval *eval, struct arena *arena);
/* A value as people read it, with its unit; "unknown" and "unlimited" as such. Text is made
 * visible. */
void say_value(enum fact_type type, struct value value, struct buf *out);

#endif
