/* SPDX-License-Identifier: MIT */
#include "log/stamp.h"
#include "log/record.h"

#include "base/num.h"

enum { SECOND_US = 1000000 };

static bool eat_digits(struct span *s, unsigned min, unsigned max, uint64_t *ret)
{
    unsigned n = 0;
    uint64_t value = 0;
    while (n < s->n && n < max && s->p[n] >= '0' && s->p[n] <= '9')
        value = value * 10 + (uint64_t)(s->p[n++] - '0');
    if (n < min)
        return false;
    *s = span_skip(*s, n);
    *ret = value;
    return true;
}

static bool eat_char(struct span *s, char c)
{
    if (s->n == 0 || s->p[0] != c)
        return false;
    *s = span_skip(*s, 1);
    return true;
}

/* Digits after the point, scaled to microseconds; further digits are dropped. */
static int64_t eat_fraction(struct span *s)
{
    int64_t value = 0, scale = SECOND_US / 10;
    while (s->n > 0 && s->p[0] >= '0' && s->p[0] <= '9') {
        value += (s->p[0] - '0') * scale;
        scale /= 10;
        *s = span_skip(*s, 1);
    }
    return value;
}

/* Microseconds from 1970 to the beginning of a day of the Gregorian calendar. */
static int64_t stamp_day_us(int64_t year, unsigned month, unsigned day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = y / 400, of_era = y % 400;
    int64_t of_year = (153 * ((int64_t)month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t days = era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
    return days * 86400 * SECOND_US;
}

/* "12:34:56" with an optional fraction after '.' or ',' */
static bool eat_time_of_day(struct span *s, int64_t *ret_us)
{
    uint64_t h, m, sec;
    struct span t = *s;
    if (!eat_digits(&t, 2, 2, &h) || !eat_char(&t, ':') || !eat_digits(&t, 2, 2, &m) ||
        !eat_char(&t, ':') || !eat_digits(&t, 2, 2, &sec) || h > 23 || m > 59 || sec > 60)
        return false;
    *ret_us = (int64_t)(h * 3600 + m * 60 + sec) * SECOND_US;
    if (t.n > 1 && (t.p[0] == '.' || t.p[0] == ',') && t.p[1] >= '0' && t.p[1] <= '9') {
        t = span_skip(t, 1);
        *ret_us += eat_fraction(&t);
    }
    *s = t;
    return true;
}

/* 1..12 from the first letters of an English name, 0 for those of other languages. */
static unsigned month_of(struct span name)
{
    static const char names[12][4] = {"jan", "feb", "mar", "apr", "may", "jun",
                                      "jul", "aug", "sep", "oct", "nov", "dec"};
    for (unsigned m = 0; name.n >= 3 && m < 12; m++)
        if ((name.p[0] | 32) == names[m][0] && (name.p[1] | 32) == names[m][1] &&
            (name.p[2] | 32) == names[m][2])
            return m + 1;
    return 0;
}

static struct span eaten(struct span before, struct span after)
{
    return span_slice(before, 0, before.n - after.n);
}

bool stamp_eat_boot(struct span *s, struct record *ret)
{
    struct span t = *s;
    uint64_t seconds;
    if (!eat_char(&t, '['))
        return false;
    t = span_trim_left(t);
    if (!eat_digits(&t, 1, 10, &seconds) || !eat_char(&t, '.') || t.n == 0 || t.p[0] < '0' ||
        t.p[0] > '9')
        return false;
    int64_t us = (int64_t)seconds * SECOND_US + eat_fraction(&t);
    t = span_trim_left(t);
    if (t.n > 0 && t.p[0] == '<') { /* dmesg -d: "[ 5678.901234 <    0.000012>] " */
        struct span delta;
        if (!span_cut(t, '>', &delta, &t) || delta.n > 20)
            return false;
    }
    if (!eat_char(&t, ']'))
        return false;
    ret->stamp = eaten(*s, t);
    ret->time_us = us;
    ret->has_time = true;
    *s = t;
    return true;
}

bool stamp_eat_date(struct span *s, struct record *ret)
{
    struct span inner, rest, t;
    if (s->n < 20 || s->p[0] != '[' || !span_cut(span_skip(*s, 1), ']', &inner, &rest) ||
        inner.n > 64)
        return false;
    size_t colon = span_find_char(inner, ':');
    if (colon < 2 || colon == inner.n)
        return false;
    int64_t us;
    uint64_t year = 0, day = 0;
    t = span_skip(inner, colon - 2);
    if (!eat_time_of_day(&t, &us))
        return false;
    t = span_trim(t);
    struct span before = span_trim(span_slice(inner, 0, colon - 2)), word;
    unsigned month = 0;
    while ((word = span_word(&before)).n > 0) {
        month = month ? month : month_of(word);
        struct span digits = word;
        uint64_t value;
        if (eat_digits(&digits, 1, 2, &value))
            day = value;
    }
    if (!eat_digits(&t, 4, 4, &year) || day == 0 || day > 31)
        return false;
    ret->stamp = eaten(*s, rest);
    ret->has_clock = true;
    ret->clock_us = us + (month ? stamp_day_us((int64_t)year, month, (unsigned)day)
                                : (int64_t)day * 86400 * SECOND_US);
    *s = rest;
    return true;
}

/* dmesg --reltime and --time-format delta: "[Nov27 23:31] ", "[  +0.000012] ", "[<    0.000012>] ".
 * What they tell is no time. */
bool stamp_eat_relative(struct span *s, struct record *ret)
{
    enum { MOST_BYTES = 24 };
    struct span inner, rest, t;
    if (s->n < 10 || s->p[0] != '[' || !span_cut(span_skip(*s, 1), ']', &inner, &rest) ||
        inner.n > MOST_BYTES || rest.n == 0 || rest.p[0] != ' ')
        return false;
    uint64_t seconds, minute;
    t = span_trim_left(inner);
    bool is_delta = span_eat(&t, "<") || span_eat(&t, "+");
    t = span_trim_left(t);
    if (is_delta && (!eat_digits(&t, 1, 10, &seconds) || !eat_char(&t, '.')))
        return false;
    size_t colon = span_rfind_char(inner, ':');
    if (!is_delta) { /* the name of the month is that of the locale */
        t = span_skip(inner, colon + 1);
        if (colon < 6 || colon == inner.n || !eat_digits(&t, 2, 2, &minute) || t.n > 0 ||
            inner.p[colon - 3] != ' ' || inner.p[colon - 1] < '0' || inner.p[colon - 1] > '9')
            return false;
    }
    ret->stamp = eaten(*s, rest);
    *s = rest;
    return true;
}

/* "Z", "+00:00" or "+0000"; anything else leaves the zone unknown. */
static bool eat_zone(struct span *s, int64_t *ret_us)
{
    struct span t = *s;
    uint64_t h, m;
    *ret_us = 0;
    if (eat_char(s, 'Z'))
        return true;
    bool minus = t.n > 0 && t.p[0] == '-';
    if ((!eat_char(&t, '+') && !eat_char(&t, '-')) || !eat_digits(&t, 2, 2, &h))
        return false;
    eat_char(&t, ':');
    if (!eat_digits(&t, 2, 2, &m) || h > 15 || m > 59)
        return false;
    *ret_us = (int64_t)(h * 60 + m) * 60 * SECOND_US * (minus ? -1 : 1);
    *s = t;
    return true;
}

static bool eat_ymd(struct span *s, int64_t *ret_us)
{
    uint64_t y, m, d;
    struct span t = *s;
    if (!eat_digits(&t, 4, 4, &y) || !eat_char(&t, '-') || !eat_digits(&t, 2, 2, &m) ||
        !eat_char(&t, '-') || !eat_digits(&t, 2, 2, &d) || m < 1 || m > 12 || d < 1 || d > 31)
        return false;
    *ret_us = stamp_day_us((int64_t)y, (unsigned)m, (unsigned)d);
    *s = t;
    return true;
}

bool stamp_eat_iso(struct span *s, struct record *ret)
{
    struct span t = *s;
    int64_t day_us, us, zone_us;
    if (!eat_ymd(&t, &day_us) || (!eat_char(&t, 'T') && !eat_char(&t, ' ')) ||
        !eat_time_of_day(&t, &us))
        return false;
    ret->has_clock = true;
    ret->clock_us = day_us + us;
    if (eat_zone(&t, &zone_us)) {
        ret->has_wall = true;
        ret->wall_us = day_us + us - zone_us;
        ret->clock_us = ret->wall_us;
    }
    ret->stamp = eaten(*s, t);
    *s = t;
    return true;
}

bool stamp_eat_syslog(struct span *s, struct record *ret)
{
    struct span t = *s;
    unsigned month = month_of(t);
    uint64_t day;
    int64_t us;
    if (!month || t.n < 15 || t.p[3] != ' ')
        return false;
    t = span_trim_left(span_skip(t, 3));
    if (!eat_digits(&t, 1, 2, &day) || day < 1 || day > 31 || !eat_char(&t, ' '))
        return false;
    struct span year_first = t;
    uint64_t year;
    if (eat_digits(&year_first, 4, 4, &year) && eat_char(&year_first, ' '))
        t = year_first; /* "Jan  1 2024 00:00:00", as some appliances print */
    else
        year = 1972; /* none is printed: differences across a new year are wrong */
    if (!eat_time_of_day(&t, &us))
        return false;
    ret->stamp = eaten(*s, t);
    ret->has_clock = true;
    ret->clock_us = stamp_day_us((int64_t)year, month, (unsigned)day) + us;
    *s = t;
    return true;
}

bool stamp_eat_logcat(struct span *s, struct record *ret)
{
    struct span t = *s;
    uint64_t m, d;
    int64_t day_us, us;
    if (!eat_ymd(&t, &day_us)) {
        if (!eat_digits(&t, 2, 2, &m) || !eat_char(&t, '-') || !eat_digits(&t, 2, 2, &d) || m < 1 ||
            m > 12 || d < 1 || d > 31)
            return false;
        day_us = stamp_day_us(1972, (unsigned)m, (unsigned)d); /* as for syslog */
    }
    if (!eat_char(&t, ' ') || !eat_time_of_day(&t, &us) ||
        span_find_char(eaten(*s, t), '.') >= s->n)
        return false;
    ret->stamp = eaten(*s, t);
    ret->has_clock = true;
    ret->clock_us = day_us + us;
    *s = t;
    return true;
}

bool stamp_eat_full(struct span *s, struct record *ret)
{
    struct span t = *s, day = span_word(&t), zone;
    int64_t day_us, us;
    t = span_trim_left(t);
    if (day.n < 2 || day.n > 12 || !eat_ymd(&t, &day_us) || !eat_char(&t, ' ') ||
        !eat_time_of_day(&t, &us) || !eat_char(&t, ' '))
        return false;
    zone = span_word(&t);
    if (zone.n == 0 || zone.n > 6)
        return false;
    ret->has_clock = true;
    ret->clock_us = day_us + us;
    if (span_is(zone, "UTC")) {
        ret->has_wall = true;
        ret->wall_us = ret->clock_us;
    }
    ret->stamp = eaten(*s, t);
    *s = t;
    return true;
}

bool stamp_eat_unix(struct span *s, struct record *ret)
{
    struct span t = *s;
    uint64_t seconds;
    if (!eat_digits(&t, 10, 10, &seconds) || !eat_char(&t, '.') || t.n < 7 || t.p[6] != ' ')
        return false;
    ret->wall_us = (int64_t)seconds * SECOND_US + eat_fraction(&t);
    ret->clock_us = ret->wall_us;
    ret->has_wall = ret->has_clock = true;
    ret->stamp = eaten(*s, t);
    *s = t;
    return true;
}
