/* SPDX-License-Identifier: MIT */
#include "base/num.h"

static bool digit_add(uint64_t *value, uint64_t base, unsigned digit)
{
    return !__builtin_mul_overflow(*value, base, value) &&
           !__builtin_add_overflow(*value, (uint64_t)digit, value);
}

bool num_eat_u64(struct span *s, uint64_t *ret_value)
{
    uint64_t value = 0;
    size_t n = 0;
    for (; n < s->n && s->p[n] >= '0' && s->p[n] <= '9'; n++)
        if (!digit_add(&value, 10, (unsigned)(s->p[n] - '0')))
            return false;
    if (n == 0)
        return false;
    *s = span_skip(*s, n);
    *ret_value = value;
    return true;
}

bool num_u64(struct span s, uint64_t *ret_value)
{
    uint64_t value;
    if (!num_eat_u64(&s, &value) || s.n != 0)
        return false;
    *ret_value = value;
    return true;
}

bool num_i64(struct span s, int64_t *ret_value)
{
    bool negative = span_eat(&s, "-");
    uint64_t magnitude;
    if (!num_u64(s, &magnitude))
        return false;
    if (magnitude > (uint64_t)INT64_MAX + (negative ? 1 : 0))
        return false;
    *ret_value = negative ? (int64_t)(0 - magnitude) : (int64_t)magnitude;
    return true;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool num_hex(struct span s, uint64_t *ret_value)
{
    span_eat(&s, "0x");
    uint64_t value = 0;
    if (s.n == 0)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        int digit = hex_digit(s.p[i]);
        if (digit < 0 || !digit_add(&value, 16, (unsigned)digit))
            return false;
    }
    *ret_value = value;
    return true;
}

bool num_fixed(struct span s, unsigned places, int64_t *ret_scaled)
{
    struct span whole, part;
    uint64_t value;
    bool has_point = span_cut(s, '.', &whole, &part);
    if (!num_u64(whole, &value) || (has_point && part.n == 0) || part.n > places)
        return false;
    for (unsigned i = 0; i < places; i++) {
        char c = i < part.n ? part.p[i] : '0';
        if (c < '0' || c > '9' || !digit_add(&value, 10, (unsigned)(c - '0')))
            return false;
    }
    if (value > (uint64_t)INT64_MAX)
        return false;
    *ret_scaled = (int64_t)value;
    return true;
}

bool num_mul(int64_t a, int64_t b, int64_t *ret_value)
{
    return !__builtin_mul_overflow(a, b, ret_value);
}

int64_t num_muldiv(int64_t a, int64_t b, int64_t c)
{
    __int128 value = (__int128)a * b / c;
    if (value > INT64_MAX)
        return INT64_MAX;
    if (value < INT64_MIN)
        return INT64_MIN;
    return (int64_t)value;
}
