/* SPDX-License-Identifier: MIT */
/* The end of the report: which evidence it stands on, and what was odd about it. */
#include "render/report.h"

enum { OBSERVATIONS_SHORT = 3, OBSERVATIONS_FULL = 50 };

/* Text of a fact of the host, quoted; nothing where it is absent. */
static void host_fact(const struct pen *pen, enum field_id field, const char *before,
                      struct buf *out)
{
    struct fact fact = store_fact(pen->store, field, 0);
    if (fact.state != FACT_KNOWN)
        return;
    buf_str(out, before);
    pen_evidence(fact.text, out);
}

/* The input was one log: there is nothing of a host in it, and no manifest to miss. */
static bool is_log_alone(const struct pen *pen)
{
    int64_t number;
    return !store_number(pen->store, F_meminfo_total, 0, &number) &&
           !store_number(pen->store, F_capture_time, 0, &number) &&
           !store_number(pen->store, F_capture_members, 0, &number) &&
           store_row_next(pen->store, T_logs, 0, ROW_NONE) != ROW_NONE;
}

static void capture_words(const struct pen *pen, struct buf *out)
{
    int64_t complete, members;
    if (store_number(pen->store, F_capture_complete, 0, &complete))
        buf_str(out, complete ? ", complete" : ", not complete");
    else if (!is_log_alone(pen))
        buf_str(out, ", no manifest");
    if (store_number(pen->store, F_capture_members, 0, &members))
        buf_fmt(out, ", %lld members", (long long)members);
    uint32_t n = store_observation_count(pen->store);
    buf_fmt(out, ", %u observation%s", n, n == 1 ? "" : "s");
}

static bool is_shown(const struct observation *observation)
{
    return observation->kind != OBS_DISAGREEMENT; /* said above */
}

/* Odd evidence: what was cut, malformed, forged or assumed. */
void section_observations(const struct pen *pen, const struct incident *incident)
{
    (void)incident;
    size_t shown = 0, most = pen->full ? OBSERVATIONS_FULL : OBSERVATIONS_SHORT, n = 0;
    for (uint32_t i = 0; i < store_observation_count(pen->store); i++)
        n += is_shown(store_observation(pen->store, i));
    if (n)
        pen_heading(pen, 2, SPAN_LIT("Odd evidence"));
    for (uint32_t i = 0; i < store_observation_count(pen->store) && shown < most; i++) {
        const struct observation *observation = store_observation(pen->store, i);
        struct statement place = {.places = (struct where[]){observation->where}, .n_places = 1};
        struct buf line = {0};
        if (!is_shown(observation))
            continue;
        shown++;
        buf_fmt(&line, "%s: ", observation_kind_name(observation->kind));
        pen_evidence(observation->text, &line);
        if (observation->count > 1)
            buf_fmt(&line, " (%u times)", (unsigned)observation->count);
        if (observation->where.member)
            pen_places(pen, &place, &line);
        pen_item(pen, "- ", buf_span(&line));
        buf_free(&line);
    }
    pen_left(pen, n, shown);
}

void section_evidence(const struct pen *pen, const struct verdict *verdict)
{
    struct buf line = {0};
    if (verdict->disagreements.n)
        pen_heading(pen, 2, SPAN_LIT("Sources disagree"));
    pen_statements(pen, &verdict->disagreements, verdict->disagreements.n);
    pen_blank(pen);
    buf_str(&line, is_log_alone(pen) ? "Evidence: log" : "Evidence: bundle");
    host_fact(pen, F_host_hostname, " of ", &line);
    host_fact(pen, F_host_kernel, ", kernel ", &line);
    if (verdict->input_sha256.n) {
        buf_str(&line, ", sha256 ");
        pen_evidence(span_slice(verdict->input_sha256, 0, 16), &line);
    }
    capture_words(pen, &line);
    buf_str(&line, ". oomscope " OOMSCOPE_VERSION);
    if (verdict->rules_digest.n) {
        buf_str(&line, ", rules ");
        pen_evidence(span_slice(verdict->rules_digest, 0, 16), &line);
    }
    buf_char(&line, '.');
    pen_paragraph(pen, buf_span(&line));
    buf_free(&line);
}
