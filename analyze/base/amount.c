/* SPDX-License-Identifier: MIT */
#include "base/amount.h"

#include "base/num.h"

#include <inttypes.h>
#include <stdio.h>

static const char *const byte_units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

static void tenths(uint64_t value, uint64_t unit, struct buf *out)
{
    uint64_t t = (uint64_t)(((unsigned __int128)value * 10 + unit / 2) / unit);
    buf_fmt(out, "%" PRIu64 ".%" PRIu64, t / 10, t % 10);
}

void amount_bytes(int64_t bytes, struct buf *out)
{
    uint64_t magnitude = bytes < 0 ? 0 - (uint64_t)bytes : (uint64_t)bytes;
    unsigned step = 0;
    /* 1023.95 of a unit would be shown as 1024.0: go to the next one there */
    while (step < 6 &&
           (unsigned __int128)magnitude * 20 >= ((unsigned __int128)20479 << (10 * step)))
        step++;
    if (bytes < 0)
        buf_char(out, '-');
    if (step == 0)
        buf_fmt(out, "%" PRIu64, magnitude);
    else
        tenths(magnitude, (uint64_t)1 << (10 * step), out);
    buf_fmt(out, " %s", byte_units[step]);
}

void amount_count(int64_t count, struct buf *out)
{
    char digits[24];
    int n = snprintf(digits, sizeof(digits), "%" PRIu64,
                     count < 0 ? 0 - (uint64_t)count : (uint64_t)count);
    if (count < 0)
        buf_char(out, '-');
    for (int i = 0; i < n; i++) {
        if (i > 0 && (n - i) % 3 == 0)
            buf_char(out, ' ');
        buf_char(out, digits[i]);
    }
}

void amount_duration_us(int64_t us, struct buf *out)
{
    uint64_t v = us < 0 ? 0 - (uint64_t)us : (uint64_t)us;
    if (us < 0)
        buf_char(out, '-');
    if (v < 1000) {
        buf_fmt(out, "%" PRIu64 " us", v);
    } else if (v < 999950) {
        tenths(v, 1000, out);
        buf_str(out, " ms");
    } else if (v < 120 * UINT64_C(1000000)) {
        tenths(v, 1000000, out);
        buf_str(out, " s");
    } else {
        uint64_t s = v / 1000000;
        if (s < UINT64_C(2) * 3600)
            buf_fmt(out, "%" PRIu64 " min %" PRIu64 " s", s / 60, s % 60);
        else if (s < UINT64_C(48) * 3600)
            buf_fmt(out, "%" PRIu64 " h %" PRIu64 " min", s / 3600, s / 60 % 60);
        else
            buf_fmt(out, "%" PRIu64 " d %" PRIu64 " h", s / 86400, s / 3600 % 24);
    }
}

void amount_ratio(int64_t permyriad, struct buf *out)
{
    uint64_t v = permyriad < 0 ? 0 - (uint64_t)permyriad : (uint64_t)permyriad;
    if (permyriad < 0)
        buf_char(out, '-');
    tenths(v, 100, out);
    buf_str(out, " %");
}

void amount_rate(int64_t bytes_per_s, struct buf *out)
{
    amount_bytes(bytes_per_s, out);
    buf_str(out, "/s");
}

int64_t amount_share(int64_t part, int64_t whole)
{
    return whole > 0 ? num_muldiv(part, 10000, whole) : 0;
}
