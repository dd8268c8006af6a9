/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/amount.h"
#include "base/arena.h"
#include "base/glob.h"
#include "base/lines.h"
#include "base/map.h"
#include "base/num.h"
#include "base/utf8.h"

#include <stdio.h>
#include <string.h>

static void numbers_are_strict(void **state)
{
    (void)state;
    static const char *const bad[] = {"",   " 1",  "1 ",  "+1", "-1",
                                      "1a", "0x1", "1.0", "١",  "18446744073709551616"};
    uint64_t v = 7;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_false(num_u64(span_of(bad[i]), &v));
    assert_int_equal(v, 7);
    assert_true(num_u64(SPAN_LIT("18446744073709551615"), &v));
    assert_true(v == UINT64_MAX);
    int64_t s;
    assert_true(num_i64(SPAN_LIT("-9223372036854775808"), &s));
    assert_true(s == INT64_MIN);
    assert_false(num_i64(SPAN_LIT("9223372036854775808"), &s));
    assert_false(num_i64(SPAN_LIT("-"), &s));
    assert_true(num_fixed(SPAN_LIT("12.3"), 2, &s));
    assert_int_equal(s, 1230);
    assert_true(num_fixed(SPAN_LIT("5678.901234"), 6, &s));
    assert_int_equal(s, 5678901234);
    assert_false(num_fixed(SPAN_LIT("1.234"), 2, &s));
    assert_false(num_fixed(SPAN_LIT("1."), 2, &s));
    assert_true(num_hex(SPAN_LIT("0x100cca"), &v));
    assert_int_equal(v, 0x100cca);
    assert_false(num_hex(SPAN_LIT("0x"), &v));
    assert_true(num_muldiv(INT64_MAX, 10000, 10000) == INT64_MAX);
    assert_true(num_muldiv(INT64_MAX, 3, 2) == INT64_MAX);
}

static void spans_cut_without_losing_bytes(void **state)
{
    (void)state;
    struct span head, tail;
    assert_true(span_cut(SPAN_LIT("a=b=c"), '=', &head, &tail));
    assert_true(span_is(head, "a") && span_is(tail, "b=c"));
    assert_false(span_cut(SPAN_LIT("abc"), '=', &head, &tail));
    assert_true(span_is(head, "abc") && tail.n == 0);
    assert_true(span_cut_str(SPAN_LIT("x, y"), ", ", &head, &tail));
    assert_true(span_is(head, "x") && span_is(tail, "y"));
    struct span s = SPAN_LIT("  one\ttwo");
    assert_true(span_is(span_word(&s), "one"));
    assert_true(span_is(span_word(&s), "two"));
    assert_int_equal(span_word(&s).n, 0);
    assert_int_equal(span_rfind(SPAN_LIT("(a) (b)"), SPAN_LIT("(")), 4);
    assert_int_equal(span_rfind(SPAN_LIT("ab"), SPAN_LIT("abc")), 2);
}

static void lines_know_where_the_text_was_cut(void **state)
{
    (void)state;
    struct lines lines = lines_of(SPAN_LIT("one\n\nthree"));
    struct span line;
    assert_true(lines_next(&lines, &line) && span_is(line, "one") && lines.terminated);
    assert_true(lines_next(&lines, &line) && line.n == 0 && lines.number == 2);
    assert_true(lines_next(&lines, &line) && span_is(line, "three") && !lines.terminated);
    assert_false(lines_next(&lines, &line));
    assert_true(span_is(lines_at(SPAN_LIT("a\nb\n"), 2), "b"));
    assert_null(lines_at(SPAN_LIT("a\nb\n"), 3).p);
}

static void check_amount(void (*show)(int64_t, struct buf *), int64_t value, const char *expected)
{
    struct buf buf = {0};
    show(value, &buf);
    assert_string_equal(buf_cstr(&buf), expected);
    buf_free(&buf);
}

static void amounts_read_well(void **state)
{
    (void)state;
    check_amount(amount_bytes, 0, "0 B");
    check_amount(amount_bytes, 1023, "1023 B");
    check_amount(amount_bytes, 1024, "1.0 KiB");
    check_amount(amount_bytes, 160 * 1024 * 1024, "160.0 MiB");
    check_amount(amount_bytes, 1024 * 1024 - 1, "1.0 MiB");
    check_amount(amount_bytes, INT64_MIN, "-8.0 EiB");
    check_amount(amount_count, 25702, "25 702");
    check_amount(amount_count, -1000, "-1 000");
    check_amount(amount_ratio, 9710, "97.1 %");
    check_amount(amount_duration_us, 2900000, "2.9 s");
    check_amount(amount_duration_us, 252000000, "4 min 12 s");
    assert_int_equal(amount_share(58, 160), 3625);
    assert_int_equal(amount_share(1, 0), 0);
}

static void check_visible(struct span s, bool lossy, const char *expected)
{
    struct buf buf = {0};
    assert_int_equal(utf8_visible(s, &buf), lossy);
    assert_string_equal(buf_cstr(&buf), expected);
    buf_free(&buf);
}

static void hostile_text_becomes_visible(void **state)
{
    (void)state;
    check_visible(SPAN_LIT("java"), false, "java");
    check_visible(SPAN_LIT("gr\xc3\xbc\xc3\x9f"), false, "gr\xc3\xbc\xc3\x9f");
    check_visible(SPAN_LIT("x\nOut of memory"), true, "x\\nOut of memory");
    check_visible(SPAN_LIT("\x1b[2J\0"), true, "\\x1b[2J\\x00");
    check_visible(SPAN_LIT("\xff\xc0\xaf"), true, "\\xff\\xc0\\xaf");
    check_visible(SPAN_LIT("a\xe2\x80\xae"
                           "b"),
                  true, "a\\u{202e}b");
    check_visible(SPAN_LIT("\xed\xa0\x80"), true, "\\xed\\xa0\\x80");
}

static void check_path(const char *path, const char *pattern, const char *key)
{
    struct span got;
    bool matched = glob_path(span_of(path), span_of(pattern), &got);
    assert_int_equal(matched, key != NULL);
    if (key)
        assert_true(span_is(got, key));
}

static void paths_match_their_patterns(void **state)
{
    (void)state;
    check_path("proc/meminfo", "proc/meminfo", "");
    check_path("proc/1234/status", "proc/*/status", "1234");
    check_path("proc/1234/task/5/status", "proc/*/status", NULL);
    check_path("sys/fs/cgroup/memory.stat", "sys/fs/cgroup/**/memory.stat", "/");
    check_path("sys/fs/cgroup/a/b/memory.stat", "sys/fs/cgroup/**/memory.stat", "/a/b");
    check_path("sys/fs/cgroupx/a/memory.stat", "sys/fs/cgroup/**/memory.stat", NULL);
    check_path("memory.stat", "sys/fs/cgroup/**/memory.stat", NULL);
    check_path("sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages",
               "sys/kernel/mm/hugepages/hugepages-*kB/nr_hugepages", "2048");
    check_path("sys/devices/system/node/node1/hugepages/hugepages-2048kB/nr_hugepages",
               "sys/devices/system/node/node*/hugepages/hugepages-*kB/nr_hugepages", "1");
}

static void globs_match_whole_texts(void **state)
{
    (void)state;
    assert_true(glob_match(SPAN_LIT("/kubepods.slice/x"), SPAN_LIT("/kubepods*")));
    assert_false(glob_match(SPAN_LIT("a/kubepods"), SPAN_LIT("/kubepods*")));
    assert_true(glob_match(SPAN_LIT("abcabc"), SPAN_LIT("*b?a*c")));
    assert_false(glob_match(SPAN_LIT(""), SPAN_LIT("?")));
}

static void maps_grow_and_replace(void **state)
{
    (void)state;
    struct map map = {0};
    char names[1000][8];
    for (uint32_t i = 0; i < 1000; i++) {
        snprintf(names[i], sizeof(names[i]), "n%u", i);
        map_set(&map, span_of(names[i]), i);
        map_set_number(&map, i, i + 1);
    }
    for (uint32_t i = 0; i < 1000; i++) {
        assert_int_equal(map_get(&map, span_of(names[i]), 9999), i);
        assert_int_equal(map_get_number(&map, i, 9999), i + 1);
    }
    map_set(&map, SPAN_LIT("n7"), 70);
    assert_int_equal(map_get(&map, SPAN_LIT("n7"), 0), 70);
    assert_int_equal(map_get(&map, SPAN_LIT("absent"), 5), 5);
    assert_int_equal(map_add(&map, SPAN_LIT("n7"), 71), 70);
    assert_int_equal(map_add(&map, SPAN_LIT("added"), 72), 72);
    assert_int_equal(map_get(&map, SPAN_LIT("added"), 0), 72);
    assert_int_equal(map_get(&map, SPAN_NONE, 6), 6);
    assert_int_equal(map_add(&map, SPAN_LIT(""), 7), 7);
    assert_int_equal(map_get(&map, SPAN_NONE, 6), 7);
    map_free(&map);
}

static void arenas_give_back_to_a_mark(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct span kept = arena_copy(arena, SPAN_LIT("kept"));
    struct arena_mark mark = arena_mark(arena);
    for (int i = 0; i < 100; i++)
        memset(arena_alloc(arena, 100000), 1, 100000);
    /* large chunks by now */
    struct arena_mark half = arena_mark(arena);
    for (int i = 0; i < 300; i++)
        memset(arena_alloc(arena, 60000), 1, 60000);
    arena_reset(arena, half);
    assert_int_equal(((char *)arena_alloc(arena, 60000))[59999], 0);
    arena_reset(arena, mark);
    assert_true(span_is(kept, "kept"));
    assert_int_equal(((char *)arena_alloc(arena, 16))[0], 0);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_strict),
        cmocka_unit_test(spans_cut_without_losing_bytes),
        cmocka_unit_test(lines_know_where_the_text_was_cut),
        cmocka_unit_test(amounts_read_well),
        cmocka_unit_test(hostile_text_becomes_visible),
        cmocka_unit_test(paths_match_their_patterns),
        cmocka_unit_test(globs_match_whole_texts),
        cmocka_unit_test(maps_grow_and_replace),
        cmocka_unit_test(arenas_give_back_to_a_mark),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
