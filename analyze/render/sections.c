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

static const char *scope_words(const struct incident *incident)
{
    static const char *const words[] = {[SCOPE_UNKNOWN] = "Scope unknown",
                                        [SCOPE_HOST] = "Host OOM",
                                        [SCOPE_CGROUP] = "Cgroup OOM at its own limit",
                                        [SCOPE_ANCESTOR] = "Cgroup OOM at an ancestor's limit",
                                        [SCOPE_CPUSET] = "Cpuset OOM",
                                        [SCOPE_MEMPOLICY] = "Memory policy OOM",
                                        [SCOPE_MANUAL] = "Manual OOM",
                                        [SCOPE_NONE] = "Nothing found"};
    if (incident->kind == INCIDENT_NONE && incident->title.n_places)
        return "A warning, no incident";
    if (incident->kind == INCIDENT_PRESSURE)
        return "Nobody was killed by the kernel";
    if (incident->kind == INCIDENT_LOST)
        return "Killed, but without a report";
    if (incident->kind == INCIDENT_UNKNOWN)
        return "Unknown";
    if (incident->scope == SCOPE_CGROUP && incident->limit.owner.n == 0)
        return "Cgroup OOM"; /* its own limit or that of an ancestor */
    return words[incident->scope];
}

static void strong(const struct pen *pen, const char *text, struct buf *out)
{
    bool color = pen->kind == PEN_TEXT && pen->color;
    buf_str(out, pen->kind == PEN_MARKDOWN ? "**" : color ? "\x1b[1m" : "");
    buf_str(out, text);
    buf_str(out, pen->kind == PEN_MARKDOWN ? "**" : color ? "\x1b[0m" : "");
}

static void line_scope(const struct pen *pen, const struct incident *incident)
{
    struct buf line = {0};
    strong(pen, scope_words(incident), &line);
    if (incident->when.wall_known || incident->when.boot_known) {
        buf_str(&line, incident->series.n ? ", " : ", captured ");
        moment_write(&incident->when, &line);
    }
    buf_str(&line, incident->summary.text.n ? ". " : ".");
    pen_sentence(pen, &incident->summary, &line);
    pen_paragraph(pen, buf_span(&line));
    buf_free(&line);
}

/* "Don't: Do not add memory" says it twice: the words of the rule begin with "Do not ". */
static void avoid_phrase(const struct phrase *phrase, struct buf *out)
{
    struct phrase rest = *phrase;
    struct piece first = rest.n ? rest.pieces[0] : (struct piece){0};
    if (rest.n == 1 && first.kind == PIECE_PROSE && span_starts(first.text, "Do not ")) {
        first.text = span_skip(first.text, sizeof("Do not ") - 1);
        rest.pieces = &first;
    }
    pen_phrase(&rest, out);
}

static void line_advice(const struct pen *pen, const struct incident *incident)
{
    struct buf line = {0};
    if (incident->act.n) {
        strong(pen, "Do:", &line);
        buf_char(&line, ' ');
        pen_phrase(&incident->act.items[0].text, &line);
    }
    if (incident->avoid.n) {
        buf_str(&line, line.n ? " " : "");
        strong(pen, "Don't:", &line);
        buf_char(&line, ' ');
        avoid_phrase(&incident->avoid.items[0].text, &line);
    }
    if (line.n) {
        pen_blank(pen); /* a paragraph of its own: not all trackers break lines at line ends */
        pen_paragraph(pen, buf_span(&line));
    }
    buf_free(&line);
}

void section_verdict(const struct pen *pen, const struct verdict *verdict,
                     const struct incident *incident)
{
    struct buf title = {0};
    buf_str(&title, "Memory verdict: ");
    pen_phrase(&incident->title.text, &title);
    pen_heading(pen, 1, buf_span(&title));
    line_scope(pen, incident);
    line_advice(pen, incident);
    if (verdict->n_incidents > 1) {
        title.n = 0;
        buf_fmt(&title, "%zu more %s listed below.", verdict->n_incidents - 1,
                verdict->n_incidents == 2 ? "incident is" : "incidents are");
        pen_paragraph(pen, buf_span(&title));
    }
    buf_free(&title);
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
    size_t n = at_most(pen, incident->why.n, WHY_SHORT);
    bool is_said = n == 1 && phrase_eq(&incident->why.items[0].text, &incident->summary.text);
    if (n == 0 || (is_said && !pen->full))
        return;
    heading(pen, "Why");
    for (size_t i = 0; i < n; i++) {
        struct buf marker = {0};
        buf_fmt(&marker, "%zu. ", i + 1);
        pen_statement(pen, buf_cstr(&marker), &incident->why.items[i]);
        buf_free(&marker);
    }
    pen_left(pen, incident->why.n, n);
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
        strong(pen, finding_role_name(ranked->role), &line);
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
        because(pen, ranked->finding->rule);
    }
}

void section_others(const struct pen *pen, const struct verdict *verdict)
{
    if (verdict->n_incidents < 2)
        return;
    heading(pen, "Other incidents");
    size_t n = at_most(pen, verdict->n_incidents, 6);
    for (size_t i = 1; i < n; i++) {
        const struct incident *incident = &verdict->incidents[i];
        struct buf line = {0};
        moment_write(&incident->when, &line);
        buf_str(&line, ": ");
        pen_phrase(&incident->title.text, &line);
        buf_str(&line, incident->summary.text.n ? ". " : ".");
        pen_sentence(pen, &incident->summary, &line);
        if (incident->act.n) {
            buf_str(&line, " Do: ");
            pen_phrase(&incident->act.items[0].text, &line);
        }
        pen_item(pen, "- ", buf_span(&line));
        buf_free(&line);
    }
    pen_left(pen, verdict->n_incidents, n);
}
