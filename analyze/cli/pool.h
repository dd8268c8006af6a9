/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_CLI_POOL_H
#define OOMSCOPE_CLI_POOL_H

#include "base/buf.h"

#include <stdint.h>

/* Tasks in worker processes, at most `jobs` at once. A task that crashes takes nobody with it. */
struct pool {
    uint32_t jobs, tasks;
    void *context;
    /* In the worker: does task `index`, appends its result to out, returns the exit code. */
    int (*work)(void *context, uint32_t index, struct buf *out);
    /* In the parent, in the order of the tasks: the result and the exit code, or signal -N. */
    void (*done)(void *context, uint32_t index, struct span result, int code);
};

/* False when no worker could be started (errno says why); the tasks done so far were handed out. */
bool pool_run(const struct pool *pool);

#endif
