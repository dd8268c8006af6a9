/* SPDX-License-Identifier: MIT */
#include "cli/selftest.h"

#include "cli/output.h"
#include "cli/sandbox.h"
#include "derive/derive.h"
#include "parse/parse.h"

/* The parser of the rule test that runs. */
struct run {
    struct parse *parse;
};

static void begin(void *context, struct store *store)
{
    struct run *run = context;
    run->parse = parse_new(store);
}

static void member(void *context, struct store *store, struct span path, struct span text)
{
    struct run *run = context;
    (void)store;
    parse_member(run->parse, path, text);
}

static void parsed(void *context, struct store *store)
{
    struct run *run = context;
    (void)store;
    parse_finish(run->parse);
}

static void derive(void *context, struct store *store)
{
    (void)context;
    derive_all(store);
}

enum exit_code selftest_run(const struct ruleset *rules, struct err *err)
{
    struct run run = {0};
    struct selftest_hooks hooks = {&run, begin, member, parsed, derive};
    struct buf text = {0};
    struct output output;
    size_t failed = ruleset_selftest(rules, &hooks, &text);
    bool written = output_open(&output, "-", err) && output_write(&output, buf_span(&text), err);
    buf_free(&text);
    return !written ? EXIT_PARTLY : failed ? EXIT_FOUND : EXIT_FINE;
}

void version_write(const struct ruleset *rules, struct buf *out)
{
    int abi = sandbox_landlock_abi();
    buf_fmt(out, "analyze %s (oomscope)\n", OOMSCOPE_VERSION);
    buf_fmt(out, "rules: %zu, SHA-256 " SPAN_FMT "\n", ruleset_count(rules),
            SPAN_ARG(ruleset_digest(rules)));
    if (abi)
        buf_fmt(out, "confinement: Landlock ABI %d, no_new_privs, rlimits\n", abi);
    else
        buf_str(out, "confinement: no_new_privs, rlimits; this kernel has no Landlock\n");
}
