/* SPDX-License-Identifier: MIT */
#include "plan.h"
#include "say.h"
#include "text.h"

#include <string.h>

/* All patterns, their beginnings as numbers. */
#undef PLAN_AT /* it is defined by the header already */
#define PLAN_AT(number, text) number
static const char shortened[] =
#define PLAN(id, pattern, tier, cost, cap_kib, rights, flags, scrub) pattern "\0"
#include "plan.def"
    ;
#undef PLAN
#undef PLAN_AT

/* In the order of their numbers, from 1. */
#define PLAN_AT(number, text) text "\0"
static const char beginnings[] = AT_CGROUP1 AT_CGROUP2 AT_CGROUP AT_SYSCTL_VM AT_SYSCTL AT_PRESSURE
    AT_NET AT_PROCESS AT_HUGEPAGES AT_KHUGEPAGED AT_THP AT_KSM AT_MM AT_NODE_HUGE AT_NODE AT_NODES
        AT_ZRAM AT_ZSWAP AT_ZSWAP_DEBUG;
#undef PLAN_AT

/* The patterns written out. */
#define PLAN_AT(number, text) text
/* NOLINTNEXTLINE(bugprone-macro-parentheses) a summand */
#define PLAN(id, pattern, tier, cost, cap_kib, rights, flags, scrub) +sizeof(pattern)
static char patterns[0
#include "plan.def"
];
#undef PLAN
static uint16_t offsets[PLAN_COUNT];

const struct plan_row plan[PLAN_COUNT] = {
#define PLAN(id, pattern, tier, cost, cap_kib, rights, flags, scrub)                               \
    {TIER_##tier, COST_##cost, RIGHTS_##rights, SCRUB_##scrub, flags, (cap_kib)*1024u},
#include "plan.def"
#undef PLAN
};

static const char *beginning(unsigned char number)
{
    const char *at = beginnings;

    while (--number)
        at += strlen(at) + 1;
    return at;
}

static void write_out(void)
{
    struct text t = TEXT_ON(patterns);
    const char *at = shortened;

    for (size_t i = 0; i < PLAN_COUNT; i++, at += strlen(at) + 1) {
        offsets[i] = (uint16_t)t.n;
        if ((unsigned char)*at < ' ')
            text_str(&t, beginning((unsigned char)*at++));
        text_str(&t, at);
        text_char(&t, '\0');
    }
}

const char *plan_pattern(enum plan_id id)
{
    if (!patterns[0])
        write_out();
    return patterns + offsets[id];
}

bool plan_is(enum plan_id id, char flag)
{
    for (size_t i = 0; i < sizeof(plan[id].flags); i++)
        if (plan[id].flags[i] == flag)
            return true;
    return false;
}

const char *plan_name(enum plan_id id)
{
    return strrchr(plan_pattern(id), '/') + 1;
}

bool plan_matches(const char *pattern, size_t pattern_len, const char *name)
{
    const char *star = memchr(pattern, '*', pattern_len);
    size_t head = star ? (size_t)(star - pattern) : pattern_len;
    size_t tail = star ? pattern_len - head - 1 : 0;
    size_t len = strlen(name);

    if (!star)
        return len == pattern_len && memcmp(pattern, name, len) == 0;
    return len >= head + tail && memcmp(pattern, name, head) == 0 &&
           memcmp(star + 1, name + len - tail, tail) == 0;
}

void plan_list(void)
{
    for (size_t i = 0; i < PLAN_COUNT; i++) {
        char line[256];
        struct text t = TEXT_ON(line);

        text_str(&t, plan_pattern((enum plan_id)i));
        text_char(&t, '\t');
        text_str(&t, plan_is((enum plan_id)i, 'M') ? "samples" : "");
        text_char(&t, '\n');
        say_out(line, t.n);
    }
}

const char *plan_tier_name(enum plan_tier tier)
{
    static const char *const names[TIER_COUNT] = {"log",    "host", "process", "cgroup",
                                                  "rollup", "late", "rest",    "largest"};

    return names[tier];
}

const char *plan_cost_name(enum plan_cost cost)
{
    static const char *const names[COST_COUNT] = {"lock-free", "short-lock", "zone-lock",
                                                  "slab-lock", "rstat",      "mmap-lock",
                                                  "exec-lock", "disk"};

    return names[cost];
}

const char *plan_rights_name(enum plan_rights rights)
{
    static const char *const names[RIGHTS_COUNT] = {"any", "syslog", "ptrace", "root"};

    return names[rights];
}
