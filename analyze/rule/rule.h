/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_RULE_RULE_H
#define OOMSCOPE_RULE_RULE_H

#include "base/err.h"
#include "base/phrase.h"
#include "fact/store.h"

struct arena;
struct buf;

/* Rules as loaded and type-checked, and what they find in a store. Rules name facts and nothing
 * else. */

enum rule_kind { RULE_SCOPE, RULE_CAUSE, RULE_PRESSURE, RULE_MISTAKE, RULE_RISK };
enum rule_severity { SEVERITY_NOTICE, SEVERITY_WARNING, SEVERITY_CRITICAL };
enum rule_outcome { OUTCOME_MATCH, OUTCOME_CLEAR, OUTCOME_UNKNOWN, OUTCOME_NOT_APPLICABLE };

struct text_list {
    const struct span *items;
    size_t n;
};

/* What other rooms may know of a rule; all texts are our own (or the rule author's), not evidence.
 */
struct rule {
    struct span id, title, thresholds, because, status;
    enum rule_kind kind;
    enum rule_severity severity;
    struct text_list do_list, dont_list, false_positives, refs, supersedes, related;
    struct text_list coverage; /* rows of the coverage table that it meets */
    bool for_each;             /* one finding per row of `table` */
    enum table_id table;
    const struct rule_body *body; /* expressions; private to rule/ */
};

/* One verdict of one rule. For a rule with for_each, one per row that matches or is unknown; where
 * no row does, a single finding without a row. Everything lives in the arena given to ruleset_eval.
 */
struct finding {
    const struct rule *rule;
    enum rule_outcome outcome;
    uint32_t row;            /* of rule->table, or ROW_NONE */
    const struct ref *cites; /* facts read from evidence and completeness statements that decided;
                                sorted, unique */
    size_t n_cites;
    const struct ref
        *lacks; /* facts that were asked for and are absent; sorted, unique; empty unless unknown */
    size_t n_lacks;
    struct phrase say;      /* match only */
    const struct ref *said; /* match only: the facts that the sentence names; in the order of it */
    size_t n_said;
    const struct ref *context; /* known facts the rule wants shown; they decided nothing */
    size_t n_context;
    bool explains_known; /* match only: how many bytes this cause accounts for (rule key `explains`)
                          */
    int64_t explains_bytes;
    bool over_limit; /* unknown because a step limit was hit, not for lack of evidence; the caller
                        says so */
};

struct findings {
    const struct finding *items; /* ordered by severity (worst first), rule id, row */
    size_t n;
};

struct ruleset;
struct rule_limits;

struct ruleset *ruleset_new(struct arena *arena); /* without rules */
/* What rules may cost (rule/limits.h); to be changed before rules are added. */
struct rule_limits *ruleset_limits(struct ruleset *set);
/* The rules compiled into the program. Never fails: their errors fail the build. With tests they
 * are read from their YAML, without from what the build made of it. */
struct ruleset *ruleset_builtin(struct arena *arena, bool with_tests, struct err *err);
/* Adds a rule from YAML text; one with the id of an older one replaces it. False with
 * file:line:column on any error. */
bool ruleset_add(struct ruleset *set, const char *file, struct span yaml, struct err *err);
/* Adds every *.yaml of a directory, in name order. */
bool ruleset_add_directory(struct ruleset *set, const char *directory, struct err *err);
size_t ruleset_count(const struct ruleset *set);
const struct rule *ruleset_at(const struct ruleset *set, size_t index); /* in order of id */
const struct rule *ruleset_find(const struct ruleset *set, struct span id);
/* SHA-256 over the texts of all rules in order of id, 64 hex digits. */
struct span ruleset_digest(const struct ruleset *set);

struct findings ruleset_eval(const struct ruleset *set, struct store *store, struct arena *arena);

/* ---- for people: all texts end in a line feed, and evidence in them is made visible */

/* The rule as a page of a manual: title, why, do, don't, when a match is harmless, sources. */
void rule_manual(const struct rule *rule, struct buf *out);
/* How the rule came to its findings: the evaluation tree with values and places. */
void rule_explain(const struct rule *rule, struct store *store, struct buf *out);
/* All rules as the catalogue rules/INDEX.md. */
void ruleset_catalogue(const struct ruleset *set, struct buf *out);
/* One line per rule: severity, kind, id, title. */
void ruleset_list(const struct ruleset *set, struct buf *out);

/* What a rule reads, found in its expressions. `pattern` as in fact/schema.def. */
struct need {
    enum table_id table;
    enum field_id field; /* FIELD_NONE: that all rows of the table are there */
    struct span pattern; /* a file that says it */
};
struct needs {
    const struct need *items; /* in order of table, field and pattern; unique */
    size_t n;
};
struct needs rule_needs(const struct rule *rule, struct arena *arena);
/* The first file behind a fact, also one that is computed; "" when none is known. The file that
 * says which rows a table has. */
struct span field_file(enum field_id field, struct arena *arena);
struct span table_file(enum table_id table);
/* Lines "rule<TAB>fact<TAB>pattern". */
void ruleset_needs(const struct ruleset *set, struct buf *out);

/* The inline tests of all rules, as TAP. The hooks stand for the rooms that rule/ does not see. */
struct selftest_hooks {
    void *context;
    void (*begin)(void *context, struct store *store);
    void (*member)(void *context, struct store *store, struct span path, struct span text);
    void (*parsed)(void *context, struct store *store); /* after the last member */
    void (*derive)(void *context, struct store *store);
};
/* Number of tests that failed. */
size_t ruleset_selftest(const struct ruleset *set, const struct selftest_hooks *hooks,
                        struct buf *out);

#endif
