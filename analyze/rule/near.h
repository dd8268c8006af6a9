/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_RULE_NEAR_H
#define OOMSCOPE_RULE_NEAR_H

#include "base/span.h"

/* "did you mean": the nearest of the names offered, within an edit distance of two. */
struct near {
    struct span name, best;
    size_t distance;
    char hint[96];
};

struct near near_name(struct span name);
void near_offer(struct near *near, struct span candidate);
const char *near_hint(struct near *near); /* "; did you mean x?" or "" */

#endif
