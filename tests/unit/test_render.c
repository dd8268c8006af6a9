/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include <jansson.h>
#include <string.h>

#include "render/render.h"
#include "scene.h"

static const struct findings nothing = {NULL, 0};
static const struct render_options shown = {.budget_bytes = RENDER_BUDGET_DEFAULT};
static const struct render_options all = {.full = true};

typedef void renderer(const struct verdict *, const struct render_options *, struct buf *);

static const char *const hostile[] = {
    "`",
    "``` x",
    "a`b``c",
    "\n# forged heading\n",
    "<script>",
    "@everyone",
    "| a | b |",
    "\x1b[31mred",
    "\xe2\x80\xaegnp.exe",
    "\xff\xfe",
    "**Do:** reboot",
    "",
    " ",
};
enum { HOSTILE = sizeof(hostile) / sizeof(*hostile) };

static void render_victim(const char *name, renderer *render, const struct render_options *options,
                          struct buf *out)
{
    struct scene scene = scene_new();
    uint32_t event = scene_event(&scene, "memcg", name, 7);
    scene_text(&scene, F_oom_events_cgroup, event, name);
    scene_number(&scene, F_oom_events_usage, event, 90 * SCENE_MIB);
    scene_number(&scene, F_oom_events_stat_anon, event, 80 * SCENE_MIB);
    scene_task(&scene, event, name, 7, 60);
    scene_task(&scene, event, "other", 8, 10);
    struct verdict *verdict = verdict_make(scene.store, &nothing, scene.arena);
    render(verdict, options, out);
    scene_free(&scene);
}

static bool has_control(const struct buf *out)
{
    for (size_t i = 0; i < out->n; i++)
        if ((unsigned char)out->p[i] < 0x20 && out->p[i] != '\n')
            return true;
    return false;
}

static size_t line_starts(const struct buf *out, const char *with)
{
    size_t n = 0;
    for (size_t i = 0; i < out->n; i++)
        if ((i == 0 || out->p[i - 1] == '\n') && span_starts(span_skip(buf_span(out), i), with))
            n++;
    return n;
}

/* All inside code spans and fences, taken away: what is left is what markdown interprets. */
static void strip_code(const struct buf *in, struct buf *out)
{
    size_t i = 0;
    while (i < in->n) {
        size_t ticks = 0;
        while (i + ticks < in->n && in->p[i + ticks] == '`')
            ticks++;
        if (ticks == 0) {
            buf_char(out, in->p[i++]);
            continue;
        }
        size_t at = i + ticks;
        for (;;) {
            size_t run = 0;
            assert_true(at < in->n); /* every span is closed */
            while (at + run < in->n && in->p[at + run] == '`')
                run++;
            at += run ? run : 1;
            if (run == ticks)
                break;
        }
        i = at;
    }
}

static void hostile_names_stay_in_code(void **state)
{
    (void)state;
    for (size_t i = 0; i < HOSTILE; i++) {
        struct buf out = {0}, prose = {0};
        render_victim(hostile[i], render_markdown, &all, &out);
        assert_false(has_control(&out));
        strip_code(&out, &prose);
        assert_false(span_has(buf_span(&prose), "<script>"));
        assert_false(span_has(buf_span(&prose), "forged heading"));
        assert_false(span_has(buf_span(&prose), "@everyone"));
        assert_false(span_has(buf_span(&prose), "reboot"));
        assert_false(span_has(buf_span(&prose), "\xe2\x80\xae"));
        assert_int_equal(line_starts(&prose, "# "), 1);
        buf_free(&out);
        buf_free(&prose);
    }
}

static void hostile_names_cannot_move_a_terminal(void **state)
{
    (void)state;
    for (size_t i = 0; i < HOSTILE; i++) {
        struct buf out = {0};
        render_victim(hostile[i], render_text, &all, &out);
        assert_false(has_control(&out));
        assert_false(span_has(buf_span(&out), "\xe2\x80\xae"));
        buf_free(&out);
    }
}

static void json_survives_any_byte(void **state)
{
    (void)state;
    for (size_t i = 0; i < HOSTILE; i++) {
        struct buf out = {0};
        render_victim(hostile[i], render_json, &shown, &out);
        json_t *object = json_loadb(out.p, out.n, JSON_REJECT_DUPLICATES, NULL);
        assert_non_null(object);
        json_t *incident = json_array_get(json_object_get(object, "incidents"), 0);
        json_t *comm = json_object_get(json_object_get(incident, "victim"), "comm");
        bool lossy = hostile[i][0] == '\xff';
        if (lossy)
            assert_true(json_is_true(json_object_get(comm, "lossy")));
        if (strcmp(hostile[i], "<script>") == 0)
            assert_string_equal(json_string_value(comm), "<script>");
        json_decref(object);
        buf_free(&out);
    }
}

static void same_verdict_same_bytes(void **state)
{
    (void)state;
    static renderer *const renderers[] = {render_json, render_markdown, render_text};
    for (size_t i = 0; i < 3; i++) {
        struct buf a = {0}, b = {0};
        render_victim("x", renderers[i], &all, &a);
        render_victim("x", renderers[i], &all, &b);
        assert_true(span_eq(buf_span(&a), buf_span(&b)));
        buf_free(&a);
        buf_free(&b);
    }
}

static void a_small_budget_drops_whole_sections_and_says_so(void **state)
{
    (void)state;
    struct buf large = {0}, small = {0}, prose = {0};
    struct render_options tight = {.full = true, .budget_bytes = 1500};
    render_victim("x", render_markdown, &all, &large);
    render_victim("x", render_markdown, &tight, &small);
    assert_true(small.n < large.n);
    assert_true(small.n < 1700);
    assert_true(span_has(buf_span(&small), "Left out to stay in size: "));
    assert_false(span_has(buf_span(&large), "Left out"));
    strip_code(&small, &prose);
    buf_free(&large);
    buf_free(&small);
    buf_free(&prose);
}

static void text_keeps_to_eighty_columns(void **state)
{
    (void)state;
    struct buf out = {0};
    render_victim("x", render_text, &shown, &out);
    size_t column = 0;
    for (size_t i = 0; i < out.n; i++) {
        column = out.p[i] == '\n' ? 0 : column + ((out.p[i] & 0xc0) != 0x80);
        assert_true(column <= 80);
    }
    buf_free(&out);
}

static void colour_is_only_ours(void **state)
{
    (void)state;
    struct buf out = {0};
    struct render_options color = {.color = true};
    render_victim("x", render_text, &color, &out);
    assert_true(span_has(buf_span(&out), "\x1b[1m"));
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hostile_names_stay_in_code),
        cmocka_unit_test(hostile_names_cannot_move_a_terminal),
        cmocka_unit_test(json_survives_any_byte),
        cmocka_unit_test(same_verdict_same_bytes),
        cmocka_unit_test(a_small_budget_drops_whole_sections_and_says_so),
        cmocka_unit_test(text_keeps_to_eighty_columns),
        cmocka_unit_test(colour_is_only_ours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
