/* SPDX-License-Identifier: MIT */
#include "bundle_scene.h"

static void test_members_in_order(void **state)
{
    struct scene *scene = *state;
    char hex[SHA256_HEX];
    add_file(scene, "bundle.json", "{}\n");
    add_file(scene, "./proc//meminfo", "MemTotal: 1 kB\n");
    add_file(scene, "proc/empty", "");
    add_end(scene);
    assert_true(open_scene(scene));
    assert_int_equal(bundle_form(scene->bundle), BUNDLE_ARCHIVE);
    expect_member(scene, "bundle.json", "{}\n");
    expect_member(scene, "proc/meminfo", NULL);
    expect_member(scene, "proc/empty", "");
    expect_end(scene);
    expect_end(scene);
    assert_int_equal(bundle_note_count(scene->bundle), 0);
    assert_false(bundle_is_partial(scene->bundle));
    struct sha256 sha;
    char own[SHA256_HEX];
    sha256_start(&sha);
    sha256_add(&sha, scene->bytes.p, scene->bytes.n);
    sha256_hex(&sha, own);
    bundle_digest(scene->bundle, hex);
    assert_string_equal(hex, own);
}

static void test_tricks_are_named_and_skipped(void **state)
{
    struct scene *scene = *state;
    add_file(scene, "proc/a", "one");
    add_file(scene, "proc/../../etc/shadow", "trick");
    add_file(scene, "/proc/b", "absolute");
    add_header(scene, "proc/link", '2', 0, "/etc/shadow");
    add_header(scene, "proc/hard", '1', 0, "proc/a");
    add_header(scene, "dev/sda", '4', 0, "");
    add_header(scene, "dev/fifo", '6', 0, "");
    add_file(scene, "proc/a", "two");
    add_file(scene, "var/log/old.tar.gz", "packed");
    add_end(scene);
    assert_true(open_scene(scene));
    expect_member(scene, "proc/a", "one");
    expect_member(scene, "proc/b", "absolute");
    expect_end(scene);
    expect_note(scene, NOTE_MALFORMED, "proc/..", "leaves the bundle");
    expect_note(scene, NOTE_UNKNOWN, "proc/link", "symbolic link");
    expect_note(scene, NOTE_UNKNOWN, "proc/hard", "hard link");
    expect_note(scene, NOTE_UNKNOWN, "dev/sda", "device");
    expect_note(scene, NOTE_UNKNOWN, "dev/fifo", "FIFO");
    expect_note(scene, NOTE_DUPLICATE, "proc/a", "first one counts");
    expect_note(scene, NOTE_UNKNOWN, "var/log/old.tar.gz", "packed");
}

static void test_cut_archive_gives_what_was_there(void **state)
{
    struct scene *scene = *state;
    add_file(scene, "proc/a", "one");
    add_header(scene, "proc/b", '0', 5000, "");
    buf_str(&scene->bytes, "half of it");
    assert_true(open_scene(scene));
    expect_member(scene, "proc/a", "one");
    expect_member(scene, "proc/b", "half of it");
    assert_true(bundle_member_cut(scene->bundle));
    expect_end(scene);
    expect_note(scene, NOTE_TRUNCATED, "proc/b", "cut short");
    assert_true(bundle_is_partial(scene->bundle));
}

/* Two readers share the tars: ours, as long as its headers are plain, and libarchive from the first
 * odd one on. Where the first is of the kind that was before 1988, all is left to libarchive. */

static void test_limits_name_the_member(void **state)
{
    struct scene *scene = *state;
    assert_true(limits_set(&scene->limits, SPAN_LIT("member_bytes=4")));
    assert_true(limits_set(&scene->limits, SPAN_LIT("members=3")));
    assert_true(limits_set(&scene->limits, SPAN_LIT("depth=2")));
    add_file(scene, "proc/a", "12345");
    add_file(scene, "proc/b/c", "deep");
    add_file(scene, "proc/d", "1234");
    add_file(scene, "proc/e", "");
    add_end(scene);
    assert_true(open_scene(scene));
    expect_member(scene, "proc/a", "1234");
    assert_true(bundle_member_cut(scene->bundle));
    expect_member(scene, "proc/d", "1234");
    assert_false(bundle_member_cut(scene->bundle));
    expect_end(scene);
    expect_note(scene, NOTE_OVER_LIMIT, "proc/a", "member_bytes=4");
    expect_note(scene, NOTE_OVER_LIMIT, "proc/b/c", "depth=2");
    expect_note(scene, NOTE_OVER_LIMIT, "proc/e", "members=3");
}

static void test_total_limit_stops(void **state)
{
    struct scene *scene = *state;
    assert_true(limits_set(&scene->limits, SPAN_LIT("total_bytes=6")));
    add_file(scene, "proc/a", "12345");
    add_file(scene, "proc/b", "12345");
    add_file(scene, "proc/c", "1");
    add_end(scene);
    assert_true(open_scene(scene));
    expect_member(scene, "proc/a", "12345");
    expect_member(scene, "proc/b", NULL);
    bundle_slurp(scene->bundle);
    assert_true(bundle_member_cut(scene->bundle));
    expect_end(scene);
    expect_note(scene, NOTE_OVER_LIMIT, "proc/b", "total_bytes=6");
}

static void test_plain_text(void **state)
{
    struct scene *scene = *state;
    buf_str(&scene->bytes, "[    0.000000] Linux version 6.12\n");
    assert_true(open_scene(scene));
    assert_int_equal(bundle_form(scene->bundle), BUNDLE_TEXT);
    expect_member(scene, "input", "[    0.000000] Linux version 6.12\n");
    expect_end(scene);
}

static void test_refused(void **state)
{
    struct scene *scene = *state;
    static const struct {
        struct span bytes;
        const char *text;
    } inputs[] = {
        {{"", 0}, "empty"},
        {SPAN_LIT("\x7f"
                  "ELF\2\1\1\0\0\0"),
         "ELF"},
        {SPAN_LIT("LPKSHHRH\0\0\0\0"), "journalctl"},
        {SPAN_LIT("\x01\x02\x03\x04\x05\x06"), "neither an archive"},
        {SPAN_LIT("\x1f\x8b\x08\0 not gzip"), ""},
        {SPAN_LIT("PK\3\4 not zip"), ""},
    };
    for (size_t i = 0; i < sizeof(inputs) / sizeof(inputs[0]); i++) {
        scene->bytes.n = 0;
        scene->err = (struct err){0};
        buf_add(&scene->bytes, inputs[i].bytes);
        assert_false(open_scene(scene));
        assert_int_equal(scene->err.code, ERR_INPUT);
        assert_non_null(strstr(scene->err.text, inputs[i].text));
        assert_string_equal(scene->err.source, scene->path);
    }
    assert_null(bundle_open("/nonexistent", &scene->limits, scene->arena, &scene->err));
}

static void test_limits_refuse_nonsense(void **state)
{
    struct scene *scene = *state;
    static const char *const bad[] = {
        "",        "rows",  "rows=",      "rows=0",     "rows=-1",
        "rows=1x", "row=1", "rows=1 KiB", "rows=1KiB1", "rows=99999999999999999999"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_false(limits_set(&scene->limits, span_of(bad[i])));
    assert_true(limits_set(&scene->limits, SPAN_LIT("line_bytes=2KiB")));
    assert_int_equal(scene->limits.value[LIMIT_line_bytes], 2048);
}

static void test_directory(void **state)
{
    struct scene *scene = *state;
    char other[96];
    rmdir(scene->path);
    unlink(scene->path);
    assert_int_equal(mkdir(scene->path, 0700), 0);
    static const char *const files[] = {"b", "a", "c"};
    for (int i = 0; i < 3; i++) {
        snprintf(other, sizeof(other), "%s/%s", scene->path, files[i]);
        FILE *file = fopen(other, "w");
        if (!file)
            continue; /* and is missed below */
        fputs(files[i], file);
        fclose(file);
    }
    snprintf(other, sizeof(other), "%s/link", scene->path);
    assert_int_equal(symlink("/etc/passwd", other), 0);
    snprintf(other, sizeof(other), "%s/pipe", scene->path);
    assert_int_equal(mkfifo(other, 0600), 0);
    scene->bundle = bundle_open(scene->path, &scene->limits, scene->arena, &scene->err);
    assert_non_null(scene->bundle);
    assert_int_equal(bundle_form(scene->bundle), BUNDLE_DIRECTORY);
    expect_member(scene, "a", "a");
    expect_member(scene, "b", "b");
    expect_member(scene, "c", NULL);
    expect_end(scene);
    expect_note(scene, NOTE_UNKNOWN, "link", "symbolic link");
    expect_note(scene, NOTE_UNKNOWN, "pipe", "FIFO");
    snprintf(other, sizeof(other), "rm -r %s", scene->path);
    assert_int_equal(system(other), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(test_members_in_order),
        SCENE(test_tricks_are_named_and_skipped),
        SCENE(test_cut_archive_gives_what_was_there),
        SCENE(test_limits_name_the_member),
        SCENE(test_total_limit_stops),
        SCENE(test_plain_text),
        SCENE(test_refused),
        SCENE(test_limits_refuse_nonsense),
        SCENE(test_directory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
