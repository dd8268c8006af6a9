/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_TEST_RULE_WORLD_H
#define OOMSCOPE_TEST_RULE_WORLD_H

/* A store with evidence made by hand, and rules judged over it. cmocka.h comes before. */

#include "base/arena.h"
#include "base/buf.h"
#include "rule/limits.h"
#include "rule/rule.h"

struct world {
    struct arena *arena;
    struct store *store;
    struct findings findings;
};

static inline int set_up(void **state)
{
    struct arena *arena = arena_new();
    struct world *w = arena_alloc(arena, sizeof(*w));
    w->arena = arena;
    w->store = store_new(arena);
    *state = w;
    return 0;
}

static inline int tear_down(void **state)
{
    struct world *w = *state;
    store_free(w->store);
    arena_free(w->arena);
    return 0;
}

/* ---- evidence */

static inline struct where at(struct world *w, const char *path, uint32_t line)
{
    return (struct where){store_member(w->store, span_of(path)), line};
}

static inline void meminfo(struct world *w, enum field_id field, int64_t mib, uint32_t line)
{
    store_set(w->store, field, 0, mib << 20, at(w, "proc/meminfo", line));
}

/* pid 1..n with rss of pid MiB and pss of half of it; complete. */
static inline void processes(struct world *w, uint32_t n)
{
    for (uint32_t pid = 1; pid <= n; pid++) {
        const char *key = arena_printf(w->arena, "%u", pid);
        const char *status = arena_printf(w->arena, "proc/%u/status", pid);
        const char *rollup = arena_printf(w->arena, "proc/%u/smaps_rollup", pid);
        uint32_t row = store_row_by_key(w->store, T_processes, span_of(key), at(w, status, 0));
        store_set(w->store, F_processes_rss, row, (int64_t)pid << 20, at(w, status, 22));
        store_set(w->store, F_processes_pss, row, (int64_t)pid << 19, at(w, rollup, 3));
        store_set_text(w->store, F_processes_comm, row, SPAN_LIT("java"), at(w, status, 1));
    }
    store_set_complete(w->store, T_processes, 0, true, at(w, "manifest.jsonl", 8));
}

static inline uint32_t event(struct world *w, const char *constraint, int64_t usage, int64_t limit)
{
    uint32_t row = store_row_add(w->store, T_oom_events, 0);
    uint32_t line = row * 10;
    store_set(w->store, F_oom_events_event, row, row + 1, at(w, "dev/kmsg", line + 1));
    store_set_text(w->store, F_oom_events_constraint, row, span_of(constraint),
                   at(w, "dev/kmsg", line + 3));
    store_set(w->store, F_oom_events_usage, row, usage, at(w, "dev/kmsg", line + 2));
    store_set(w->store, F_oom_events_limit, row, limit, at(w, "dev/kmsg", line + 2));
    return row;
}

/* ---- rules */

static const char head[] = "format: 1\nid: t\ntitle: t\nkind: cause\nseverity: warning\n"
                           "status: draft\nbecause: b\ndo: [d]\ndont: [d]\nrefs: [r]\ntests: []\n";

/* Judges a rule made of the head and `keys`. */
static inline const struct finding *judge(struct world *w, const char *keys)
{
    struct err err = {0};
    struct ruleset *set = ruleset_new(w->arena);
    const char *text = arena_printf(w->arena, "%s%s", head, keys);
    if (!ruleset_add(set, "t.yaml", span_of(text), &err))
        fail_msg("%s:%u:%u: %s", err.source, err.line, err.column, err.text);
    w->findings = ruleset_eval(set, w->store, w->arena);
    return w->findings.items;
}

static inline const struct finding *judge_when(struct world *w, const char *when)
{
    return judge(w, arena_printf(w->arena, "say: s\nwhen: |\n  %s\n", when));
}

static inline void outcome_of(struct world *w, const char *when, enum rule_outcome outcome)
{
    const struct finding *finding = judge_when(w, when);
    if (finding->outcome != outcome)
        fail_msg("%s: outcome %d, expected %d", when, finding->outcome, outcome);
}

/* "member:line member:line" of the cited places. */
static inline const char *places(struct world *w, const struct ref *refs, size_t n)
{
    const char *text = "";
    for (size_t i = 0; i < n; i++) {
        struct where where = store_get(w->store, refs[i]).where;
        text = arena_printf(w->arena, "%s%s" SPAN_FMT ":%u", text, i ? " " : "",
                            SPAN_ARG(store_member_path(w->store, where.member)), where.line);
    }
    return text;
}

static inline const char *cites(struct world *w, const struct finding *finding)
{
    return places(w, finding->cites, finding->n_cites);
}

static inline const char *say(struct world *w, const struct finding *finding)
{
    const char *text = "";
    for (size_t i = 0; i < finding->say.n; i++) {
        const struct piece *piece = &finding->say.pieces[i];
        const char *mark = piece->kind == PIECE_EVIDENCE ? "`" : "";
        text =
            arena_printf(w->arena, "%s%s" SPAN_FMT "%s", text, mark, SPAN_ARG(piece->text), mark);
    }
    return text;
}

#define FRESH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

#endif
