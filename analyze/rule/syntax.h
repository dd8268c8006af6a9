/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_RULE_SYNTAX_H
#define OOMSCOPE_RULE_SYNTAX_H

#include "rule/lex.h"

/* The tree of an expression. syntax_parse builds it from text, check_expr (rule/check.h) gives it
 * types and finds its names in the schema. */

enum node_kind {
    NODE_NUMBER, /* number, type */
    NODE_TEXT,   /* text */
    NODE_BOOL,   /* number */
    NODE_UNLIMITED,
    NODE_PATH,  /* name [. field] until checked; then NODE_FIELD or NODE_LET */
    NODE_FIELD, /* field of the object, or of the row in slot */
    NODE_LET,   /* let */
    NODE_KNOWN, /* a is a NODE_FIELD */
    NODE_NOT,   /* a */
    NODE_AND,
    NODE_OR,
    NODE_EQ,
    NODE_NE,
    NODE_LT,
    NODE_LE,
    NODE_GT,
    NODE_GE,
    NODE_LIKE,
    NODE_UNDER,
    NODE_ADD,
    NODE_SUB,
    NODE_MUL,
    NODE_PERCENT, /* number (ten-thousandths) of a */
    NODE_ANY,     /* name in table: a */
    NODE_ALL,
    NODE_COUNT,
    NODE_SUM, /* a for name in table if b (b may be NULL) */
    NODE_MIN,
    NODE_MAX,
};

enum { SLOT_OBJECT = -1 };

struct node {
    enum node_kind kind;
    enum fact_type type; /* of the value */
    uint32_t begin, end; /* in the text of the script */
    struct node *a, *b;
    int64_t number;
    struct span text;
    struct span name;         /* bound name, or first part of a path */
    struct span first, field; /* table as written: [first .] field; of a path: field */
    uint32_t name_at, field_at;
    /* filled by check_expr */
    enum field_id field_id;
    int slot; /* where the row is that a field is read from; where a quantifier binds */
    enum table_id table;
    int parent_slot; /* row whose children `table` are; SLOT_OBJECT for top-level tables */
    uint32_t let;
};

struct expr {
    struct script script;
    struct node *root; /* NULL: no expression */
    uint32_t n_nodes;
};

/* Parses the whole of expr->script. False with script.err. */
bool syntax_parse(struct expr *expr);
/* Parses `name in table`, the value of for_each, into a NODE_ANY without a body. */
bool syntax_binding(struct expr *expr);
/* Parses `top ( N , name in table by expr [if expr] )` into a NODE_MAX with number = N. */
bool syntax_top(struct expr *expr);
bool syntax_is_top(const struct expr *expr);
struct span node_source(const struct expr *expr, const struct node *node); /* as written */
bool node_is_quantifier(const struct node *node); /* any, all, count, sum, min, max */
/* Whether a word means something to the language and cannot name a let or a row. */
bool syntax_is_reserved(struct span word);

#endif
