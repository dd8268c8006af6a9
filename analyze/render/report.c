/* SPDX-License-Identifier: MIT */
#include "render/report.h"

typedef void section_of_incident(const struct pen *pen, const struct incident *incident);

/* In the order of the report; `keep` = how long a section holds out when the budget is short. */
struct section {
    const char *name;
    section_of_incident *write;
    bool full_only;
    int keep;
};
static const struct section sections[] = {
    {"why", section_why, false, 100},
    {"holders", section_holders, false, 90},
    {"attribution", section_attribution, true, 70},
    {"growth", section_growth, false, 80},
    {"ruled out", section_ruled_out, false, 60},
    {"mistakes", section_mistakes, false, 85},
    {"not known", section_unknown, false, 75},
    {"advice", section_advice, false, 95},
    {"odd evidence", section_observations, false, 65},
    {"timeline", section_timeline, true, 40},
    {"steps", section_steps, true, 30},
    {"findings", section_findings, true, 50},
    {"tables", section_grids, true, 10},
};
enum { SECTIONS = sizeof(sections) / sizeof(*sections) };

static bool lowest_left(const struct buf *parts, const bool *dropped, size_t *ret_lowest)
{
    *ret_lowest = SECTIONS;
    for (size_t i = 0; i < SECTIONS; i++)
        if (!dropped[i] && parts[i].n &&
            (*ret_lowest == SECTIONS || sections[i].keep < sections[*ret_lowest].keep))
            *ret_lowest = i;
    return *ret_lowest < SECTIONS;
}

static void drop_for_budget(const struct buf *parts, bool *dropped, size_t fixed_bytes,
                            size_t budget_bytes)
{
    size_t total = fixed_bytes, lowest;
    for (size_t i = 0; i < SECTIONS; i++)
        total += parts[i].n;
    while (budget_bytes && total > budget_bytes && lowest_left(parts, dropped, &lowest)) {
        dropped[lowest] = true;
        total -= parts[lowest].n;
    }
}

static void say_dropped(const struct pen *pen, const bool *dropped, size_t budget_bytes)
{
    struct buf line = {0};
    for (size_t i = 0; i < SECTIONS; i++)
        if (dropped[i])
            buf_fmt(&line, "%s%s", line.n ? ", " : "Left out to stay in size: ", sections[i].name);
    if (line.n) {
        buf_fmt(&line, " (budget %zu bytes; --json FILE has everything).", budget_bytes);
        pen_blank(pen);
        pen_paragraph(pen, buf_span(&line));
    }
    buf_free(&line);
}

/* Each of the others with the parts that are about it alone: what --full has of the first. */
static void others_write(const struct pen *pen, const struct verdict *verdict)
{
    static section_of_incident *const own[] = {
        section_why,      section_holders,  section_attribution, section_growth,
        section_mistakes, section_unknown,  section_advice,      section_timeline,
        section_steps,    section_findings, section_grids};
    for (size_t i = 1; pen->full && i < verdict->n_incidents; i++) {
        struct buf part = {0};
        struct pen inner = *pen;
        section_other_title(pen, &verdict->incidents[i], i + 1);
        inner.out = &part;
        for (size_t k = 0; k < sizeof(own) / sizeof(*own); k++) {
            part.n = 0;
            own[k](&inner, &verdict->incidents[i]);
            if (part.n)
                pen_blank(pen);
            buf_add(pen->out, buf_span(&part));
        }
        buf_free(&part);
    }
}

/* The report that markdown and text share: sections in order, each of which may be dropped whole
 * when the budget is short. */
static void sections_write(const struct verdict *verdict, const struct render_options *options,
                           struct pen *pen)
{
    const struct incident *first = &verdict->incidents[0];
    struct buf *out = pen->out, head = {0}, tail = {0}, parts[SECTIONS] = {0};
    bool dropped[SECTIONS] = {false};
    pen->out = &head;
    section_verdict(pen, verdict, first);
    pen->out = &tail;
    section_others(pen, verdict);
    others_write(pen, verdict);
    section_evidence(pen, verdict);
    for (size_t i = 0; i < SECTIONS; i++) {
        pen->out = &parts[i];
        if (pen->full || !sections[i].full_only)
            sections[i].write(pen, first);
    }
    pen->out = out;
    drop_for_budget(parts, dropped, head.n + tail.n, options->budget_bytes);
    buf_add(out, buf_span(&head));
    for (size_t i = 0; i < SECTIONS; i++) {
        if (!dropped[i] && parts[i].n) {
            pen_blank(pen);
            buf_add(out, buf_span(&parts[i]));
        }
        buf_free(&parts[i]);
    }
    say_dropped(pen, dropped, options->budget_bytes);
    pen_blank(pen);
    buf_add(out, buf_span(&tail));
    buf_free(&head);
    buf_free(&tail);
}

void render_markdown(const struct verdict *verdict, const struct render_options *options,
                     struct buf *out)
{
    struct pen pen = {PEN_MARKDOWN, false, options->full, verdict->store, out};
    sections_write(verdict, options, &pen);
}

void render_text(const struct verdict *verdict, const struct render_options *options,
                 struct buf *out)
{
    struct pen pen = {PEN_TEXT, options->color, options->full, verdict->store, out};
    sections_write(verdict, options, &pen);
}
