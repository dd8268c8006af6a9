/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_RULE_EXPLAIN_LINE_H
#define OOMSCOPE_RULE_EXPLAIN_LINE_H

#include "rule/body.h"
#include "rule/eval.h"

/* The lines of --explain: what stands there, and what it came to or where it was read. */

struct explainer {
    const struct rule *rule;
    const struct expr *expr; /* whose nodes are being shown */
    struct store *store;
    struct eval eval;
    const char *prefix;
    struct buf *out;
};

/* Prefix, indent, left text, and the right text in its column. */
void explain_line(struct explainer *x, unsigned indent, struct span left, struct span right);
/* "e.limit = 256.0 MiB     dev/kmsg:870" */
void explain_fact(struct explainer *x, const struct node *node, unsigned indent);
/* "any p in processes" ...: the text of the node and what it came to. */
void explain_value(struct explainer *x, const struct node *node, struct span text, unsigned indent);
/* "214 rows of processes     complete (manifest.jsonl:8)" */
void explain_rows(struct explainer *x, const struct node *node, unsigned indent);

#endif
