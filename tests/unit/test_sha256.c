/* SPDX-License-Identifier: MIT */
#include "base/sha256.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* Examples of FIPS 180-4, and one of RFC 6234 that crosses many blocks. */
static const struct {
    const char *text, *hex;
} known[] = {
    {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
};

static void test_known(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        struct sha256 h;
        char hex[SHA256_HEX];
        sha256_start(&h);
        sha256_add(&h, known[i].text, strlen(known[i].text));
        sha256_hex(&h, hex);
        assert_string_equal(hex, known[i].hex);
    }
}

static void test_any_cut_gives_the_same(void **state)
{
    (void)state;
    char text[1000], whole[SHA256_HEX], parts[SHA256_HEX];
    memset(text, 'a', sizeof(text));
    struct sha256 h;
    sha256_start(&h);
    sha256_add(&h, text, sizeof(text));
    sha256_hex(&h, whole);
    assert_string_equal(whole, "41edece42d63e8d9bf515a9ba6932e1c20cbc9f5a5d134645adb5db1b9737ea3");
    for (size_t step = 1; step < 200; step += 7) {
        sha256_start(&h);
        for (size_t at = 0; at < sizeof(text); at += step)
            sha256_add(&h, text + at, sizeof(text) - at < step ? sizeof(text) - at : step);
        sha256_hex(&h, parts);
        assert_string_equal(parts, whole);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known),
        cmocka_unit_test(test_any_cut_gives_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
