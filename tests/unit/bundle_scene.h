/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_TEST_BUNDLE_SCENE_H
#define OOMSCOPE_TEST_BUNDLE_SCENE_H

/* A tar written by hand, and what must come out of it. */

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

static inline int setup(void **state)
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

static inline int teardown(void **state)
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
static inline void add_header(struct scene *scene, const char *name, char type, size_t size,
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

static inline void add_file(struct scene *scene, const char *name, const char *text)
{
    static const char zeros[512] = {0};
    size_t n = strlen(text);
    add_header(scene, name, '0', n, "");
    buf_str(&scene->bytes, text);
    buf_add(&scene->bytes, (struct span){zeros, (512 - n % 512) % 512});
}

static inline void add_end(struct scene *scene)
{
    static const char zeros[1024];
    buf_add(&scene->bytes, (struct span){zeros, sizeof(zeros)});
}

static inline bool open_scene(struct scene *scene)
{
    FILE *file = fopen(scene->path, "wb");
    if (!file)
        return false;
    fwrite(scene->bytes.p, 1, scene->bytes.n, file);
    fclose(file);
    scene->bundle = bundle_open(scene->path, &scene->limits, scene->arena, &scene->err);
    return scene->bundle;
}

static inline void expect_member(struct scene *scene, const char *path, const char *text)
{
    struct span member;
    assert_true(bundle_next(scene->bundle, &member));
    assert_string_equal(arena_printf(scene->arena, SPAN_FMT, SPAN_ARG(member)), path);
    if (!text)
        return;
    struct span all = bundle_slurp(scene->bundle);
    assert_string_equal(arena_printf(scene->arena, SPAN_FMT, SPAN_ARG(all)), text);
}

static inline void expect_end(struct scene *scene)
{
    struct span member;
    assert_false(bundle_next(scene->bundle, &member));
}

static inline void expect_note(struct scene *scene, enum note_kind kind, const char *member,
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

#define SCENE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

#endif
