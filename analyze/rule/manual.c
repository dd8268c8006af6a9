/* SPDX-License-Identifier: MIT */
/* Rules for people: the page of one rule, the list, and the catalogue. */
#include "rule/body.h"

#include "base/arena.h"
#include "base/buf.h"

enum { LINE_WIDTH = 78 };

/* Wraps text at blanks; every line starts with `indent` blanks, the first with `mark` in them. */
static void wrap(struct buf *out, const char *mark, int indent, struct span text)
{
    buf_fmt(out, "%*s", indent, mark);
    size_t column = (size_t)indent;
    for (struct span word; (word = span_word(&text)).n;) {
        if (column > (size_t)indent && column + 1 + word.n > LINE_WIDTH) {
            buf_fmt(out, "\n%*s", indent, "");
            column = (size_t)indent;
        }
        if (column > (size_t)indent) {
            buf_char(out, ' ');
            column++;
        }
        buf_add(out, word);
        column += word.n;
    }
    buf_char(out, '\n');
}

static void section(struct buf *out, const char *name, struct text_list list)
{
    if (list.n == 0)
        return;
    buf_fmt(out, "\n%s\n", name);
    for (size_t i = 0; i < list.n; i++)
        wrap(out, "- ", 4, list.items[i]);
}

static void expression(struct buf *out, const char *name, const struct expr *expr)
{
    if (!expr->root)
        return;
    buf_fmt(out, "  %s\n", name);
    struct span rest = expr->script.text, line;
    while (rest.n) {
        span_cut(rest, '\n', &line, &rest);
        buf_fmt(out, "      " SPAN_FMT "\n", SPAN_ARG(line));
        if (line.p + line.n >= expr->script.text.p + expr->script.text.n)
            break;
    }
}

static void decision(const struct rule *rule, struct buf *out)
{
    const struct rule_body *body = rule->body;
    buf_str(out, "\nDecision\n");
    expression(out, "applies", &body->applies);
    expression(out, "for each", &body->binding);
    for (uint32_t i = 0; i < body->n_lets; i++)
        expression(
            out, arena_printf(body->when.script.arena, SPAN_FMT " =", SPAN_ARG(body->lets[i].name)),
            &body->lets[i].expr);
    expression(out, "when", &body->when);
    expression(out, "explains", &body->explains);
    if (rule->thresholds.n) {
        buf_str(out, "\nWhy these thresholds\n");
        wrap(out, "", 2, rule->thresholds);
    }
}

/* The files that a rule reads, each once. */
static struct text_list files_of(const struct rule *rule, struct arena *arena)
{
    struct needs needs = rule_needs(rule, arena);
    struct span *items = arena_array(arena, needs.n ? needs.n : 1, sizeof(*items));
    size_t n = 0;
    for (size_t i = 0; i < needs.n; i++) {
        bool seen = false;
        for (size_t k = 0; k < n; k++)
            seen = seen || span_eq(items[k], needs.items[i].pattern);
        if (!seen)
            items[n++] = needs.items[i].pattern;
    }
    return (struct text_list){items, n};
}

void rule_manual(const struct rule *rule, struct buf *out)
{
    struct arena *arena = arena_new();
    buf_fmt(out, SPAN_FMT " - %s, %s, " SPAN_FMT "\n", SPAN_ARG(rule->id),
            rule_kind_names[rule->kind], rule_severity_names[rule->severity],
            SPAN_ARG(rule->status));
    wrap(out, "", 2, rule->title);
    buf_str(out, "\nWhy\n");
    wrap(out, "", 2, rule->because);
    section(out, "Do", rule->do_list);
    section(out, "Don't", rule->dont_list);
    section(out, "When a match is harmless", rule->false_positives);
    decision(rule, out);
    section(out, "Reads", files_of(rule, arena));
    section(out, "Sources", rule->refs);
    section(out, "Supersedes", rule->supersedes);
    section(out, "Related", rule->related);
    arena_free(arena);
}

void ruleset_list(const struct ruleset *set, struct buf *out)
{
    for (size_t i = 0; i < ruleset_count(set); i++) {
        const struct rule *rule = ruleset_at(set, i);
        buf_fmt(out, "%-8s  %-8s  %-32.*s  " SPAN_FMT "\n", rule_severity_names[rule->severity],
                rule_kind_names[rule->kind], SPAN_ARG(rule->id), SPAN_ARG(rule->title));
    }
}

/* ---- the catalogue */

static void join(struct buf *out, struct text_list list, const char *quote)
{
    for (size_t i = 0; i < list.n; i++)
        buf_fmt(out, "%s%s" SPAN_FMT "%s", i ? ", " : "", quote, SPAN_ARG(list.items[i]), quote);
}

static const char *const kind_titles[] = {"Scope: whose limit, and who acted",
                                          "Causes: what filled it", "Pressure: signals",
                                          "Mistakes: made, or about to be", "Risks"};

static void catalogue_rule(const struct rule *rule, struct buf *out)
{
    struct arena *arena = arena_new();
    buf_fmt(out, "| [`" SPAN_FMT "`](" SPAN_FMT ".yaml) | %s | " SPAN_FMT " | ", SPAN_ARG(rule->id),
            SPAN_ARG(rule->id), rule_severity_names[rule->severity], SPAN_ARG(rule->title));
    join(out, rule->coverage, "");
    buf_str(out, " | ");
    join(out, files_of(rule, arena), "`");
    buf_str(out, " |\n");
    arena_free(arena);
}

void ruleset_catalogue(const struct ruleset *set, struct buf *out)
{
    buf_str(out,
            "# The rules\n\nGenerated by `analyze --list-rules --format markdown`; the "
            "language is in [GRAMMAR.md](GRAMMAR.md), the recorded cases that show each rule in "
            "[SHOWN.md](SHOWN.md).\n");
    for (enum rule_kind kind = RULE_SCOPE; kind <= RULE_RISK; kind++) {
        bool begun = false;
        for (size_t i = 0; i < ruleset_count(set); i++) {
            if (ruleset_at(set, i)->kind != kind)
                continue;
            if (!begun)
                buf_fmt(out,
                        "\n## %s\n\n| rule | severity | title | coverage | reads |\n"
                        "|---|---|---|---|---|\n",
                        kind_titles[kind]);
            begun = true;
            catalogue_rule(ruleset_at(set, i), out);
        }
    }
}
