/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_COLLECT_TREE_H
#define OOMSCOPE_COLLECT_TREE_H

#include <stdbool.h>

#include "capture.h"

/* Called for each folder of a tree (name NULL) and for each name in it that is no folder. */
typedef void (*tree_visit)(struct capture *c, void *state, const char *folder, const char *name);

enum tree_end { TREE_WHOLE, TREE_STOPPED, TREE_TOO_DEEP, TREE_UNREADABLE, TREE_STUCK };

/* Walks the folders below root. */
enum tree_end tree_walk(struct capture *c, const char *root, tree_visit visit, void *state);
/* Visits one folder only; false where it cannot be listed. */
bool tree_folder(struct capture *c, const char *folder, tree_visit visit, void *state);

#endif
