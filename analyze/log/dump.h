/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_LOG_DUMP_H
#define OOMSCOPE_LOG_DUMP_H

#include "base/buf.h"

#include <stdbool.h>
#include <stdint.h>

/* What pstore keeps of a crash, fs/pstore/platform.c pstore_dump: parts of the kernel log, each
 * with a line "Panic#2 Part3" above it and mostly in a file of its own. Part 1 is the end of the
 * log, so the parts are read from the highest number down. */

enum { DUMP_BYTES = 4 << 20, DUMP_PARTS = 4096 };

struct dump_part {
    size_t at, n; /* in text, without the line above */
    struct span member;
    uint64_t key;  /* equal for the parts of one dump */
    uint64_t part; /* its number */
    uint32_t first_line, order;
};

struct dump {
    struct buf text;
    struct dump_part *parts;
    size_t n, room;
};

bool dump_is_one(struct span head); /* the text begins with the line of a part */
/* Cuts a text into its parts and keeps them; member must live as long as the dump. False when there
 * is no room for it. */
bool dump_add(struct dump *dump, struct span member, struct span text);
void dump_sort(struct dump *dump); /* in the order of time, dumps in the order they came */
void dump_free(struct dump *dump);

#endif
