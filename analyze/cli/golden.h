/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_CLI_GOLDEN_H
#define OOMSCOPE_CLI_GOLDEN_H

#include "cli/output.h"
#include "cli/job.h"

/* What a case may keep beside expect.yaml: expected.json and expected.md, the whole verdict to the
 * letter. Only the digest of the rules is zeros in them, since a comma in any rule changes it. */
enum { GOLDENS = 2 };

struct golden {
    const char *name;
    enum format format;
    bool exists;
    struct span text;
    struct output output; /* open only where it is to be written anew */
};

struct goldens {
    struct golden golden[GOLDENS];
    bool any;
};

/* Reads what is there, and opens it for writing where `update`; before rights are given up. */
bool goldens_read(struct goldens *goldens, const char *folder, bool update, struct arena *arena,
                  struct err *err);
/* After job_run: a line for each difference to out, or writes what differs. */
void goldens_compare(struct goldens *goldens, const struct job *job, struct buf *out);

/* The whole text of a file, in the arena. */
bool golden_slurp(const char *path, struct arena *arena, struct span *ret, struct err *err);

#endif
