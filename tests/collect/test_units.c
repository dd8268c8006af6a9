/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "budget.h"
#include "mask.h"
#include "names.h"
#include "outcome.h"
#include "plan.h"
#include "scan.h"
#include "sha256.h"
#include "text.h"

#include <errno.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void test_json(void **state)
{
    static const struct {
        const char *in;
        size_t n;
        const char *out;
    } cases[] = {
        {"plain", 5, "\"plain\""},
        {"a\"b\\c", 5, "\"a\\\"b\\\\c\""},
        {"\n\t\x1b\x7f", 4, "\"\\u000a\\u0009\\u001b\\u007f\""},
        {"\xc3\xbc\xe2\x82\xac\xf0\x9f\x90\xa7", 9, "\"\xc3\xbc\xe2\x82\xac\xf0\x9f\x90\xa7\""},
        {"\xff\xc3(", 3, "\"\\u00ff\\u00c3(\""},          /* no lead byte, no continuation */
        {"\xc0\xaf", 2, "\"\\u00c0\\u00af\""},            /* overlong */
        {"\xed\xa0\x80", 3, "\"\\u00ed\\u00a0\\u0080\""}, /* a surrogate */
        {"\xf4\x90\x80\x80", 4, "\"\\u00f4\\u0090\\u0080\\u0080\""}, /* above U+10FFFF */
        {"\xe2\x82", 2, "\"\\u00e2\\u0082\""},                       /* cut */
        {"a\0b", 3, "\"a\\u0000b\""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char buffer[128];
        struct text t = TEXT_ON(buffer);

        text_json(&t, cases[i].in, cases[i].n);
        assert_string_equal(text_end(&t), cases[i].out);
    }
}

static void test_text_never_overflows(void **state)
{
    (void)state;
    for (size_t cap = 1; cap < 40; cap++) {
        char buffer[64];
        struct text t = {.p = buffer, .cap = cap};

        memset(buffer, 0x55, sizeof(buffer));
        text_char(&t, '{');
        text_key_u64(&t, "a", UINT64_MAX);
        text_i64(&t, INT64_MIN);
        text_hex(&t, "xyz", 3);
        text_json(&t, "\n\n\n", 3);
        text_end(&t);
        assert_true(t.n < cap);
        assert_true(t.cut);
        for (size_t i = cap; i < sizeof(buffer); i++)
            assert_int_equal(buffer[i], 0x55);
    }
}

static void test_numbers(void **state)
{
    char buffer[64];
    struct text t = TEXT_ON(buffer);
    static const char text[] = "VmRSS:\t    1234 kB\nX: 18446744073709551616\nVmSwap:\n";
    uint64_t v;

    (void)state;
    text_i64(&t, INT64_MIN);
    text_char(&t, ' ');
    text_u64(&t, 0);
    assert_string_equal(text_end(&t), "-9223372036854775808 0");
    assert_true(scan_key(text, sizeof(text) - 1, "VmRSS:", &v));
    assert_int_equal(v, 1234);
    assert_false(scan_key(text, sizeof(text) - 1, "RSS:", &v));
    assert_false(scan_key(text, sizeof(text) - 1, "X:", &v));
    assert_false(scan_key(text, sizeof(text) - 1, "VmSwap:", &v));
    assert_false(scan_key(text, 9, "VmRSS:", &v));
}

/* comm is any 15 bytes: only the last ')' ends it. */
static void test_starttime(void **state)
{
    static const char *const good[] = {
        "1 (a) S 0 1 1 0 -1 4 1 2 3 4 5 6 7 8 20 0 1 0 4711 9 9",
        "1 (a) Z 9 (b) S 0 1 1 0 -1 4 1 2 3 4 5 6 7 8 20 0 1 0 4711 9 9",
        "1 (\n) x) S 0 1 1 0 -1 4 1 2 3 4 5 6 7 8 20 0 1 0 4711 9 9"};
    static const char *const bad[] = {"", "1 (a", "1 (a) S 0 1 1", ")", ") S"};
    uint64_t ticks;

    (void)state;
    for (size_t i = 0; i < COUNT(good); i++) {
        assert_true(scan_starttime(good[i], strlen(good[i]), &ticks));
        assert_int_equal(ticks, 4711);
    }
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_false(scan_starttime(bad[i], strlen(bad[i]), &ticks));
}

static void test_pid(void **state)
{
    int32_t pid;

    (void)state;
    assert_true(scan_pid("4194304", &pid));
    assert_int_equal(pid, 4194304);
    assert_false(scan_pid("0", &pid));
    assert_false(scan_pid("12a", &pid));
    assert_false(scan_pid("self", &pid));
    assert_false(scan_pid("2147483648", &pid));
    assert_false(scan_pid("", &pid));
}

static void check_digest(const char *text, const char *hex)
{
    struct sha256 h;
    unsigned char digest[SHA256_BYTES];
    char buffer[2 * SHA256_BYTES + 1];
    struct text t = TEXT_ON(buffer);

    sha256_start(&h);
    for (size_t i = 0; text[i]; i++)
        sha256_add(&h, text + i, 1);
    sha256_end(&h, digest);
    text_hex(&t, digest, sizeof(digest));
    assert_string_equal(text_end(&t), hex);
}

/* FIPS 180-4 and RFC 4231. */
static void test_digests(void **state)
{
    unsigned char key[20], digest[SHA256_BYTES];
    char buffer[2 * SHA256_BYTES + 1];
    struct text t = TEXT_ON(buffer);

    (void)state;
    check_digest("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    check_digest("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    check_digest("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                 "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    memset(key, 0x0b, sizeof(key));
    sha256_keyed(key, sizeof(key), "Hi There", 8, digest);
    text_hex(&t, digest, sizeof(digest));
    assert_string_equal(text_end(&t),
                        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
}

static void test_names(void **state)
{
    static const char *const records[] = {
        ("6,1,1,-;oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=b,mems_allowed=0,"
         "oom_memcg=/a,task_memcg=/a/b,task=x,pid=7,uid=0"),
        "6,2,1,-;Task in /c/d killed as a result of limit of /c",
        "6,3,1,-;Memory cgroup stats for /e\\x5cx2df: cache:0KB",
        "6,4,1,-;Tasks in /g are going to be killed due to memory.oom.group set",
        "6,5,1,-;oom_memcg=/../../etc,task_memcg=relative,task=x",
        "6,6,1,-;oom_memcg=/,task_memcg=/,task=x",
        "6,7,1,-;nothing here\n oom_memcg=/dictionary,task_memcg=/x,",
    };
    static const char *const want[] = {"/g", "/e\\x2df", "/c", "/c/d", "/a/b", "/a"};
    static struct names names;

    (void)state;
    for (size_t i = 0; i < COUNT(records); i++)
        names_scan(&names, records[i], strlen(records[i]));
    for (unsigned i = 0; i < COUNT(want); i++)
        assert_string_equal(names_get(&names, i), want[i]);
    assert_null(names_get(&names, COUNT(want)));
}

static void test_names_keep_the_newest(void **state)
{
    static struct names names;
    char path[16];

    (void)state;
    for (unsigned i = 0; i < 3 * NAMES_MAX; i++) {
        struct text t = TEXT_ON(path);

        text_str(&t, "/g");
        text_u64(&t, i);
        names_add(&names, t.p, t.n);
        names_add(&names, t.p, t.n);
    }
    assert_string_equal(names_get(&names, 0), "/g95");
    assert_string_equal(names_get(&names, NAMES_MAX - 1), "/g64");
    assert_null(names_get(&names, NAMES_MAX));
}

static void test_mask(void **state)
{
    static const struct {
        const char *in, *out;
        size_t n, m;
    } cases[] = {
#define CASE(in, out) {in, out, sizeof(in), sizeof(out)}
        CASE("a\0--password=x\0b", "a\0--password=***\0b"),
        CASE("a\0--password\0x\0b", "a\0--password\0***\0b"),
        CASE("mysql\0-ppw", "mysql\0-p***"),
        CASE("ssh\0-p22", "ssh\0-p22"),
        CASE("curl\0https://u:p@h/x", "curl\0https://***@h/x"),
        CASE("curl\0https://h/x", "curl\0https://h/x"),
        CASE("curl\0-H\0X-Api-Key: v", "curl\0-H\0X-Api-Key:***"),
        CASE("curl\0-H\0authorization: bearer v", "curl\0-H\0authorization:***"),
        CASE("env\0SECRET=v\0X=1", "env\0SECRET=***\0X=1"),
        CASE("my-token-service\0x", "my-token-service\0x"),
        CASE("", ""),
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char buffer[256];
        struct text t = TEXT_ON(buffer);

        mask_arguments(&t, cases[i].in, cases[i].n);
        assert_int_equal(t.n, cases[i].m);
        assert_memory_equal(t.p, cases[i].out, t.n);
    }
}

static void test_patterns(void **state)
{
    static const char *const whole[] = {
#define PLAN(id, pattern, tier, cost, cap_kib, rights, flags, scrub) pattern,
#include "plan.def"
#undef PLAN
    };

    (void)state;
    for (enum plan_id row = 0; row < PLAN_COUNT; row++)
        assert_string_equal(plan_pattern(row), whole[row]);
    assert_true(plan_matches("hugetlb.*.max", 13, "hugetlb.2MB.max"));
    assert_false(plan_matches("hugetlb.*.max", 13, "hugetlb.max"));
    assert_false(plan_matches("hugetlb.*.max", 13, "hugetlb.2MB.maxx"));
    assert_true(plan_matches("node*/x", 5, "node12"));
    assert_true(plan_matches("memory.max", 10, "memory.max"));
    assert_false(plan_matches("memory.max", 10, "memory.max2"));
    /* Reading stat_refresh or compact_memory acts on the kernel; kmsg of /proc eats the log. */
    for (enum plan_id row = 0; row < PLAN_COUNT; row++) {
        assert_null(strstr(plan_pattern(row), "stat_refresh"));
        assert_null(strstr(plan_pattern(row), "compact_memory"));
        assert_null(strstr(plan_pattern(row), "proc/kmsg"));
        assert_null(strstr(plan_pattern(row), "environ"));
        assert_null(strstr(plan_pattern(row), "kmem.slabinfo"));
    }
}

static void test_lock_budget(void **state)
{
    struct options o = {.lock_ms = 1000, .wall_ms = 1000, .bytes = 1 << 20};
    struct budget b;
    uint64_t us;

    (void)state;
    budget_start(&b, &o, 64ull << 30);
    assert_null(budget_spent(&b, 0));
    assert_non_null(budget_spent(&b, 1 << 20));
    assert_null(budget_lock(&b, 10ull << 20, &us)); /* 10 GiB */
    assert_int_equal(us, 10 * 1024 * 12);
    assert_non_null(budget_lock(&b, 30ull << 20, &us)); /* more than its share */
    for (int i = 0; i < 7; i++)
        assert_null(budget_lock(&b, 10ull << 20, &us));
    assert_non_null(budget_lock(&b, 10ull << 20, &us));
    assert_null(budget_lock(&b, 0, &us));
    b.share = BUDGET_WHOLE / 2; /* the other half is for what comes behind */
    assert_null(budget_spent(&b, (1 << 19) - 1));
    assert_non_null(budget_spent(&b, 1 << 19));
    b.share = BUDGET_WHOLE;
    assert_null(budget_spent(&b, 1 << 19));
    b.inodes = b.inodes_max;
    assert_non_null(budget_spent(&b, 0));
}

static void test_outcomes(void **state)
{
    (void)state;
    assert_int_equal(outcome_of_errno(ENOENT), OUTCOME_ABSENT);
    assert_int_equal(outcome_of_errno(ESRCH), OUTCOME_EXITED);
    assert_int_equal(outcome_of_errno(EACCES), OUTCOME_DENIED);
    assert_int_equal(outcome_of_errno(EOPNOTSUPP), OUTCOME_UNSUPPORTED);
    assert_int_equal(outcome_of_errno(EIO), OUTCOME_ERROR);
    assert_string_equal(outcome_word(OUTCOME_OVER_BUDGET), "over-budget");
    assert_true(outcome_has_member(OUTCOME_EMPTY));
    assert_false(outcome_has_member(OUTCOME_TIMEOUT));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json),        cmocka_unit_test(test_text_never_overflows),
        cmocka_unit_test(test_numbers),     cmocka_unit_test(test_starttime),
        cmocka_unit_test(test_pid),         cmocka_unit_test(test_digests),
        cmocka_unit_test(test_names),       cmocka_unit_test(test_names_keep_the_newest),
        cmocka_unit_test(test_mask),        cmocka_unit_test(test_patterns),
        cmocka_unit_test(test_lock_budget), cmocka_unit_test(test_outcomes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
