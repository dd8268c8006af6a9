/* SPDX-License-Identifier: MIT */
#include "rule/say.h"

#include "base/amount.h"
#include "base/arena.h"
#include "base/utf8.h"
#include "rule/load.h"

static void add_piece(struct loader *l, struct span text, struct expr *expr)
{
    if (text.n)
        l->body->say[l->body->n_say++] = (struct say_piece){SAY_TEXT, text, expr};
}

static void add_mark(struct loader *l, enum say_mark mark)
{
    l->body->say[l->body->n_say++] = (struct say_piece){.mark = mark};
}

/* "[[" opens what is left out when a value in it is not known, "]]" ends it. */
static enum say_mark mark_at(struct span text, size_t at)
{
    struct span rest = span_skip(text, at);
    return span_starts(rest, "[[") ? SAY_OPTIONAL : span_starts(rest, "]]") ? SAY_END : SAY_TEXT;
}

/* What stands between braces at `at` of the text. On one line of the file its place is exact. */
static bool load_placeholder(struct loader *l, const struct yaml *value, struct span name,
                             size_t at)
{
    struct expr *expr = arena_alloc(l->arena, sizeof(*expr));
    load_script(l, expr);
    expr->script.text = name;
    expr->script.line = value->line;
    expr->script.column = value->column;
    if (value->line == value->end_line && value->style == STYLE_QUOTED)
        expr->script.column++;
    if (value->line == value->end_line)
        expr->script.column += (uint32_t)at;
    if (!syntax_parse(expr))
        return false;
    if (expr->root->kind != NODE_PATH)
        return script_error(&expr->script, 0,
                            "a placeholder is a path or a let, not an expression");
    if (!check_expr(expr, &l->scope))
        return false;
    add_piece(l, name, expr);
    return true;
}

static bool load_pieces(struct loader *l, const struct yaml *value, struct span text)
{
    size_t begin = 0, at = 0;
    bool is_open = false;
    while (at < text.n) {
        char c = text.p[at];
        enum say_mark mark = mark_at(text, at);
        if (mark != SAY_TEXT) {
            if (is_open == (mark == SAY_OPTIONAL))
                return load_error(l, value, "[[ and ]] come in pairs, one pair after another");
            is_open = !is_open;
            add_piece(l, span_slice(text, begin, at), NULL);
            add_mark(l, mark);
            begin = at += 2;
        } else if (c != '{' && c != '}') {
            at++;
        } else if (at + 1 < text.n && text.p[at + 1] == c) {
            add_piece(l, span_slice(text, begin, at + 1), NULL);
            begin = at += 2;
        } else {
            struct span rest = span_skip(text, at + 1);
            size_t end = at + 1 + span_find_char(rest, '}');
            if (c == '}' || end == text.n || at + 1 + span_find_char(rest, '{') < end)
                return load_error(l, value, "a single brace; {name} is a placeholder, {{ a brace");
            add_piece(l, span_slice(text, begin, at), NULL);
            if (!load_placeholder(l, value, span_slice(text, at + 1, end), at + 1))
                return false;
            begin = at = end + 1;
        }
    }
    if (is_open)
        return load_error(l, value, "[[ without ]]");
    add_piece(l, span_slice(text, begin, text.n), NULL);
    return true;
}

bool load_say(struct loader *l, const struct yaml *value)
{
    struct span text;
    if (!load_text(l, value, &text))
        return false;
    l->body->say = arena_array(l->arena, text.n + 1, sizeof(*l->body->say));
    return load_pieces(l, value, text);
}

void say_value(enum fact_type type, struct value value, struct buf *out)
{
    if (value.state != VALUE_KNOWN) {
        buf_str(out, value.state == VALUE_UNLIMITED ? "unlimited" : "unknown");
        return;
    }
    switch (type) {
    case FACT_BYTES:
        amount_bytes(value.number, out);
        break;
    case FACT_COUNT:
        amount_count(value.number, out);
        break;
    case FACT_DURATION:
        amount_duration_us(value.number, out);
        break;
    case FACT_RATIO:
        amount_ratio(value.number, out);
        break;
    case FACT_RATE:
        amount_rate(value.number, out);
        break;
    case FACT_TEXT:
        utf8_visible(value.text, out);
        break;
    default:
        buf_str(out, value.number ? "yes" : "no");
    }
}

/* The piece that ends an optional part, when a value in it is unknown; else the part's first. */
static size_t optional_end(const struct rule_body *body, struct eval *eval, size_t open)
{
    bool all_known = true;
    size_t end = open + 1;
    for (; body->say[end].mark != SAY_END; end++)
        if (body->say[end].expr)
            all_known &= eval_node(eval, body->say[end].expr->root).state != VALUE_UNKNOWN;
    return all_known ? open : end;
}

struct phrase say_phrase(const struct rule *rule, struct eval *eval, struct arena *arena)
{
    struct phrase phrase = {0};
    for (size_t i = 0; i < rule->body->n_say; i++) {
        const struct say_piece *piece = &rule->body->say[i];
        if (piece->mark == SAY_OPTIONAL)
            i = optional_end(rule->body, eval, i);
        if (piece->mark != SAY_TEXT)
            continue;
        if (!piece->expr) {
            phrase_add(&phrase, arena, PIECE_PROSE, piece->text);
            continue;
        }
        struct value value = eval_node(eval, piece->expr->root);
        enum fact_type type = piece->expr->root->type;
        if (type == FACT_TEXT && value.state == VALUE_KNOWN) {
            phrase_add(&phrase, arena, PIECE_EVIDENCE, value.text);
            continue;
        }
        struct buf buf = {0};
        say_value(type, value, &buf);
        phrase_add(&phrase, arena, PIECE_PROSE, arena_copy(arena, buf_span(&buf)));
        buf_free(&buf);
    }
    return phrase;
}
