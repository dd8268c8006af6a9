/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_COLLECT_CAPTURE_H
#define OOMSCOPE_COLLECT_CAPTURE_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "budget.h"
#include "host.h"
#include "manifest.h"
#include "options.h"
#include "out.h"
#include "pseudonym.h"
#include "reads.h"
#include "self.h"

struct history;

/* All that one capture knows. */
struct capture {
    const struct options *options;
    struct out out;
    struct manifest manifest;
    struct reads reads;
    struct budget budget;
    struct host host;
    struct pseudonym pseudonym;
    int root_fd;
    char sample[32]; /* "" or "samples/N/": goes before each member's path */
    bool partial;    /* something was cut that the plan holds */
    struct self self;
    const struct history *history; /* NULL: nothing was kept from before */
    uint32_t rstat_us;             /* spent in files that flush statistics */
};

/* Set by SIGTERM, SIGINT, SIGHUP to their number: the capture ends as soon as it can. */
extern volatile sig_atomic_t capture_signal;

/* Installs the handlers of capture_signal; a closed pipe or a full quota is an errno, no signal. */
void capture_signals(void);
/* Opens the root and starts the process that reads, while there is memory for it; false with errno
 * where the root cannot be opened. options and pseudonym are set. */
bool capture_prepare(struct capture *c);
/* One capture, prepared, to c->out, which is open. Returns an exit code. */
int capture_run(struct capture *c);

#endif
