/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_LOG_LOGCAT_H
#define OOMSCOPE_LOG_LOGCAT_H

#include "base/buf.h"
#include "log/record.h"

/* Eats the prefix of `adb logcat -v threadtime`, with or without the year and the uid:
 * "03-06 12:13:14.123     0     0 W         : text". False, and nothing eaten, when *s does not
 * begin with one. A tag that logd took from the front of a kernel's message is put back, in
 * *scratch. */
bool logcat_eat(struct span *s, struct record *ret, struct buf *scratch);

#endif
