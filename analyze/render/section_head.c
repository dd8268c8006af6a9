/* SPDX-License-Identifier: MIT */
/* The lines that are enough to act: title, what happened, do and don't; and of other incidents the
 * same in one item each. */
#include "render/report.h"

enum { OTHERS_SHORT = 6 };

/* The time of the incident is that of the failure, and nothing else is known. */
static bool is_failure_only(const struct incident *incident)
{
    return incident->kind == INCIDENT_UNKNOWN && incident->failure != ROW_NONE;
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
    if (is_failure_only(incident))
        return "Failed allocation";
    if (incident->kind == INCIDENT_UNKNOWN)
        return "Unknown";
    bool is_its_own = incident->limit.owner.n > 0 && !incident->limit.bytes.unlimited;
    if (incident->scope == SCOPE_CGROUP && !is_its_own)
        return "Cgroup OOM"; /* its own limit, that of an ancestor, or none */
    return words[incident->scope];
}

static void line_scope(const struct pen *pen, const struct incident *incident)
{
    struct buf line = {0};
    pen_strong(pen, scope_words(incident), &line);
    if (moment_is_known(&incident->when)) {
        buf_str(&line, incident->series.n || is_failure_only(incident) ? ", " : ", captured ");
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
        pen_strong(pen, "Do:", &line);
        buf_char(&line, ' ');
        pen_phrase(&incident->act.items[0].text, &line);
    }
    if (incident->avoid.n) {
        buf_str(&line, line.n ? " " : "");
        pen_strong(pen, "Don't:", &line);
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
        buf_fmt(&title, "%zu more %s listed below.",
                verdict->n_incidents + verdict->incidents_omitted - 1,
                verdict->incidents_omitted  ? "incidents; the first are"
                : verdict->n_incidents == 2 ? "incident is"
                                            : "incidents are");
        pen_paragraph(pen, buf_span(&title));
    }
    buf_free(&title);
}

void section_others(const struct pen *pen, const struct verdict *verdict)
{
    if (verdict->n_incidents < 2)
        return;
    pen_heading(pen, 2, SPAN_LIT("Other incidents"));
    size_t n =
        pen->full || verdict->n_incidents < OTHERS_SHORT ? verdict->n_incidents : OTHERS_SHORT;
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
    pen_left(pen, verdict->n_incidents + verdict->incidents_omitted, n);
}

void section_other_title(const struct pen *pen, const struct incident *incident, size_t number)
{
    struct buf title = {0};
    buf_fmt(&title, "Incident %zu: ", number);
    pen_phrase(&incident->title.text, &title);
    pen_blank(pen);
    pen_heading(pen, 1, buf_span(&title));
    line_scope(pen, incident);
    line_advice(pen, incident);
    buf_free(&title);
}
