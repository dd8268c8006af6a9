/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_BASE_NUM_H
#define OOMSCOPE_BASE_NUM_H

#include "base/span.h"

#include <stdint.h>

/* The one strict number parser. Each reads the whole span and returns false, writing nothing, on
 * anything else: empty, blanks, a sign where none is allowed, stray bytes, overflow. */
bool num_u64(struct span s, uint64_t *ret_value); /* decimal digits */
bool num_i64(struct span s, int64_t *ret_value);  /* decimal digits, one leading '-' allowed */
bool num_hex(struct span s, uint64_t *ret_value); /* hex digits, "0x" allowed in front */
/* "12.34" with at most `places` digits after the point -> value * 10^places; the point may be
 * missing. */
bool num_fixed(struct span s, unsigned places, int64_t *ret_scaled);

/* Eats leading decimal digits from *s. False when there is none or it overflows. */
bool num_eat_u64(struct span *s, uint64_t *ret_value);

/* a * b and a * b / c without overflow in between; false when the result does not fit. c > 0. */
bool num_mul(int64_t a, int64_t b, int64_t *ret_value);
int64_t num_muldiv(int64_t a, int64_t b, int64_t c); /* rounds towards zero; saturates */

#endif
