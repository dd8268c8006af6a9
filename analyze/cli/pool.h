/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_CLI_POOL_H
#define OOMSCOPE_CLI_POOL_H

#include "base/buf.h"
#include "bundle/limits.h"
#include "cli/options.h"

#include <stdint.h>

/* Tasks in worker processes, at most `jobs` at once. A task that crashes or hangs takes nobody with
 * it: it is ended after `deadline_s`, and all are when the parent ends. */
struct pool {
    uint32_t jobs, tasks;
    uint32_t deadline_s;
    void *context;
    /* In the worker: does task `index`, appends its result to out, returns the exit code. */
    int (*work)(void *context, uint32_t index, struct buf *out);
    /* In the parent, in the order of the tasks: the result and the exit code, or signal -N. */
    void (*done)(void *context, uint32_t index, struct span result, int code);
};

/* False when no worker could be started (errno says why); the tasks done so far were handed out. */
bool pool_run(const struct pool *pool);

/* By --limit wall_s. */
uint32_t pool_deadline_s(const struct options *options);
/* Why there is no result, from the code that `done` got; one line. */
void pool_reason(int code, const struct limits *limits, struct buf *out);

#endif
