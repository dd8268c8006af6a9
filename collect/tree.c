/* SPDX-License-Identifier: MIT */
#include "tree.h"
#include "evidence.h"
#include "folder.h"

#include <errno.h>
#include <string.h>

/* One open folder for each level: a listing goes on where it was left for a subfolder. */
static struct folder levels[TREE_DEPTH];
static size_t lengths[TREE_DEPTH]; /* of the path at each level */
static char path[PATH_MAX];

/* Tells of all that is in the folder; true where it has folders of its own. */
static bool visit_names(struct capture *c, struct folder *f, tree_visit visit, void *state)
{
    const char *name;
    bool is_folder, any = false;

    visit(c, state, path, NULL);
    while ((name = folder_next(f, &is_folder))) {
        if (is_folder)
            any = true;
        else
            visit(c, state, path, name);
    }
    return any;
}

static const char *next_folder(struct folder *f)
{
    const char *name;
    bool is_folder;

    while ((name = folder_next(f, &is_folder)))
        if (is_folder)
            return name;
    return NULL;
}

/* Opens the folder at path as a level, tells of its names, and is ready to list its folders. */
static bool enter(struct capture *c, unsigned level, tree_visit visit, void *state)
{
    struct folder *f = &levels[level];

    if (!folder_open(f, c->root_fd, c->options->root != NULL, path))
        return false;
    c->budget.inodes++;
    if (visit_names(c, f, visit, state))
        folder_rewind(f);
    return true;
}

/* A name of unknown type that is no folder, or one that went away. */
static bool is_no_folder(int error)
{
    return error == ENOENT || error == ENOTDIR || error == ENODEV || error == ELOOP ||
           error == ENXIO;
}

static bool push(unsigned level, const char *name)
{
    size_t len = lengths[level], n = strlen(name);

    if (len + 1 + n >= sizeof(path))
        return false;
    path[len] = '/';
    memcpy(path + len + 1, name, n + 1);
    lengths[level + 1] = len + 1 + n;
    return true;
}

enum tree_end tree_walk(struct capture *c, const char *root, tree_visit visit, void *state)
{
    enum tree_end end = TREE_WHOLE;
    unsigned level = 0;

    lengths[0] = strlen(root);
    memcpy(path, root, lengths[0] + 1);
    if (!enter(c, 0, visit, state))
        return TREE_UNREADABLE;
    for (;;) {
        const char *name = evidence_stopped(c) ? NULL : next_folder(&levels[level]);

        if (!name) {
            if (levels[level].error && !is_no_folder(levels[level].error))
                end = TREE_UNREADABLE;
            folder_close(&levels[level]);
            if (level == 0)
                break;
            path[lengths[--level]] = '\0';
        } else if (level + 1 == TREE_DEPTH || !push(level, name)) {
            end = TREE_TOO_DEEP;
        } else if (enter(c, level + 1, visit, state)) {
            level++;
        } else {
            if (!is_no_folder(errno))
                end = TREE_UNREADABLE;
            path[lengths[level]] = '\0';
        }
    }
    return evidence_stopped(c) ? TREE_STOPPED : end;
}

bool tree_folder(struct capture *c, const char *folder, tree_visit visit, void *state)
{
    size_t len = strlen(folder);

    if (len >= sizeof(path))
        return false;
    memcpy(path, folder, len + 1);
    if (!enter(c, 0, visit, state))
        return false;
    folder_close(&levels[0]);
    return true;
}
