/* SPDX-License-Identifier: MIT */
#include "bundle/limits.h"

#include "base/num.h"

#include <signal.h>

static const struct limit_def defs[] = {
#define LIMIT(name, value, doc) {#name, doc, value},
#include "bundle/limits.def"
#undef LIMIT
};

const struct limit_def *limit_def(enum limit_id id)
{
    return &defs[id];
}

struct limits limits_default(void)
{
    struct limits limits;
    for (int i = 0; i < LIMIT_COUNT; i++)
        limits.value[i] = defs[i].value;
    return limits;
}

static bool amount_of(struct span s, int64_t *ret_value)
{
    static const struct {
        const char *name;
        int64_t factor;
    } units[] = {{"", 1}, {"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}};
    uint64_t number;
    if (!num_eat_u64(&s, &number) || !number || number > INT64_MAX)
        return false;
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
        if (span_is(s, units[i].name))
            return num_mul((int64_t)number, units[i].factor, ret_value);
    return false;
}

static volatile sig_atomic_t time_is_up;

void limits_time_is_up(void)
{
    time_is_up = 1;
}

bool limits_is_time_up(void)
{
    return time_is_up;
}

bool limits_set(struct limits *limits, struct span name_and_value)
{
    struct span name, value;
    int64_t amount;
    if (!span_cut(name_and_value, '=', &name, &value) || !amount_of(value, &amount))
        return false;
    for (int i = 0; i < LIMIT_COUNT; i++)
        if (span_is(name, defs[i].name)) {
            limits->value[i] = amount;
            return true;
        }
    return false;
}
