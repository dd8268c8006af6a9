/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_LOG_STAMP_H
#define OOMSCOPE_LOG_STAMP_H

#include "base/span.h"

#include <stdbool.h>
#include <stdint.h>

struct record;

/* Each eats one kind of time stamp from the front of *s and notes it in *ret. False, and nothing
 * eaten, when s does not begin with one. */
bool stamp_eat_boot(struct span *s, struct record *ret); /* "[ 5678.901234] " */
bool stamp_eat_date(struct span *s, struct record *ret); /* "[Mon Jan  1 00:00:00 2024] " */
bool stamp_eat_iso(struct span *s,
                   struct record *ret); /* "2024-01-01T00:00:00,123456+00:00" ; no blank */
bool stamp_eat_syslog(struct span *s, struct record *ret);   /* "Jan  1 00:00:00.123456" */
bool stamp_eat_relative(struct span *s, struct record *ret); /* "[  +0.000012] " of dmesg -H, "[<
                                                              0.000012>] ", "[Jan 1 00:00] " */
bool stamp_eat_full(struct span *s, struct record *ret);     /* "Mon 2024-01-01 00:00:00 UTC" */
bool stamp_eat_logcat(struct span *s, struct record *ret);   /* "[2024-]01-02 03:04:05.678" */
bool stamp_eat_unix(struct span *s, struct record *ret);     /* "1704067200.123456" */

#endif
