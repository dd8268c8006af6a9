/* SPDX-License-Identifier: MIT */
#include "rule/say.h"

#include "base/amount.h"
#include "base/arena.h"
#include "base/utf8.h"
#include "rule/load.h"

static void add_piece(struct loader *l, struct span text, struct expr *expr)
{
    if (text.n)
        l->body->say[l->body->n_say++] = (struct say_piece){text, expr};
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
    while (at < text.n) {
        char c = text.p[at];
        if (c != '{' && c != '}') {
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

struct phrase say_phrase(const struct rule *rule, struct eval *eval, struct arena *arena)
{
    struct phrase phrase = {0};
    for (size_t i = 0; i < rule->body->n_say; i++) {
        const struct say_piece *piece = &rule->body->say[i];
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
