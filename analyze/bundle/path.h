/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_BUNDLE_PATH_H
#define OOMSCOPE_BUNDLE_PATH_H

#include "base/span.h"
#include "bundle/limits.h"

struct buf;

enum path_fault {
    PATH_FINE,
    PATH_EMPTY,
    PATH_UPWARD, /* has a ".." */
    PATH_HAS_NUL,
    PATH_TOO_LONG,
    PATH_TOO_DEEP,
};

/* The path of a member made normal: components joined by single slashes, without "." and without a
 * leading slash. On a fault out holds what was read of it, for a note. */
enum path_fault path_normal(struct span raw, const struct limits *limits, struct buf *out);

#endif
