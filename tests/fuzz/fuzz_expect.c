/* SPDX-License-Identifier: MIT */
/* Any bytes as an expect.yaml. What does not load has an error with a place; what loads is compared
 * with a verdict, and what is then written instead loads again. */
#include "base/arena.h"
#include "cli/expect.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const char verdict_text[] =
    "{\"incidents\":[{\"kind\":\"kill\",\"scope\":\"cgroup\",\"limit\":{\"owner\":\"/a\"},"
    "\"victim\":{\"name\":\"app\"}}],\"findings\":[{\"rule\":\"host-oom\",\"outcome\":\"match\"},"
    "{\"rule\":\"cgroup-oom\",\"outcome\":\"unknown\"}]}";

static void use(const struct expect *expect, struct arena *arena)
{
    struct buf lines = {0}, again = {0};
    struct expect other;
    struct err err = {0};
    json_t *verdict = json_loads(verdict_text, 0, NULL);
    if (!verdict)
        abort();
    expect_compare(expect, verdict, 1, ruleset_new(arena), &lines);
    expect_write(expect, verdict, 1, &again);
    if (!expect_read(&other, "expect.yaml", buf_span(&again), arena, &err))
        abort();
    json_decref(verdict);
    buf_free(&lines);
    buf_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct arena *arena = arena_new();
    struct expect expect;
    struct err err = {0};
    if (expect_read(&expect, "expect.yaml", (struct span){(const char *)data, n}, arena, &err))
        use(&expect, arena);
    else if (!err.text[0] || !err.source[0] || err.line == 0)
        abort();
    arena_free(arena);
    return 0;
}
