/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_COLLECT_CGROUPS_H
#define OOMSCOPE_COLLECT_CGROUPS_H

#include <stdint.h>

#include "capture.h"
#include "names.h"

#define CGROUPS_LARGEST    64
#define CGROUPS_PATH_BYTES 512
#define CGROUPS_DONE       512

/* One of the largest cgroups: its path below the tree's root, "" or "/a/b". */
struct cgroup {
    uint64_t bytes;
    char path[CGROUPS_PATH_BYTES];
};

/* The memory controller's tree and what was read of it. */
struct cgroups {
    const char *root;     /* of the tree, "sys/fs/cgroup"; NULL: there is none */
    unsigned first, last; /* its rows of the plan */
    uint64_t seen, captured;
    bool walk_ended;
    bool too_deep;
    unsigned largest_count;
    struct cgroup largest[CGROUPS_LARGEST]; /* largest first */
    unsigned done_count;
    uint64_t done[CGROUPS_DONE]; /* hashes of paths of which all files were read */
};

/* Finds the tree. */
void cgroups_start(struct capture *c, struct cgroups *g);
/* All files of the cgroups that the kernel log names, of this process's own, of their ancestors,
 * and of the root, which comes first but for what is expensive there. */
void cgroups_named(struct capture *c, struct cgroups *g, const struct names *names);
/* Sizes of all, then the files of the largest, then the cheap files of all; the table's line. */
void cgroups_capture(struct capture *c, struct cgroups *g);
/* memory.stat of the others, while that is quick; the other trees of version 1. */
void cgroups_rest(struct capture *c, struct cgroups *g);
/* The moving files of the named and the largest, for a sample. */
void cgroups_sample(struct capture *c, struct cgroups *g, const struct names *names);

#endif
