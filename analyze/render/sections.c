/* SPDX-License-Identifier: MIT */
#include "render/report.h"

#include "base/amount.h"

enum { WHY_SHORT = 8, CLEAR_SHORT = 6, UNKNOWN_SHORT = 4, ADVICE_SHORT = 4 };

static size_t at_most(const struct pen *pen, size_t n, size_t short_n)
{
    return pen->full || n < short_n ? n : short_n;
}

static void heading(const struct pen *pen, const char *title)
{
    pen_heading(pen, 2, span_of(title));
}

static bool phrase_eq(const struct phrase *a, const struct phrase *b)
{
    bool same = a->n == b->n;
    for (size_t i = 0; same && i < a->n; i++)
        same = span_eq(a->pieces[i].text, b->pieces[i].text);
    return same;
}

void section_why(const struct pen *pen, const struct incident *incident)
{
    const struct statements *why = &incident->why;
    bool is_said = why->n > 0 && phrase_eq(&why->items[0].text, &incident->summary.text);
    size_t first = is_said && !pen->full; /* the second line of the verdict has said it */
    size_t n = at_most(pen, why->n - first, WHY_SHORT);
    if (n == 0)
        return;
    heading(pen, "Why");
    for (size_t i = 0; i < n; i++) {
        struct buf marker = {0};
        buf_fmt(&marker, "%zu. ", i + 1);
        pen_statement(pen, buf_cstr(&marker), &why->items[first + i]);
        buf_free(&marker);
    }
    pen_left(pen, why->n - first, n);
}

void section_growth(const struct pen *pen, const struct incident *incident)
{
    if (incident->growth.n == 0)
        return;
    heading(pen, "Growth");
    pen_statements(pen, &incident->growth, at_most(pen, incident->growth.n, 4));
}

/* Rules that were clear, by name: the evidence of each would fill a page. */
static void rules_clear(const struct pen *pen, const struct incident *incident)
{
    size_t n =
        incident->n_ruled_out_rules < CLEAR_SHORT ? incident->n_ruled_out_rules : CLEAR_SHORT;
    if (n == 0)
        return;
    struct buf line = {0};
    buf_str(&line, "Also checked and not found: ");
    for (size_t i = 0; i < n; i++) {
        buf_str(&line, i ? ", " : "");
        pen_evidence(incident->ruled_out_rules[i], &line);
    }
    if (incident->n_ruled_out_rules > n)
        buf_fmt(&line, " and what %zu more rules look for", incident->n_ruled_out_rules - n);
    buf_str(&line, " (--full shows the evidence).");
    pen_item(pen, "- ", buf_span(&line));
    buf_free(&line);
}

void section_ruled_out(const struct pen *pen, const struct incident *incident)
{
    if (incident->ruled_out.n == 0)
        return;
    size_t n_own = incident->ruled_out.n - incident->n_ruled_out_rules;
    heading(pen, "Ruled out");
    pen_statements(pen, &incident->ruled_out, pen->full ? incident->ruled_out.n : n_own);
    if (!pen->full)
        rules_clear(pen, incident);
}

static void ranked_item(const struct pen *pen, const struct ranked *ranked)
{
    struct buf line = {0};
    buf_str(&line, pen->kind == PEN_MARKDOWN ? "*" : "");
    buf_add(&line, ranked->finding->rule->title);
    buf_str(&line, pen->kind == PEN_MARKDOWN ? "*: " : ": ");
    pen_sentence(pen, &ranked->evidence, &line);
    if (ranked->more)
        buf_fmt(&line, " The same holds for %zu more.", ranked->more);
    pen_item(pen, "- ", buf_span(&line));
    buf_free(&line);
}

static void ranked_section(const struct pen *pen, const struct incident *incident,
                           enum finding_role role, const char *title)
{
    bool has_title = false;
    for (size_t i = 0; i < incident->ranking.n; i++) {
        if (incident->ranking.items[i].role != role || incident->ranking.items[i].is_repeat)
            continue;
        if (!has_title)
            heading(pen, title);
        has_title = true;
        ranked_item(pen, &incident->ranking.items[i]);
    }
}

void section_mistakes(const struct pen *pen, const struct incident *incident)
{
    ranked_section(pen, incident, ROLE_MISTAKE, "Mistakes to avoid here");
    ranked_section(pen, incident, ROLE_RISK, "Risks");
}

static void unknown_item(const struct pen *pen, const struct unknown *unknown)
{
    struct buf line = {0};
    const char *mark = pen->kind == PEN_MARKDOWN ? "*" : "";
    buf_str(&line, mark);
    buf_add(&line, unknown->question);
    buf_fmt(&line, "%s: ", mark);
    pen_evidence(unknown->member, &line);
    buf_str(&line, ", ");
    buf_add(&line, unknown->reason);
    pen_places(pen, &unknown->note, &line);
    buf_str(&line, ". Next time: ");
    buf_str(&line, unknown->how);
    buf_str(&line, ".");
    if (unknown->rules > 1)
        buf_fmt(&line, " (%zu rules wait for it.)", unknown->rules);
    pen_item(pen, "- ", buf_span(&line));
    buf_free(&line);
}

/* What no capture can bring is one line, unless all is asked for. */
static void final_item(const struct pen *pen, const struct unknowns *unknowns, size_t first)
{
    size_t rules = 0;
    struct buf line = {0};
    for (size_t i = first; i < unknowns->n; i++)
        rules += unknowns->items[i].rules;
    if (rules == 0)
        return;
    buf_fmt(&line, "The kernel's report does not print what %zu %s for (--full names it).", rules,
            rules == 1 ? "rule asks" : "rules ask");
    pen_item(pen, "- ", buf_span(&line));
    buf_free(&line);
}

void section_unknown(const struct pen *pen, const struct incident *incident)
{
    const struct unknowns *unknowns = &incident->unknowns;
    size_t open = 0;
    if (unknowns->n == 0)
        return;
    while (open < unknowns->n && (pen->full || !unknowns->items[open].is_final))
        open++;
    size_t n = at_most(pen, open, UNKNOWN_SHORT);
    heading(pen, "Not known");
    for (size_t i = 0; i < n; i++)
        unknown_item(pen, &unknowns->items[i]);
    pen_left(pen, open, n);
    final_item(pen, unknowns, open);
}

static void advice_list(const struct pen *pen, const struct statements *list, const char *title)
{
    size_t n = at_most(pen, list->n, ADVICE_SHORT);
    if (n == 0)
        return;
    heading(pen, title);
    pen_statements(pen, list, n);
    pen_left(pen, list->n, n);
}

void section_advice(const struct pen *pen, const struct incident *incident)
{
    advice_list(pen, &incident->act, "Do");
    advice_list(pen, &incident->avoid, "Don't");
}

static void tick_repeats(const struct tick *tick, struct buf *out)
{
    if (tick->count < 2)
        return;
    buf_fmt(out, " and %zu more of this kind until ", tick->count - 1);
    moment_write(&tick->until, out);
}

void section_timeline(const struct pen *pen, const struct incident *incident)
{
    if (incident->timeline.n == 0)
        return;
    heading(pen, "Timeline");
    for (size_t i = 0; i < incident->timeline.n; i++) {
        struct buf line = {0};
        moment_write(&incident->timeline.items[i].when, &line);
        buf_str(&line, ": ");
        pen_sentence(pen, &incident->timeline.items[i].what, &line);
        tick_repeats(&incident->timeline.items[i], &line);
        pen_item(pen, "- ", buf_span(&line));
        buf_free(&line);
    }
    if (incident->timeline.omitted) {
        struct buf line = {0};
        buf_fmt(&line, "%zu more in between.", incident->timeline.omitted);
        pen_item(pen, "- ", buf_span(&line));
        buf_free(&line);
    }
}

void section_steps(const struct pen *pen, const struct incident *incident)
{
    heading(pen, "Five steps");
    pen_statements(pen, &incident->steps, incident->steps.n);
}

static void beside(const struct pen *pen, const struct statement *context)
{
    struct buf line = {0};
    if (!context->text.n)
        return;
    pen_sentence(pen, context, &line);
    pen_item(pen, "  ", buf_span(&line));
    buf_free(&line);
}

static void because(const struct pen *pen, const struct rule *rule)
{
    struct buf line = {0};
    buf_str(&line, "Because: ");
    buf_add(&line, rule->because);
    pen_item(pen, "  ", buf_span(&line));
    buf_free(&line);
}

void section_findings(const struct pen *pen, const struct incident *incident)
{
    if (incident->ranking.n == 0)
        return;
    heading(pen, "Findings");
    for (size_t i = 0; i < incident->ranking.n; i++) {
        const struct ranked *ranked = &incident->ranking.items[i];
        struct buf line = {0};
        pen_strong(pen, finding_role_name(ranked->role), &line);
        buf_char(&line, ' ');
        pen_evidence(ranked->finding->rule->id, &line);
        buf_str(&line, ": ");
        pen_sentence(pen, &ranked->evidence, &line);
        if (ranked->finding->explains_known) {
            buf_str(&line, " Explains ");
            amount_bytes(ranked->finding->explains_bytes, &line);
            buf_str(&line, ", ");
            amount_ratio(ranked->share, &line);
            buf_str(&line, " of the total.");
        }
        pen_item(pen, "- ", buf_span(&line));
        buf_free(&line);
        beside(pen, &ranked->context);
        because(pen, ranked->finding->rule);
    }
}
