/* SPDX-License-Identifier: MIT */
/* What the build keeps of the rules of the program. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/arena.h"
#include "rule/image.h"

#include <stdlib.h>

static struct ruleset *builtin(struct arena *arena, bool with_tests)
{
    struct err err = {0};
    struct ruleset *set = ruleset_builtin(arena, with_tests, &err);
    if (!set)
        fail_msg("%s:%u:%u: %s", err.source, err.line, err.column, err.text);
    return set;
}

/* A field that the image forgets shows here only when it is written; so the pages that people read
 * are compared too. */
static void assert_same_rule(const struct rule *a, const struct rule *b)
{
    struct buf image_a = {0}, image_b = {0}, manual_a = {0}, manual_b = {0};
    rule_image_write(a, &image_a);
    rule_image_write(b, &image_b);
    rule_manual(a, &manual_a);
    rule_manual(b, &manual_b);
    if (!span_eq(buf_span(&image_a), buf_span(&image_b)))
        fail_msg("another image of " SPAN_FMT, SPAN_ARG(a->id));
    assert_string_equal(buf_cstr(&manual_a), buf_cstr(&manual_b));
    assert_string_equal(a->body->file, b->body->file);
    assert_true(span_eq(a->body->yaml, b->body->yaml));
    buf_free(&image_a);
    buf_free(&image_b);
    buf_free(&manual_a);
    buf_free(&manual_b);
}

static void the_image_is_what_the_yaml_says(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct ruleset *read = builtin(arena, false), *parsed = builtin(arena, true);
    assert_int_equal(ruleset_count(read), ruleset_count(parsed));
    for (size_t i = 0; i < ruleset_count(read); i++)
        assert_same_rule(ruleset_at(read, i), ruleset_at(parsed, i));
    arena_free(arena);
}

/* The digest that the build kept is the one of the texts, and not of a set that has one more. */
static void the_digest_is_of_the_rules_that_are_there(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct err err = {0};
    struct ruleset *read = builtin(arena, false);
    struct span digest = ruleset_digest(read);
    assert_int_equal(digest.n, 64);
    assert_true(span_eq(digest, ruleset_digest(builtin(arena, true))));
    const struct rule *first = ruleset_at(read, 0);
    struct buf text = {0};
    buf_add(&text, first->body->yaml);
    buf_str(&text, "\n# changed\n");
    assert_true(ruleset_add(read, first->body->file, buf_span(&text), &err));
    assert_false(span_eq(digest, ruleset_digest(read)));
    buf_free(&text);
    arena_free(arena);
}

/* Numbers of every size, and an image that ends anywhere. */
static void a_cut_image_is_read_to_its_end_and_no_further(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    const struct rule *rule = ruleset_at(builtin(arena, false), 0);
    struct rule_limits limits = rule_limits_default();
    struct buf image = {0};
    rule_image_write(rule, &image);
    for (size_t n = 0; n < image.n; n++) {
        char *exact = base_realloc(NULL, n ? n : 1, 1); /* so that a byte too many is noticed */
        memcpy(exact, image.p, n);
        struct arena *scratch = arena_new();
        struct rule *cut =
            rule_image_read((struct span){exact, n}, "x.yaml", SPAN_NONE, &limits, scratch);
        assert_true(cut->id.n <= rule->id.n);
        arena_free(scratch);
        free(exact);
    }
    buf_free(&image);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_image_is_what_the_yaml_says),
        cmocka_unit_test(the_digest_is_of_the_rules_that_are_there),
        cmocka_unit_test(a_cut_image_is_read_to_its_end_and_no_further),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
