/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_RULE_LEX_H
#define OOMSCOPE_RULE_LEX_H

#include "fact/schema.h"
#include "rule/script.h"

/* The words of the expression language. */

enum token_kind {
    TOKEN_END,
    TOKEN_NAME,
    TOKEN_NUMBER, /* `number` in the base unit of `type` */
    TOKEN_TEXT,   /* `text` without quotes and escapes */
    TOKEN_SIGN,   /* ( ) . , : + - * == != < <= > >= */
};

struct token {
    enum token_kind kind;
    enum fact_type type;
    int64_t number;
    struct span text;  /* as written; of TOKEN_TEXT the meaning */
    size_t begin, end; /* offsets in the script */
};

/* The token at or after offset `from`, blanks and comments skipped. False with script->err on a
 * character, number, unit or text that is none. */
bool lex_next(const struct script *script, size_t from, struct token *ret_token);
bool token_is(const struct token *token, const char *word); /* a name or a sign, never a text */

#endif
