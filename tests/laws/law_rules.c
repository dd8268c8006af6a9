/* SPDX-License-Identifier: MIT */
/* law_rules [--mistake=KIND] TRIALS INPUT...: both laws over every rule and every recorded bundle.
 * Bundles are read by the real parsers, facts are derived, and then parts of them are hidden. */
#include "laws.h"

#include "base/arena.h"
#include "bundle/bundle.h"
#include "derive/derive.h"
#include "parse/parse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct total {
    struct law_count erase, suffice;
};

/* The bundle of the same host from before, where the case has one. */
static struct bundle *open_before(const char *path, const struct limits *limits,
                                  struct arena *arena)
{
    struct err err = {0};
    size_t slash = span_rfind_char(span_of(path), '/');
    const char *before = arena_printf(arena, "%.*s/before.tar.xz", (int)slash, path);
    return access(before, R_OK) == 0 ? bundle_open(before, limits, arena, &err) : NULL;
}

static bool load(const char *path, struct store *store, struct err *err)
{
    struct limits limits = limits_default();
    struct arena *arena = store_arena(store);
    struct bundle *bundle = bundle_open(path, &limits, arena, err);
    if (!bundle)
        return false;
    struct bundle *before = open_before(path, &limits, arena);
    parse_bundles(bundle, before, store);
    derive_all(store);
    bundle_close(before);
    bundle_close(bundle);
    return true;
}

static void try_rules(const struct ruleset *rules, struct store *store, unsigned long trials,
                      struct total *total)
{
    struct rng rng = {20261124};
    for (size_t i = 0; i < ruleset_count(rules); i++) {
        const struct rule *rule = ruleset_at(rules, i);
        for (unsigned long k = 0; k < trials; k++)
            law_erase(store, rule, &rng, &total->erase);
        law_suffice(store, rule, &total->suffice);
    }
}

static bool try_input(const struct ruleset *rules, const char *path, unsigned long trials,
                      struct total *total)
{
    struct err err = {0};
    struct arena *arena = arena_new();
    struct store *store = store_new(arena);
    uint64_t before = total->erase.violations + total->suffice.violations;
    bool ok = load(path, store, &err);
    if (ok)
        try_rules(rules, store, trials, total);
    else
        fprintf(stderr, "%s: %s\n", path, err.text);
    if (law_mistake == MISTAKE_NONE &&
        total->erase.violations + total->suffice.violations != before)
        fprintf(stderr, "^ in %s\n", path);
    store_free(store);
    arena_free(arena);
    return ok;
}

static void print(const char *law, const struct law_count *count)
{
    printf("%s: %llu trials, %llu decided, %llu unknown, %llu violations\n", law,
           (unsigned long long)count->trials, (unsigned long long)count->decided,
           (unsigned long long)count->unknown, (unsigned long long)count->violations);
}

int main(int argc, char **argv)
{
    int at = argc > 1 && strncmp(argv[1], "--mistake=", 10) == 0 ? 2 : 1;
    if (argc < at + 2 || (at == 2 && !law_mistake_of(argv[1] + 10))) {
        fprintf(stderr, "usage: law_rules [--mistake=citation|logic] TRIALS INPUT...\n");
        return 3;
    }
    struct err err = {0};
    struct total total = {0};
    struct arena *arena = arena_new();
    struct ruleset *rules = ruleset_builtin(arena, true, &err);
    bool ok = rules != NULL;
    if (!ok)
        fprintf(stderr, "%s:%u:%u: %s\n", err.source, err.line, err.column, err.text);
    for (int i = at + 1; i < argc && ok; i++)
        ok = try_input(rules, argv[i], strtoul(argv[at], NULL, 10), &total);
    print("erasure", &total.erase);
    print("sufficiency", &total.suffice);
    arena_free(arena);
    return law_exit(ok, &total.erase, &total.suffice);
}
