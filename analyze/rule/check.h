/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_RULE_CHECK_H
#define OOMSCOPE_RULE_CHECK_H

#include "rule/syntax.h"

/* Names and types. Everything that can be wrong with an expression is found here, at load. */

struct scope_row {
    struct span name;
    enum table_id table;
};

struct scope_let {
    struct span name;
    enum fact_type type;
    bool uses_row; /* depends on the row of for_each */
};

struct scope {
    struct scope_row rows[RULE_BINDINGS_MAX];
    uint32_t n_rows;
    const struct scope_let *lets;
    uint32_t n_lets;
    bool known_allowed;
};

/* Resolves and types expr->root. False with script.err. */
bool check_expr(struct expr *expr, struct scope *scope);
/* As check_expr, and the value must be of this type; `what` names it in the error. */
bool check_expr_type(struct expr *expr, struct scope *scope, enum fact_type type, const char *what);
/* Binds the row of a for_each parsed by syntax_binding in slot 0. */
bool check_binding(struct expr *expr, struct scope *scope);
/* Checks a context entry parsed by syntax_top. */
bool check_top(struct expr *expr, struct scope *scope);
/* Whether the expression reads slot 0 or a let that does. */
bool check_uses_row(const struct node *node, const struct scope *scope);
bool check_uses_known(const struct node *node);

#endif
