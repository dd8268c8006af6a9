/* SPDX-License-Identifier: MIT */
/* When things happened: on the boot clock, and on the wall where a clock of the evidence says. */
#include "verdict/say.h"

#include "base/buf.h"

#include <inttypes.h>

static const int64_t second_us = 1000000;
static const int64_t day_s = 86400;

/* Days since 1970-01-01 to a date of the Gregorian calendar; the era of 400 years has 146097 days.
 */
static void date_write(int64_t days, struct buf *out)
{
    int64_t z = days + 719468; /* since 0000-03-01 */
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t day_of_era = z - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month = (5 * day_of_year + 2) / 153; /* from March */
    int64_t day = day_of_year - (153 * month + 2) / 5 + 1;
    month = month < 10 ? month + 3 : month - 9;
    int64_t year = year_of_era + era * 400 + (month <= 2);
    buf_fmt(out, "%04" PRId64 "-%02" PRId64 "-%02" PRId64, year, month, day);
}

static void wall_write(int64_t wall_us, struct buf *out)
{
    int64_t s = wall_us / second_us - (wall_us % second_us < 0);
    int64_t days = s / day_s - (s % day_s < 0);
    int64_t of_day = s - days * day_s;
    date_write(days, out);
    buf_fmt(out, " %02" PRId64 ":%02" PRId64 ":%02" PRId64, of_day / 3600, of_day / 60 % 60,
            of_day % 60);
}

bool moment_is_known(const struct moment *moment)
{
    return moment->wall_known || moment->boot_known || moment->stamp.n > 0;
}

void moment_write(const struct moment *moment, struct buf *out)
{
    if (moment->wall_known) {
        wall_write(moment->wall_us, out);
        buf_fmt(out, " %s", moment->zone);
    } else if (moment->boot_known) {
        buf_fmt(out, "%" PRId64 ".%03" PRId64 " s after boot", moment->boot_us / second_us,
                moment->boot_us % second_us / 1000);
    } else if (moment->stamp.n > 0) {
        buf_add(out, moment->stamp);
        buf_str(out, " by the log's clock");
    } else {
        buf_str(out, "at a time the log does not print");
    }
}

/* Wall time of a point on the boot clock, by the clocks that collect read together. */
static bool bundle_wall(const struct maker *m, int64_t boot_us, int64_t *ret_wall_us)
{
    int64_t wall_us, time_us;
    if (!store_number(m->store, F_capture_wall, 0, &wall_us) ||
        !store_number(m->store, F_capture_time, 0, &time_us))
        return false;
    *ret_wall_us = wall_us - (time_us - boot_us);
    return true;
}

/* "[Fri Mar  6 12:13:14 2020]" without its brackets. It goes into prose: of a stamp in another
 * alphabet, or one that was made to deceive, nothing is shown. */
static struct span stamp_plain(struct span stamp)
{
    span_eat(&stamp, "[");
    if (span_ends(stamp, "]"))
        stamp.n--;
    stamp = span_trim(stamp);
    for (size_t i = 0; i < stamp.n; i++) {
        char c = stamp.p[i];
        bool is_letter = (c | 32) >= 'a' && (c | 32) <= 'z', is_digit = c >= '0' && c <= '9';
        if (!is_letter && !is_digit && c != ' ' && c != ':' && c != '.' && c != ',' && c != '-' &&
            c != '+')
            return SPAN_NONE;
    }
    return stamp;
}

static struct moment moment_from(const struct maker *m, struct quantity boot, struct quantity wall,
                                 struct span stamp)
{
    struct moment moment = {.boot_known = boot.known, .boot_us = boot.value, .zone = "UTC"};
    if (!boot.known && !wall.known)
        moment.stamp = stamp_plain(stamp);
    if (wall.known) {
        moment.wall_known = true;
        moment.wall_us = wall.value;
        if (!is_known(m, F_capture_wall, 0))
            moment.zone = "by the log's clock";
    } else if (boot.known) {
        moment.wall_known = bundle_wall(m, boot.value, &moment.wall_us);
    }
    return moment;
}

struct moment moment_of_event(const struct maker *m, uint32_t event)
{
    return moment_from(m, quantity_of(m, F_oom_events_time, event),
                       quantity_of(m, F_oom_events_wall, event),
                       text_of(m, F_oom_events_stamp, event));
}

struct moment moment_of_log_event(const struct maker *m, uint32_t event)
{
    return moment_from(m, quantity_of(m, F_log_events_time, event),
                       quantity_of(m, F_log_events_wall, event),
                       text_of(m, F_log_events_stamp, event));
}

struct moment moment_of_failure(const struct maker *m, uint32_t failure)
{
    return moment_from(m, quantity_of(m, F_alloc_failures_time, failure),
                       quantity_of(m, F_alloc_failures_wall, failure),
                       text_of(m, F_alloc_failures_stamp, failure));
}

struct moment moment_of_capture(const struct maker *m)
{
    return moment_from(m, quantity_of(m, F_capture_time, 0), quantity_of(m, F_capture_wall, 0),
                       SPAN_NONE);
}

bool moment_gap(const struct moment *from, const struct moment *to, int64_t *ret_us)
{
    if (from->boot_known && to->boot_known)
        *ret_us = to->boot_us - from->boot_us;
    else if (from->wall_known && to->wall_known)
        *ret_us = to->wall_us - from->wall_us;
    else
        return false;
    return true;
}
