/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_COLLECT_LISTING_H
#define OOMSCOPE_COLLECT_LISTING_H

#include "capture.h"
#include "walk.h"

/* Folders being listed by the helper, a piece at a time. Files may be read meanwhile. */
struct listing {
    const char *path; /* the caller's */
    bool flat;        /* one folder, not those below it */
    bool more;
    bool stuck;
    enum outcome outcome; /* why the listing ended */
    int error;
    uint64_t given;
    char *buffer; /* the caller's: 256 bytes at least, PATH_MAX and more where not flat */
    uint32_t size, fill, at;
};

/* Lists the folder at path; false where nothing could be listed, with outcome and error. A listing
 * that takes longer than the deadline is noted in the manifest. */
bool listing_open(struct capture *c, struct listing *l, const char *path, bool flat, char *buffer,
                  uint32_t size);
/* The next record of walk.h, NULL at the end. It stays until the next call. */
const char *listing_next(struct capture *c, struct listing *l);

#endif
