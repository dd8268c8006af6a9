/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_COLLECT_WALK_H
#define OOMSCOPE_COLLECT_WALK_H

#include <stdbool.h>
#include <stdint.h>

/* Deepest folder below the one that the walk begins with. */
#define WALK_DEPTH   48
#define WALK_AVOIDED 8

/*
 * What is in a folder, or in all folders below one: names by getdents64, nothing is stat'ed, no
 * link is followed. The helper lists, since a listing may block for ever like any read; what it
 * found comes in pieces of such records, each a sign, a text and a NUL:
 */
#define WALK_ENTERED '>' /* a folder, its whole path; what follows is in it */
#define WALK_NAME    '-' /* a name in it that is no folder */
#define WALK_FOLDER  '/' /* a name in it that is a folder: of a flat walk only */
#define WALK_BROKEN  '!' /* part of it could not be listed: "deep" or "unreadable" */

struct walk_ask {
    int root_fd;
    bool confined;
    bool flat;              /* one folder only */
    const char *path;       /* where the walk begins */
    uint64_t skip;          /* records that the asker has already */
    char *where;            /* PATH_MAX bytes: the folder in work, for all to see */
    const uint64_t *avoid;  /* WALK_AVOIDED, text_hash of folders that hung, 0 = none: not listed */
    _Atomic uint64_t *beat; /* set to the time when a folder is begun */
};

/* Puts the next records in data, as many as fit; 0 or an errno, ETIMEDOUT where it is to be
 * avoided. A walk goes on where the last call left it; one that was interrupted begins again and
 * skips. */
int walk_on(const struct walk_ask *ask, char *data, uint32_t room, uint32_t *ret_bytes,
            bool *ret_more);

#endif
