/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_PARSE_GROUP_H
#define OOMSCOPE_PARSE_GROUP_H

#include "fact/schema.h"
#include "parse/pairs.h"

#include <stdint.h>

struct reading;
struct parse;

/* All that is read from the files of one path pattern. */
struct group {
    struct span pattern;
    enum table_id table; /* rows that the first wildcard names */
    pair_shape *shape;   /* NULL: only `read` knows the format */
    void (*read)(struct reading *r,
                 const struct group *group); /* keyed_read, or a format of its own */
    uint32_t first_source, n_sources;        /* sources of schema.def, in group_source order */
    bool needs_unit;                         /* KIB values are followed by kB */
};

/* The group of a path on the host and what its first wildcard stands for, or NULL. is_v1: the path
 * stands in a tree of a cgroup v1 controller (or in the unified tree of a hybrid host). */
const struct group *group_find(struct span path, bool is_v1, struct span *ret_key);

/* Source of a group by key, or NULL; *ret_index counts from 0 within the group. */
const struct source_def *group_source(const struct group *group, struct span key,
                                      uint32_t *ret_index);

#endif
