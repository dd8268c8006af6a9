/* SPDX-License-Identifier: MIT */
/* No dead vocabulary: each FROM of schema.def has a reader, and collect reads each file of it. */
#include "parse_scene.h"

#include "base/glob.h"
#include "parse/group.h"
#include "parse/path.h"

#include <stdio.h>

static const char *const plan[] = {
#define PLAN(id, pattern, tier, cost, cap_kib, rights, flags, scrub) pattern,
#include "../../collect/plan.def"
#undef PLAN
};

static bool is_planned(const char *pattern)
{
    for (size_t i = 0; i < sizeof(plan) / sizeof(plan[0]); i++)
        if (span_is(span_of(pattern), plan[i]))
            return true;
    return false;
}

/* A '*' of ours may be part of a wider '*' of the plan: hugepages-(star)kB. */
static bool is_covered(const char *pattern)
{
    struct span key;
    for (size_t i = 0; i < sizeof(plan) / sizeof(plan[0]); i++)
        if (!span_has(span_of(plan[i]), "**") &&
            glob_path(span_of(pattern), span_of(plan[i]), &key))
            return true;
    return is_planned(pattern) || span_starts(span_of(pattern), "collect/");
}

static void every_source_is_captured(void **state)
{
    uint32_t n, missing = 0;
    const struct source_def *sources = schema_sources(&n);
    (void)state;
    for (uint32_t i = 0; i < n; i++)
        if (!is_covered(sources[i].pattern)) {
            print_message("collect does not read %s\n", sources[i].pattern);
            missing++;
        }
    assert_int_equal(missing, 0);
}

/* Fills the stars of a pattern: proc/7/status, sys/fs/cgroup/a/memory.max. */
static struct span example(struct arena *arena, const char *pattern)
{
    struct span s = span_of(pattern);
    const char *out = "";
    while (s.n) {
        size_t at = span_find_char(s, '*');
        out = arena_printf(arena, "%s" SPAN_FMT, out, SPAN_ARG(span_slice(s, 0, at)));
        if (at == s.n)
            break;
        bool two = span_starts(span_skip(s, at), "**");
        out = arena_printf(arena, "%s%s", out, two ? "a" : "7");
        s = span_skip(s, at + (two ? 2 : 1));
    }
    return span_of(out);
}

static void every_source_is_read(void **state)
{
    uint32_t n, index;
    const struct source_def *sources = schema_sources(&n);
    struct arena *arena = arena_new();
    (void)state;
    for (uint32_t i = 0; i < n; i++) {
        struct span path = example(arena, sources[i].pattern), rest = span_of(sources[i].pattern),
                    key;
        bool is_v1 = span_eat(&rest, "sys/fs/cgroup/") && !span_starts(rest, "*");
        const struct group *group = group_find(path, is_v1, &key);
        assert_non_null(group);
        assert_true(span_is(group->pattern, sources[i].pattern));
        assert_int_equal(group->table, schema_field(sources[i].field)->table);
        assert_ptr_equal(group_source(group, span_of(sources[i].key), &index), &sources[i]);
        /* several keys in a file of one value could never be told apart */
        if (group->shape == pair_single)
            assert_int_equal(group->n_sources, 1);
    }
    arena_free(arena);
}

/* A member below no folder that is known would be taken for one that the bundle does not hold. */
static void every_planned_file_is_kept(void **state)
{
    struct arena *arena = arena_new();
    struct span folder, name;
    (void)state;
    for (size_t i = 0; i < sizeof(plan) / sizeof(plan[0]); i++) {
        struct span path = example(arena, plan[i]);
        if (!path_split(path, &folder, &name) || folder.n || !span_eq(name, path))
            fail_msg("%s is below no folder that is known", plan[i]);
    }
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_source_is_captured),
        cmocka_unit_test(every_source_is_read),
        cmocka_unit_test(every_planned_file_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
