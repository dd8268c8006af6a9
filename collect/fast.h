/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_COLLECT_FAST_H
#define OOMSCOPE_COLLECT_FAST_H

/* Included before all else by the few files that run for every file read: they are built for speed
 * where the rest is built for size. */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("O2")
#endif

#endif
