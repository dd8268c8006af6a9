/* SPDX-License-Identifier: MIT */
#include "rule/near.h"

#include <stdio.h>

enum { NEAR_MAX = 48, NEAR_DISTANCE = 2 };

struct near near_name(struct span name)
{
    return (struct near){.name = name, .distance = NEAR_DISTANCE + 1};
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Levenshtein, one row at a time; names longer than NEAR_MAX are never near. */
static size_t edit_distance(struct span a, struct span b)
{
    size_t row[NEAR_MAX + 1];
    if (a.n > NEAR_MAX || b.n > NEAR_MAX)
        return NEAR_MAX;
    for (size_t j = 0; j <= b.n; j++)
        row[j] = j;
    for (size_t i = 1; i <= a.n; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.n; j++) {
            size_t change = diagonal + (a.p[i - 1] != b.p[j - 1]);
            diagonal = row[j];
            row[j] = least(change, 1 + least(row[j], row[j - 1]));
        }
    }
    return row[b.n];
}

void near_offer(struct near *near, struct span candidate)
{
    size_t distance = edit_distance(near->name, candidate);
    if (distance < near->distance && distance < near->name.n) {
        near->distance = distance;
        near->best = candidate;
    }
}

const char *near_hint(struct near *near)
{
    if (near->distance <= NEAR_DISTANCE)
        snprintf(near->hint, sizeof(near->hint), "; did you mean " SPAN_FMT "?",
                 SPAN_ARG(near->best));
    return near->hint;
}
