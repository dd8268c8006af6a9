/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_VERDICT_WHY_H
#define OOMSCOPE_VERDICT_WHY_H

#include "verdict/say.h"

/* Parts of the reasons. Each adds to incident->why, or adds nothing. */

void why_findings(struct maker *m, struct incident *incident);
/* What filled the limit, by class. */
void why_filled(struct maker *m, struct incident *incident);
void why_victim(struct maker *m, struct incident *incident);
void why_without_event(struct maker *m, struct incident *incident);

/* Of the event where it is known, else of the capture. */
const struct attribution *best_attribution(const struct incident *incident);

#endif
