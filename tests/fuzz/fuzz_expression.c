/* SPDX-License-Identifier: MIT */
/* Any bytes as an expression over a small store; "e" is a row of oom_events. */
#include "base/arena.h"
#include "rule/check.h"
#include "rule/eval.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static struct store *small_store(struct arena *arena)
{
    struct store *store = store_new(arena);
    struct where where = {store_member(store, SPAN_LIT("dev/kmsg")), 7};
    uint32_t event = store_row_add(store, T_oom_events, 0);
    store_set(store, F_oom_events_event, event, 1, where);
    store_set(store, F_oom_events_usage, event, INT64_MAX, where);
    store_set_unlimited(store, F_oom_events_limit, event, where);
    store_set_text(store, F_oom_events_constraint, event, SPAN_LIT("memcg"), where);
    store_set_complete(store, T_oom_events, 0, true, where);
    for (int64_t i = 0; i < 3; i++) {
        uint32_t task = store_row_add(store, T_oom_tasks, event);
        store_set(store, F_oom_tasks_rss, task, i, where);
        store_set(store, F_oom_tasks_oom_score_adj, task, -1000 * i, where);
    }
    store_set_complete(store, T_oom_tasks, event, true, where);
    store_set(store, F_meminfo_total, 0, 8192, where);
    return store;
}

static void evaluate(const struct expr *expr, struct arena *arena)
{
    struct eval eval = {.store = small_store(arena), .max_steps = 20000};
    struct value value = eval_node(&eval, expr->root);
    if (eval.over_steps && value.state != VALUE_UNKNOWN && expr->root->type != FACT_BOOL)
        abort();
    if (value.state != VALUE_UNKNOWN && value.lacks)
        abort();
    store_free((struct store *)eval.store);
    rope_free(&eval.rope);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct arena *arena = arena_new();
    struct err err = {0};
    struct rule_limits limits = rule_limits_default();
    struct expr expr = {.script = {.text = {(const char *)data, n},
                                   .file = "t.yaml",
                                   .line = 1,
                                   .column = 1,
                                   .limits = &limits,
                                   .arena = arena,
                                   .err = &err}};
    struct scope scope = {.rows = {{SPAN_LIT("e"), T_oom_events}}, .n_rows = 1};
    if (syntax_parse(&expr) && check_expr(&expr, &scope))
        evaluate(&expr, arena);
    else if (err.code != ERR_RULE || err.line == 0 || err.column == 0)
        abort();
    arena_free(arena);
    return 0;
}
