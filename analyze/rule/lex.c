/* SPDX-License-Identifier: MIT */
#include "rule/lex.h"

#include "base/arena.h"
#include "base/num.h"

static const struct unit {
    const char *name;
    enum fact_type type;
    int64_t factor;
} units[] = {
    {"B", FACT_BYTES, 1},
    {"KiB", FACT_BYTES, 1024},
    {"MiB", FACT_BYTES, 1048576},
    {"GiB", FACT_BYTES, 1073741824},
    {"TiB", FACT_BYTES, INT64_C(1099511627776)},
    {"us", FACT_DURATION, 1},
    {"ms", FACT_DURATION, 1000},
    {"s", FACT_DURATION, 1000000},
    {"min", FACT_DURATION, 60000000},
    {"h", FACT_DURATION, INT64_C(3600000000)},
};

/* What people write out of habit, and what they mean. */
static const char *const habits[][2] = {
    {"kB", "KiB"}, {"KB", "KiB"}, {"K", "KiB"},  {"k", "KiB"}, {"Ki", "KiB"}, {"MB", "MiB"},
    {"M", "MiB"},  {"Mi", "MiB"}, {"GB", "GiB"}, {"G", "GiB"}, {"Gi", "GiB"}, {"TB", "TiB"},
    {"T", "TiB"},  {"sec", "s"},  {"m", "min"},  {"hr", "h"},  {"b", "B"},
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static char char_at(struct span s, size_t at)
{
    return at < s.n ? s.p[at] : '\0';
}

static size_t skip_blank(struct span s, size_t at)
{
    for (;;) {
        char c = char_at(s, at);
        if (at < s.n && (c == ' ' || c == '\n' || c == '\t' || c == '\r'))
            at++;
        else if (c == '#')
            at += span_find_char(span_skip(s, at), '\n');
        else
            return at;
    }
}

static bool unknown_unit(const struct script *script, size_t at, struct span unit)
{
    for (size_t i = 0; i < sizeof(habits) / sizeof(habits[0]); i++)
        if (span_is(unit, habits[i][0]))
            return script_error(script, at, "unknown unit " SPAN_FMT "; did you mean %s?",
                                SPAN_ARG(unit), habits[i][1]);
    return script_error(script, at,
                        "unknown unit " SPAN_FMT
                        "; units are B KiB MiB GiB TiB us ms s min h %% and bytes/s",
                        SPAN_ARG(unit));
}

static bool lex_amount(const struct script *script, struct span digits, size_t at,
                       struct token *token)
{
    size_t end = at;
    while (is_letter(char_at(script->text, end)))
        end++;
    struct span name = span_slice(script->text, at, end);
    const struct unit *unit = NULL;
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
        if (span_is(name, units[i].name))
            unit = &units[i];
    if (name.n && !unit)
        return unknown_unit(script, at, name);
    token->type = unit ? unit->type : FACT_COUNT;
    if (unit && unit->type == FACT_BYTES && char_at(script->text, end) == '/') {
        if (char_at(script->text, end + 1) != 's' || is_letter(char_at(script->text, end + 2)))
            return script_error(script, end, "a rate is an amount of bytes per second: 1MiB/s");
        end += 2;
        token->type = FACT_RATE;
    }
    token->end = end;
    if (!num_i64(digits, &token->number) ||
        !num_mul(token->number, unit ? unit->factor : 1, &token->number))
        return script_error(script, token->begin, "number too large");
    return true;
}

static bool lex_number(const struct script *script, struct token *token)
{
    size_t at = token->begin;
    bool has_point = false;
    while (is_digit(char_at(script->text, at)))
        at++;
    if (char_at(script->text, at) == '.' && is_digit(char_at(script->text, at + 1))) {
        has_point = true;
        for (at++; is_digit(char_at(script->text, at));)
            at++;
    }
    struct span digits = span_slice(script->text, token->begin, at);
    token->kind = TOKEN_NUMBER;
    if (char_at(script->text, at) == '%') {
        token->type = FACT_RATIO;
        token->end = at + 1;
        if (!num_fixed(digits, 2, &token->number))
            return script_error(script, token->begin,
                                "a percentage has at most two places and fits 64 bits");
        return true;
    }
    if (has_point)
        return script_error(script, token->begin,
                            "only percentages have a decimal point; use a smaller unit");
    return lex_amount(script, digits, at, token);
}

static bool lex_text(const struct script *script, struct token *token)
{
    struct span s = script->text;
    char *out = arena_alloc(script->arena, s.n - token->begin + 1);
    size_t n = 0, at = token->begin + 1;
    for (; at < s.n && s.p[at] != '"' && s.p[at] != '\n'; at++) {
        if (s.p[at] == '\\') {
            char escaped = char_at(s, at + 1);
            if (escaped != '"' && escaped != '\\')
                return script_error(script, at, "only \\\" and \\\\ are escapes");
            at++;
        }
        out[n++] = s.p[at];
    }
    if (char_at(s, at) != '"')
        return script_error(script, token->begin, "the text has no closing quote on its line");
    token->kind = TOKEN_TEXT;
    token->text = (struct span){out, n};
    token->end = at + 1;
    return true;
}

static bool lex_sign(const struct script *script, struct token *token)
{
    static const char *const signs[] = {"==", "!=", "<=", ">=", "<", ">", "(",
                                        ",",  ")",  ".",  ":",  "+", "-", "*"};
    struct span rest = span_skip(script->text, token->begin);
    token->kind = TOKEN_SIGN;
    for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
        if (span_starts(rest, signs[i])) {
            token->end = token->begin + span_of(signs[i]).n;
            return true;
        }
    const char *hint = rest.p[0] == '='    ? "; equality is =="
                       : rest.p[0] == '&'  ? "; write and"
                       : rest.p[0] == '|'  ? "; write or"
                       : rest.p[0] == '!'  ? "; write not"
                       : rest.p[0] == '/'  ? "; write N% of x instead of dividing"
                       : rest.p[0] == '\'' ? "; text stands in double quotes"
                                           : "";
    unsigned char c = (unsigned char)rest.p[0];
    if (c < 0x20 || c >= 0x7f)
        return script_error(script, token->begin, "the byte 0x%02x has no meaning here", c);
    return script_error(script, token->begin, "'%c' has no meaning here%s", c, hint);
}

bool lex_next(const struct script *script, size_t from, struct token *ret_token)
{
    struct span s = script->text;
    size_t at = skip_blank(s, from);
    *ret_token = (struct token){.kind = TOKEN_END, .begin = at, .end = at};
    if (at >= s.n)
        return true;
    bool ok = true;
    if (is_digit(s.p[at])) {
        ok = lex_number(script, ret_token);
    } else if (s.p[at] == '"') {
        return lex_text(script, ret_token);
    } else if (is_letter(s.p[at])) {
        ret_token->kind = TOKEN_NAME;
        while (is_letter(char_at(s, ret_token->end)) || is_digit(char_at(s, ret_token->end)))
            ret_token->end++;
    } else {
        ok = lex_sign(script, ret_token);
    }
    ret_token->text = span_slice(s, ret_token->begin, ret_token->end);
    return ok;
}

bool token_is(const struct token *token, const char *word)
{
    return (token->kind == TOKEN_NAME || token->kind == TOKEN_SIGN) && span_is(token->text, word);
}
