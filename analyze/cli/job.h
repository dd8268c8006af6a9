/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_CLI_JOB_H
#define OOMSCOPE_CLI_JOB_H

#include "base/arena.h"
#include "bundle/bundle.h"
#include "cli/options.h"
#include "verdict/verdict.h"

/* One bundle from its bytes to its verdict. */
/* Enters the sandbox; says so where it cannot. */
void job_confine(const struct options *options, const int *folders, size_t n);

struct job {
    const struct options *options;
    const struct ruleset *rules;
    struct arena *arena;
    struct bundle *bundle, *before; /* `before` may be NULL */
    struct store *store;
    struct findings findings;
    struct verdict *verdict;
    bool
        is_partial; /* input was damaged or over a limit: the verdict rests on what could be read */
};

/* All rules that the options name: those of the program and of --rules. NULL with ERR_RULE. */
struct ruleset *job_rules(const struct options *options, struct arena *arena, struct err *err);

/* Opens the input, and an older bundle of the same host unless `before` is NULL; reads nothing of
 * them. False with ERR_INPUT. */
bool job_open(struct job *job, const struct options *options, const struct ruleset *rules,
              const char *path, const char *before, struct err *err);
/* Gives up its rights, reads the input and judges. All that is to be written must be open by now.
 * False with ERR_INPUT. */
bool job_run(struct job *job, struct err *err);
void job_close(struct job *job);

/* 0, 1 or 2, by --fail-on and --fail-on-unknown. */
enum exit_code job_exit_code(const struct job *job);

#endif
