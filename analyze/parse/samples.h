/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_PARSE_SAMPLES_H
#define OOMSCOPE_PARSE_SAMPLES_H

#include "parse/parse_parts.h"

/* When a sample was taken. */
struct sample_clock {
    int32_t sample;
    bool is_known;
    int64_t time_us; /* boottime */
    struct where where;
};

/* Reads samples/N/clocks.json and before/N/clocks.json, and sets the capture's samples and span. */
void samples_clocks(struct parse *parse);

/* Row of the table of samples for `row` of `table` in a sample; made, with its time, when new. The
 * first row made for a subject brings the row of the root with it. */
uint32_t samples_row(struct parse *parse, enum table_id table, uint32_t row, int32_t sample);

/* The file speaks of the same process (by its start time), or the same cgroup, as the root does. */
bool samples_same(const struct reading *r, enum table_id table);

/* Adds the root to the tables of host samples, puts rows in the order of time, and says which
 * children are complete. */
void samples_finish(struct parse *parse);

#endif
