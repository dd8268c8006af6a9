/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_PARSE_WAITING_H
#define OOMSCOPE_PARSE_WAITING_H

#include "base/buf.h"
#include "bundle/bundle.h"

#include <stdint.h>

/* Logs of a bundle wait until all members have come and are then read in the order of their paths,
 * so that the order of the members decides nothing: two logs of the same event are one with two
 * sources, and the first names it. What is too large to wait is read as it comes. */

struct parse;

struct waiting_log {
    struct span path, name;
    struct buf text;
    bool cut;
};

struct waiting {
    struct waiting_log *logs;
    uint32_t n, room;
    size_t n_bytes;
};

/* The current member of the bundle, of which `piece` is the first. */
void waiting_take(struct waiting *waiting, struct parse *parse, struct bundle *bundle,
                  struct span path, struct span name, struct span piece);
/* Reads those that wait, and frees them. */
void waiting_read(struct waiting *waiting, struct parse *parse);

#endif
