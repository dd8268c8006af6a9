/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_BASE_AMOUNT_H
#define OOMSCOPE_BASE_AMOUNT_H

#include "base/buf.h"

#include <stdint.h>

/* Amounts as people read them; integer arithmetic, rounded half up, '.' whatever the locale. */
void amount_bytes(int64_t bytes, struct buf *out); /* 512 B, 4.0 KiB, 160.0 MiB, 1.5 TiB */
void amount_count(int64_t count, struct buf *out); /* 25 702 */
void amount_duration_us(int64_t us,
                        struct buf *out); /* 850 us, 12.3 ms, 2.9 s, 4 min 12 s, 3 h 5 min */
void amount_ratio(int64_t permyriad, struct buf *out);  /* 97.1 % */
void amount_rate(int64_t bytes_per_s, struct buf *out); /* 20.1 MiB/s */
/* part of whole as a ratio in ten-thousandths; 0 when whole <= 0. */
int64_t amount_share(int64_t part, int64_t whole);

#endif
