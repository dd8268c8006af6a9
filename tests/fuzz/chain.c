/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* memfd_create */
#include "chain.h"

#include "base/arena.h"
#include "base/utf8.h"
#include "bundle/bundle.h"
#include "derive/derive.h"
#include "parse/parse.h"
#include "render/render.h"

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* Loaded once: 68 rules. */
const struct ruleset *chain_rules(void)
{
    static const struct ruleset *loaded;
    struct err err = {0};
    if (!loaded)
        loaded = ruleset_builtin(arena_new(), false, &err);
    if (!loaded)
        abort();
    return loaded;
}

static void check_lines(const struct buf *report)
{
    struct span line, rest = buf_span(report);
    while (rest.n) {
        struct buf visible = {0};
        span_cut(rest, '\n', &line, &rest);
        if (utf8_visible(line, &visible))
            abort();
        buf_free(&visible);
    }
}

static void check_json(struct span report)
{
    json_t *object = json_loadb(report.p, report.n, JSON_REJECT_DUPLICATES, NULL);
    if (!object)
        abort();
    json_decref(object);
    for (size_t i = 0; i < report.n; i++)
        if ((unsigned char)report.p[i] > 0x7e)
            abort();
}

static void render(const struct verdict *verdict, struct buf *ret_json)
{
    struct render_options options = {.budget_bytes = RENDER_BUDGET_DEFAULT};
    struct render_options full = {.full = true};
    struct buf json = {0}, markdown = {0}, text = {0};
    render_json(verdict, &options, &json);
    render_markdown(verdict, &options, &markdown);
    render_markdown(verdict, &full, &markdown);
    render_text(verdict, &full, &text);
    check_json(buf_span(&json));
    check_lines(&markdown);
    check_lines(&text);
    buf_add(ret_json, buf_span(&json));
    buf_free(&json);
    buf_free(&markdown);
    buf_free(&text);
}

struct limits chain_limits(uint8_t choice)
{
    struct limits limits = limits_default();
    limits.value[LIMIT_total_bytes] = 16 << 20;
    if (choice & 1)
        limits.value[LIMIT_rows] = choice;
    if (choice & 2)
        limits.value[LIMIT_line_bytes] = 64;
    if (choice & 4)
        limits.value[LIMIT_member_bytes] = 100;
    if (choice & 8)
        limits.value[LIMIT_members] = 3;
    return limits;
}

static struct bundle *open_path(const char *path, const struct limits *limits, struct arena *arena)
{
    struct err err = {0};
    struct bundle *bundle = bundle_open(path, limits, arena, &err);
    if (!bundle && err.code != ERR_INPUT)
        abort();
    return bundle;
}

static struct bundle *open_bytes(struct span bytes, const struct limits *limits,
                                 struct arena *arena)
{
    char path[64];
    int fd = memfd_create("input", MFD_CLOEXEC);
    if (fd < 0 || write(fd, bytes.p, bytes.n) != (ssize_t)bytes.n)
        abort();
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    struct bundle *bundle = open_path(path, limits, arena);
    close(fd);
    return bundle;
}

static struct store *read_both(struct bundle *bundle, struct bundle *before, struct arena *arena)
{
    struct store *store = bundle ? store_new(arena) : NULL;
    if (store) {
        parse_bundles(bundle, before, store);
        derive_all(store);
    }
    bundle_close(bundle);
    bundle_close(before);
    return store;
}

struct store *chain_read(struct span input, struct span before, const struct limits *limits,
                         struct arena *arena)
{
    struct bundle *bundle = open_bytes(input, limits, arena);
    return read_both(bundle, before.n ? open_bytes(before, limits, arena) : NULL, arena);
}

static void judge(struct store *store, struct arena *arena, struct buf *ret_json)
{
    if (store) {
        struct findings findings = ruleset_eval(chain_rules(), store, arena);
        render(verdict_make(store, &findings, arena), ret_json);
        store_free(store);
    }
    arena_free(arena);
}

void chain_run(struct span input, struct span before, const struct limits *limits,
               struct buf *ret_json)
{
    struct arena *arena = arena_new();
    judge(chain_read(input, before, limits, arena), arena, ret_json);
}

void chain_run_folder(const char *folder, struct span before, const struct limits *limits,
                      struct buf *ret_json)
{
    struct arena *arena = arena_new();
    struct bundle *bundle = open_path(folder, limits, arena);
    struct bundle *older = before.n ? open_bytes(before, limits, arena) : NULL;
    judge(read_both(bundle, older, arena), arena, ret_json);
}
