/* SPDX-License-Identifier: MIT */
#include "cli/job.h"

#include "cli/print.h"
#include "cli/sandbox.h"
#include "derive/derive.h"
#include "parse/parse.h"
#include "rule/limits.h"

#include <string.h>

/* --limit rule_X=N sets the limit X of rule/limits.h. */
static bool limit_rules(const struct options *options, struct rule_limits *limits, struct err *err)
{
    for (int i = 0; i < LIMIT_COUNT; i++) {
        struct span name = span_of(limit_def((enum limit_id)i)->name);
        int64_t value = options->limits.value[i];
        if (span_eat(&name, "rule_") && !rule_limits_set(limits, name, (uint64_t)value))
            return err_set(err, ERR_USAGE, "--limit rule_" SPAN_FMT "=%lld: too large",
                           SPAN_ARG(name), (long long)value);
    }
    return true;
}

struct ruleset *job_rules(const struct options *options, struct arena *arena, struct err *err)
{
    struct ruleset *rules = ruleset_builtin(arena, options->given[OPT_test_rules], err);
    if (!rules || !limit_rules(options, ruleset_limits(rules), err))
        return NULL;
    for (size_t i = 0; i < options->n_rules; i++)
        if (!ruleset_add_directory(rules, options->rules[i], err)) {
            err_source(err, options->rules[i]);
            return NULL;
        }
    return rules;
}

bool job_open(struct job *job, const struct options *options, const struct ruleset *rules,
              const char *path, const char *before, struct err *err)
{
    *job = (struct job){.options = options, .rules = rules, .arena = arena_new()};
    job->store = store_new(job->arena);
    job->bundle = bundle_reach(path, &options->limits, job->arena, err);
    if (job->bundle && before)
        job->before = bundle_reach(before, &options->limits, job->arena, err);
    if (job->bundle && (job->before || !before))
        return true;
    job_close(job);
    return false;
}

void job_confine(const struct options *options, const int *folders, size_t n)
{
    const char *problem = sandbox_enter(&options->limits, folders, n);
    struct err err = {0};
    if (!problem)
        return;
    err_set(&err, ERR_INPUT, "%s", problem);
    print_error(&err);
}

/* A rule without a verdict for its cost is an observation as any limit is. */
static void tell_steps(struct job *job)
{
    long long most = (long long)job->options->limits.value[LIMIT_rule_steps];
    for (size_t i = 0; i < job->findings.n; i++)
        if (job->findings.items[i].over_limit)
            store_observe(job->store, OBS_OVER_LIMIT, (struct where){0},
                          "over the limit rule_steps=%lld: rule " SPAN_FMT " is undecided", most,
                          SPAN_ARG(job->findings.items[i].rule->id));
}

static bool is_over_limit(const struct store *store)
{
    for (uint32_t i = 0; i < store_observation_count(store); i++)
        if (store_observation(store, i)->kind == OBS_OVER_LIMIT)
            return true;
    return false;
}

bool job_run(struct job *job, struct err *err)
{
    static char digest[SHA256_HEX];
    int folders[] = {bundle_folder(job->bundle), job->before ? bundle_folder(job->before) : -1};
    job_confine(job->options, folders, 2);
    if (!bundle_begin(job->bundle, err) || (job->before && !bundle_begin(job->before, err)))
        return false;
    bool whole = parse_bundles(job->bundle, job->before, job->store);
    derive_all(job->store);
    job->findings = ruleset_eval(job->rules, job->store, job->arena);
    tell_steps(job);
    job->verdict = verdict_make(job->store, &job->findings, job->arena);
    if (bundle_digest(job->bundle, digest))
        job->verdict->input_sha256 = arena_copy(job->arena, span_of(digest));
    job->verdict->rules_digest = ruleset_digest(job->rules);
    job->is_partial = !whole || is_over_limit(job->store);
    return true;
}

void job_close(struct job *job)
{
    bundle_close(job->bundle);
    bundle_close(job->before);
    store_free(job->store);
    arena_free(job->arena);
}

static bool is_at(const struct job *job, enum rule_severity severity)
{
    return job->options->fail_on != FAIL_ON_NEVER && (int)severity >= (int)job->options->fail_on;
}

static bool is_found(const struct job *job, const struct finding *finding)
{
    if (finding->outcome == OUTCOME_UNKNOWN)
        return job->options->given[OPT_fail_on_unknown];
    return finding->outcome == OUTCOME_MATCH && is_at(job, finding->rule->severity);
}

/* Of a log that holds no more than the line of the kill all rules may be unknown. */
static bool has_incident(const struct job *job)
{
    const struct verdict *verdict = job->verdict;
    for (size_t i = 0; i < verdict->n_incidents; i++) {
        const struct incident *incident = &verdict->incidents[i];
        if (incident->kind != INCIDENT_NONE && incident->kind != INCIDENT_UNKNOWN &&
            is_at(job, incident->severity))
            return true;
    }
    return false;
}

enum exit_code job_exit_code(const struct job *job)
{
    if (job->is_partial)
        return EXIT_PARTLY;
    for (size_t i = 0; i < job->findings.n; i++)
        if (is_found(job, &job->findings.items[i]))
            return EXIT_FOUND;
    return has_incident(job) ? EXIT_FOUND : EXIT_FINE;
}
