/* SPDX-License-Identifier: MIT */
/* What the reader of plain tar makes of an archive, libarchive makes of it too. */
#include "bundle_scene.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(test_odd_headers_are_left_to_libarchive),
        SCENE(test_a_cut_reads_the_same_by_both),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
