/* SPDX-License-Identifier: MIT */
#include "base/arena.h"
#include "base/buf.h"
#include "bundle/bundle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* An input in a file of its own, and what bundle/ makes of it. */
struct scene {
    char folder[32], path[64];
    struct buf bytes;
    struct limits limits;
    struct arena *arena;
    struct bundle *bundle;
    struct err err;
};

static int setup(void **state)
{
    struct scene *scene = calloc(1, sizeof(*scene));
    strcpy(scene->folder, "/tmp/oomscope-XXXXXX");
    assert_non_null(mkdtemp(scene->folder));
    snprintf(scene->path, sizeof(scene->path), "%s/input", scene->folder);
    scene->limits = limits_default();
    scene->arena = arena_new();
    *state = scene;
    return 0;
}

static int teardown(void **state)
{
    struct scene *scene = *state;
    bundle_close(scene->bundle);
    arena_free(scene->arena);
    buf_free(&scene->bytes);
    unlink(scene->path);
    rmdir(scene->folder);
    free(scene);
    return 0;
}

/* One ustar header; the size field says `size`, whatever follows. */
static void add_header(struct scene *scene, const char *name, char type, size_t size,
                       const char *link)
{
    char block[512] = {0};
    unsigned sum = 0;
    snprintf(block, 100, "%s", name);
    memcpy(block + 100, "0000644\0000000000\0000000000", 23);
    snprintf(block + 124, 12, "%011o", (unsigned)(size & 07777777777));
    memcpy(block + 136, "00000000000", 11);
    memset(block + 148, ' ', 8);
    block[156] = type;
    snprintf(block + 157, 100, "%s", link);
    memcpy(block + 257, "ustar\00000", 8);
    for (int i = 0; i < 512; i++)
        sum += (unsigned char)block[i];
    snprintf(block + 148, 8, "%06o", sum);
    buf_add(&scene->bytes, (struct span){block, 512});
}

static void add_file(struct scene *scene, const char *name, const char *text)
{
    static const char zeros[512];
    size_t n = strlen(text);
    add_header(scene, name, '0', n, "");
    buf_str(&scene->bytes, text);
    buf_add(&scene->bytes, (struct span){zeros, (512 - n % 512) % 512});
}

static void add_end(struct scene *scene)
{
    static const char zeros[1024];
    buf_add(&scene->bytes, (struct span){zeros, sizeof(zeros)});
}

static bool open_scene(struct scene *scene)
{
    FILE *file = fopen(scene->path, "wb");
    fwrite(scene->bytes.p, 1, scene->bytes.n, file);
    fclose(file);
    scene->bundle = bundle_open(scene->path, &scene->limits, scene->arena, &scene->err);
    return scene->bundle;
}

static void expect_member(struct scene *scene, const char *path, const char *text)
{
    struct span member;
    assert_true(bundle_next(scene->bundle, &member));
    assert_string_equal(arena_printf(scene->arena, SPAN_FMT, SPAN_ARG(member)), path);
    if (!text)
        return;
    struct span all = bundle_slurp(scene->bundle);
    assert_string_equal(arena_printf(scene->arena, SPAN_FMT, SPAN_ARG(all)), text);
}

static void expect_end(struct scene *scene)
{
    struct span member;
    assert_false(bundle_next(scene->bundle, &member));
}

static void expect_note(struct scene *scene, enum note_kind kind, const char *member,
                        const char *text)
{
    for (uint32_t i = 0; i < bundle_note_count(scene->bundle); i++) {
        const struct note *note = bundle_note(scene->bundle, i);
        if (note->kind == kind && span_is(note->member, member) && span_has(note->text, text))
            return;
    }
    for (uint32_t i = 0; i < bundle_note_count(scene->bundle); i++) {
        const struct note *note = bundle_note(scene->bundle, i);
        print_error("note %d " SPAN_FMT ": " SPAN_FMT "\n", note->kind, SPAN_ARG(note->member),
                    SPAN_ARG(note->text));
    }
    fail_msg("no note %d of %s: %s", kind, member, text);
}

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

static void tell(struct scene *scene, struct buf *out)
{
    struct span member;
    out->n = 0;
    if (!open_scene(scene))
        return;
    while (bundle_next(scene->bundle, &member)) {
        buf_fmt(out, "member " SPAN_FMT " ", SPAN_ARG(member));
        buf_add(out, bundle_slurp(scene->bundle));
        buf_fmt(out, " %d\n", bundle_member_cut(scene->bundle));
    }
    for (uint32_t i = 0; i < bundle_note_count(scene->bundle); i++) {
        const struct note *note = bundle_note(scene->bundle, i);
        buf_fmt(out, "note %d %d " SPAN_FMT "\n", note->kind, note->loses, SPAN_ARG(note->member));
    }
    bundle_close(scene->bundle);
    scene->bundle = NULL;
}

static void sum_again(char *block)
{
    unsigned sum = 0;
    memset(block + 148, ' ', 8);
    for (int i = 0; i < 512; i++)
        sum += (unsigned char)block[i];
    snprintf(block + 148, 8, "%06o", sum);
}

static void expect_same_by_both(struct scene *scene, size_t at)
{
    struct buf ours = {0}, theirs = {0};
    tell(scene, &ours);
    scene->bytes.p[156] = '\0';
    sum_again(scene->bytes.p);
    tell(scene, &theirs);
    scene->bytes.p[156] = '0';
    sum_again(scene->bytes.p);
    if (!span_eq(buf_span(&ours), buf_span(&theirs)))
        fail_msg("byte %zu:\n" SPAN_FMT "by libarchive:\n" SPAN_FMT, at, SPAN_ARG(buf_span(&ours)),
                 SPAN_ARG(buf_span(&theirs)));
    buf_free(&ours);
    buf_free(&theirs);
}

static void test_odd_headers_are_left_to_libarchive(void **state)
{
    static const char values[] = {'\0', ' ', '/', '0', '1', '2',    '5',   '7',
                                  '8',  'L', 'a', 'g', 'x', '\x80', '\xff'};
    struct scene *scene = *state;
    add_file(scene, "bundle.json", "{}");
    size_t header = scene->bytes.n;
    add_file(scene, "proc/a", "MemTotal");
    add_header(scene, "proc/b/", '5', 0, "");
    add_header(scene, "proc/l", '2', 0, "/etc/shadow");
    add_file(scene, "proc/c", "text");
    add_end(scene);
    memcpy(scene->bytes.p + header + 345, "before", 6);
    sum_again(scene->bytes.p + header);
    expect_same_by_both(scene, 0);
    static const size_t places[] = {0,   6,   7,   99,  124, 125, 134, 135, 148, 149,
                                    153, 154, 155, 156, 157, 158, 256, 257, 261, 262,
                                    263, 264, 265, 329, 345, 351, 352, 499, 500, 511};
    for (size_t k = 0; k < sizeof(places) / sizeof(*places); k++)
        for (size_t i = 0; i < sizeof(values); i++) {
            size_t at = places[k];
            char *block = scene->bytes.p + header, whole[512];
            memcpy(whole, block, 512);
            block[at] = values[i];
            if (at < 148 || at >= 156)
                sum_again(block);
            expect_same_by_both(scene, at);
            memcpy(scene->bytes.p + header, whole, 512);
        }
}

/* In headers and in contents; a file whose last block is not full has all its bytes. */
static void test_a_cut_reads_the_same_by_both(void **state)
{
    static const size_t cuts[] = {513, 1024, 1025, 1124, 1535, 1536, 1537, 1543};
    struct scene *scene = *state;
    add_file(scene, "bundle.json", "{}");
    add_file(scene, "proc/a", "MemTotal");
    add_end(scene);
    for (size_t i = sizeof(cuts) / sizeof(*cuts); i-- > 0;) {
        scene->bytes.n = cuts[i];
        expect_same_by_both(scene, cuts[i]);
    }
}

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

#define SCENE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(test_members_in_order),
        SCENE(test_tricks_are_named_and_skipped),
        SCENE(test_cut_archive_gives_what_was_there),
        SCENE(test_odd_headers_are_left_to_libarchive),
        SCENE(test_a_cut_reads_the_same_by_both),
        SCENE(test_limits_name_the_member),
        SCENE(test_total_limit_stops),
        SCENE(test_plain_text),
        SCENE(test_refused),
        SCENE(test_limits_refuse_nonsense),
        SCENE(test_directory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
