/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_COLLECT_CLOCK_H
#define OOMSCOPE_COLLECT_CLOCK_H

#include <stdint.h>
#include <time.h>

#include "text.h"

#define NS_PER_MS 1000000ull
#define NS_PER_S  1000000000ull

/* One clock, in nanoseconds. */
static inline uint64_t clock_ns(clockid_t id)
{
    struct timespec ts;

    clock_gettime(id, &ts);
    return (uint64_t)ts.tv_sec * NS_PER_S + (uint64_t)ts.tv_nsec;
}

static inline uint64_t clock_now_ns(void)
{
    return clock_ns(CLOCK_MONOTONIC);
}

/* Appends {"realtime_ns":N,"monotonic_ns":N,"boottime_ns":N}, read together. */
void clock_tuple(struct text *t);
/* Sleeps, less where a signal comes. */
void clock_sleep_ns(uint64_t ns);

#endif
