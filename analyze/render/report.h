/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_RENDER_REPORT_H
#define OOMSCOPE_RENDER_REPORT_H

#include "render/pen.h"

/* Parts of it, in sections.c and section_*.c; each writes nothing where it has nothing to say. */
void section_verdict(const struct pen *pen, const struct verdict *verdict,
                     const struct incident *incident);
void section_why(const struct pen *pen, const struct incident *incident);
void section_holders(const struct pen *pen, const struct incident *incident);
void section_attribution(const struct pen *pen, const struct incident *incident);
void section_growth(const struct pen *pen, const struct incident *incident);
void section_ruled_out(const struct pen *pen, const struct incident *incident);
void section_mistakes(const struct pen *pen, const struct incident *incident);
void section_unknown(const struct pen *pen, const struct incident *incident);
void section_advice(const struct pen *pen, const struct incident *incident);
void section_timeline(const struct pen *pen, const struct incident *incident);
void section_steps(const struct pen *pen, const struct incident *incident);
void section_findings(const struct pen *pen, const struct incident *incident);
void section_observations(const struct pen *pen, const struct incident *incident);
void section_grids(const struct pen *pen, const struct incident *incident);
void section_others(const struct pen *pen, const struct verdict *verdict);
/* The head of another incident's own part: "Incident 2: ...". */
void section_other_title(const struct pen *pen, const struct incident *incident, size_t number);
void section_evidence(const struct pen *pen, const struct verdict *verdict);

#endif
