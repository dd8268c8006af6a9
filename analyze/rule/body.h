/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_RULE_BODY_H
#define OOMSCOPE_RULE_BODY_H

#include "rule/check.h"
#include "rule/rule.h"

/* What the files of rule/ share of a loaded rule; nobody else includes it. */

struct rule_let {
    struct span name;
    struct expr expr;
};

enum say_mark { SAY_TEXT, SAY_OPTIONAL, SAY_END };
struct say_piece {
    enum say_mark
        mark;          /* SAY_OPTIONAL ... SAY_END: left out when a value between them is unknown */
    struct span text;  /* our prose, or what stood between the braces */
    struct expr *expr; /* NULL for prose */
};

struct rule_test {
    struct span name;
    uint32_t line;
    struct given {
        struct span member, text;
    } * given;
    size_t n_given;
    enum rule_outcome expect;
    bool has_cites;
    struct text_list cites, lacks, incomplete;
};

struct rule_body {
    const char *file;
    struct span yaml;                             /* the text of the file */
    struct expr applies, binding, when, explains; /* root NULL where the rule has none */
    struct rule_let *lets;
    struct scope_let *scope_lets; /* beside lets: their types */
    uint32_t n_lets;
    struct say_piece *say;
    size_t n_say;
    struct expr *context; /* paths, lets and NODE_MAX with number = N for top() */
    size_t n_context;
    struct rule_test *tests;
    size_t n_tests;
};

extern const char *const rule_kind_names[];     /* by enum rule_kind */
extern const char *const rule_severity_names[]; /* by enum rule_severity */
extern const char *const rule_outcome_names[];  /* by enum rule_outcome */

/* Loads one rule file: YAML, keys, names, types, tests. NULL with err. The rule keeps spans of
 * `yaml`. */
struct rule *rule_load(const char *file, struct span yaml, const struct rule_limits *limits,
                       struct arena *arena, struct err *err);

/* Puts a rule of the set's arena into the set, over one of the same id. */
void ruleset_put(struct ruleset *set, struct rule *rule);
/* What ruleset_digest would compute, until the next rule is put; the caller keeps the text. */
void ruleset_know_digest(struct ruleset *set, struct span digest);

/* Evaluates one rule over a store and appends its findings to `list`. */
struct finding_list {
    struct finding *items;
    size_t n, room;
};
void rule_judge(const struct rule *rule, struct store *store, const struct rule_limits *limits,
                struct arena *arena, struct finding_list *list);

/* The evaluation tree; every line begins with `prefix`. */
void rule_explain_to(const struct rule *rule, struct store *store, const char *prefix,
                     struct buf *out);

#endif
