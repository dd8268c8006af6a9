/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_PARSE_VALUE_H
#define OOMSCOPE_PARSE_VALUE_H

#include "fact/schema.h"

struct parse;
struct reading;

enum value_state {
    VALUE_OK,
    VALUE_UNLIMITED,
    VALUE_BAD,    /* not what the kernel prints there */
    VALUE_CUT,    /* the file ends in the middle of it */
    VALUE_UNKNOWN /* right, but in pages of a size that is not known */
};

struct value {
    enum value_state state;
    int64_t number;
    struct span text;
};

/* Text of a file to the unit of its fact. This is the only place that makes "unlimited".
 * has_unit: the kernel prints "kB" behind KIB values here (not in single-value files). */
struct value value_read(const struct parse *parse, enum source_unit unit, struct span text,
                        bool has_unit);

/* Pages to bytes; VALUE_UNKNOWN when the page size is not known. */
struct value value_pages(const struct parse *parse, uint64_t pages);

/* Sets `field` of the row being read from a value: in a sample, the same-named field of the table
 * of samples. Bad values become unreadable facts with an observation. `what` names the key in it.
 */
void value_put(const struct reading *r, enum field_id field, struct value value, uint32_t line,
               struct span what);

/* The same for another row of the same file, sample 0 only. */
void value_put_row(const struct reading *r, enum field_id field, uint32_t row, struct value value,
                   uint32_t line);

#endif
