/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_BASE_LINES_H
#define OOMSCOPE_BASE_LINES_H

#include "base/span.h"

#include <stdint.h>

/* A cursor over the lines of a text. Lines are counted from 1; the line feed is not part of a line.
 */
struct lines {
    struct span rest;
    uint32_t number; /* of the line that lines_next returned last; 0 before the first */
    bool terminated; /* the last returned line ended in a line feed: false means the text was cut
                        there */
};

struct lines lines_of(struct span text);
bool lines_next(struct lines *lines, struct span *ret_line); /* false at the end */

/* Line `number` of text, or an empty span with p == NULL when there is none. Linear. */
struct span lines_at(struct span text, uint32_t number);

#endif
