/* SPDX-License-Identifier: MIT */
#include "plan.h"
#include "say.h"
#include "text.h"

#include <string.h>

static const struct {
#define PLAN(id, pattern, tier, cost, cap_kib, rights, flags, scrub) char id[sizeof(pattern)];
#include "plan.def"
#undef PLAN
} patterns = {
#define PLAN(id, pattern, tier, cost, cap_kib, rights, flags, scrub) pattern,
#include "plan.def"
#undef PLAN
};

const struct plan_row plan[PLAN_COUNT] = {
#define PLAN(id, pattern, tier, cost, cap_kib, rights, flags, scrub)                               \
    {offsetof(__typeof__(patterns), id),                                                           \
     TIER_##tier,                                                                                  \
     COST_##cost,                                                                                  \
     RIGHTS_##rights,                                                                              \
     SCRUB_##scrub,                                                                                \
     flags,                                                                                        \
     (cap_kib)*1024u},
#include "plan.def"
#undef PLAN
};

const char *plan_pattern(enum plan_id id)
{
    return (const char *)&patterns + plan[id].pattern;
}

bool plan_is(enum plan_id id, char flag)
{
    return strchr(plan[id].flags, flag) != NULL;
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
