/* SPDX-License-Identifier: MIT */
/* Questions about words and nodes that need no parser. */
#include "rule/syntax.h"

static const char *const reserved[] = {"and", "or",  "not",   "any",  "all",   "count",     "in",
                                       "sum", "min", "max",   "for",  "if",    "known",     "true",
                                       "of",  "by",  "false", "like", "under", "unlimited", "top"};

bool syntax_is_reserved(struct span word)
{
    for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++)
        if (span_is(word, reserved[i]))
            return true;
    return false;
}

bool syntax_is_top(const struct expr *expr)
{
    struct token token;
    struct err ignored = {0};
    struct script script = expr->script;
    script.err = &ignored;
    return lex_next(&script, 0, &token) && token_is(&token, "top");
}

struct span node_source(const struct expr *expr, const struct node *node)
{
    return span_slice(expr->script.text, node->begin, node->end);
}

bool node_is_quantifier(const struct node *node)
{
    return node->kind >= NODE_ANY;
}
