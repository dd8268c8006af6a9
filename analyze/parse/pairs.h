/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_PARSE_PAIRS_H
#define OOMSCOPE_PARSE_PAIRS_H

#include "base/span.h"

#include <stdbool.h>

/* How the lines of a file make keys and values. Each shape eats the next pair of a line from *rest;
 * false when the line has no more. */
enum { PAIR_KEY_BYTES = 96 };
struct pair {
    struct span key, value;
    char room[PAIR_KEY_BYTES]; /* for keys put together of two words */
    struct span group;         /* first word of the line, kept between pairs of one line */
    unsigned index;            /* pairs of this line so far */
};

typedef bool pair_shape(struct span *rest, struct pair *pair);

pair_shape pair_colon;   /* MemTotal:        8152340 kB */
pair_shape pair_status;  /* as colon; Uid: the real one, State: its letter */
pair_shape pair_node;    /* Node 0 MemTotal:  8152340 kB */
pair_shape pair_blank;   /* pgfault 1234 */
pair_shape pair_kstat;   /* size    4    1234      (name, type, value) */
pair_shape pair_psi;     /* some avg10=0.00 total=0     -> "some avg10" */
pair_shape pair_sockets; /* TCP: inuse 5 mem 3          -> "TCP mem" */
pair_shape pair_limits;  /* Max open files    1024    4096    files */
pair_shape pair_columns; /* 12 34 56                    -> "0", "1", "2" */
pair_shape pair_stat;    /* 12 (a b) c) S 1 2           -> "1" ... "52"; field 2 is skipped */
pair_shape pair_single;  /* the whole line              -> "" */

#endif
