/* SPDX-License-Identifier: MIT */
#include "clock.h"

void clock_tuple(struct text *t)
{
    uint64_t realtime = clock_ns(CLOCK_REALTIME);
    uint64_t monotonic = clock_ns(CLOCK_MONOTONIC);
    uint64_t boottime = clock_ns(CLOCK_BOOTTIME);

    text_char(t, '{');
    text_key_u64(t, "realtime_ns", realtime);
    text_key_u64(t, "monotonic_ns", monotonic);
    text_key_u64(t, "boottime_ns", boottime);
    text_char(t, '}');
}

void clock_sleep_ns(uint64_t ns)
{
    struct timespec ts = {.tv_sec = (time_t)(ns / NS_PER_S), .tv_nsec = (long)(ns % NS_PER_S)};

    nanosleep(&ts, NULL);
}
