/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_COLLECT_TREE_H
#define OOMSCOPE_COLLECT_TREE_H

#include <stdbool.h>

#include "capture.h"

#define TREE_DEPTH 48

/* Called for each folder of a tree (name NULL) and for each name in it that is no folder. */
typedef void (*tree_visit)(struct capture *c, void *state, const char *folder, const char *name);

enum tree_end { TREE_WHOLE, TREE_STOPPED, TREE_TOO_DEEP, TREE_UNREADABLE };

/* Walks the folders below root: names by getdents64, nothing is stat'ed, no link is followed. */
enum tree_end tree_walk(struct capture *c, const char *root, tree_visit visit, void *state);
/* Visits one folder only; false where it cannot be opened. */
bool tree_folder(struct capture *c, const char *folder, tree_visit visit, void *state);

#endif
