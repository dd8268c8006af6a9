/* SPDX-License-Identifier: MIT */
#include "walk.h"
#include "clock.h"
#include "folder.h"
#include "text.h"

#include <errno.h>
#include <limits.h>
#include <stdatomic.h>
#include <string.h>

/* The walk in work: one open folder for each level; a listing goes on where it was left for a
 * subfolder. */
static struct walk {
    struct folder levels[WALK_DEPTH];
    size_t lengths[WALK_DEPTH]; /* of the path at each level */
    unsigned open;              /* levels, 0: the walk has ended */
    char root[PATH_MAX];
    bool flat;
    bool naming;      /* the names of the deepest level are listed, not yet its folders */
    bool has_folders; /* that level, as far as it is listed */
    uint64_t given;   /* records */
    uint64_t skip;
    char pending; /* sign of a record that did not fit, 0 if none */
    const char *pending_text;
    char *path;
    char *data;
    uint32_t used, room;
} walk;

/* False where there is no room: the record waits. */
static bool put(struct walk *w, char sign, const char *text)
{
    size_t need = strlen(text) + 2;

    w->pending = 0;
    if (w->given >= w->skip) {
        if (need > w->room - w->used) {
            w->pending = sign;
            w->pending_text = text;
            return false;
        }
        w->data[w->used] = sign;
        memcpy(w->data + w->used + 1, text, need - 1);
        w->used += (uint32_t)need;
    }
    w->given++;
    return true;
}

/* A name of unknown type that is no folder, or one that went away. */
static bool is_no_folder(int error)
{
    return error == ENOENT || error == ENOTDIR || error == ENODEV || error == ELOOP ||
           error == ENXIO;
}

/* Opens the folder at the path as the next level. */
static bool enter(struct walk *w, const struct walk_ask *ask)
{
    uint64_t hash = text_hash(w->path);

    for (unsigned i = 0; i < WALK_AVOIDED; i++) {
        if (ask->avoid[i] == hash) {
            errno = ETIMEDOUT;
            return false;
        }
    }
    atomic_store(ask->beat, clock_now_ns());
    if (!folder_open(&w->levels[w->open], ask->root_fd, ask->confined, w->path))
        return false;
    w->lengths[w->open++] = strlen(w->path);
    w->naming = true;
    w->has_folders = false;
    return true;
}

/* Back to the folder above. */
static void leave(struct walk *w)
{
    folder_close(&w->levels[--w->open]);
    if (w->open)
        w->path[w->lengths[w->open - 1]] = '\0';
    w->naming = false;
}

static void drop(struct walk *w)
{
    while (w->open)
        leave(w);
    w->pending = 0;
}

static bool push(struct walk *w, const char *name)
{
    size_t len = w->lengths[w->open - 1], n = strlen(name);

    if (w->open == WALK_DEPTH || len + 1 + n >= PATH_MAX)
        return false;
    w->path[len] = '/';
    memcpy(w->path + len + 1, name, n + 1);
    return true;
}

static bool put_names(struct walk *w, struct folder *f)
{
    const char *name;
    bool is_folder;

    while ((name = folder_next(f, &is_folder))) {
        if (is_folder && !w->flat)
            w->has_folders = true;
        else if (!put(w, is_folder ? WALK_FOLDER : WALK_NAME, name))
            return false;
    }
    return true;
}

static bool put_broken(struct walk *w, const char *how)
{
    return put(w, WALK_BROKEN, how);
}

/* The next folder of the deepest level, or the end of that level. */
static bool descend(struct walk *w, const struct walk_ask *ask, struct folder *f)
{
    const char *name;
    bool is_folder = false, broken;

    while ((name = folder_next(f, &is_folder)) && !is_folder) {
    }
    if (!name) {
        broken = f->error && !is_no_folder(f->error);
        leave(w);
        return !broken || put_broken(w, "unreadable");
    }
    if (!push(w, name))
        return put_broken(w, "deep");
    if (enter(w, ask))
        return put(w, WALK_ENTERED, w->path);
    broken = !is_no_folder(errno);
    w->path[w->lengths[w->open - 1]] = '\0';
    return !broken || put_broken(w, "unreadable");
}

/* Until the room is used up (false) or the walk has ended. */
static bool go_on(struct walk *w, const struct walk_ask *ask)
{
    if (w->pending && !put(w, w->pending, w->pending_text))
        return false;
    while (w->open) {
        struct folder *f = &w->levels[w->open - 1];

        if (!w->naming) {
            if (!descend(w, ask, f))
                return false;
            continue;
        }
        if (!put_names(w, f))
            return false;
        /* A level without folders, or whose listing broke off, has come to its end. */
        w->naming = false;
        if (w->has_folders && !f->error)
            folder_rewind(f);
    }
    return true;
}

int walk_on(const struct walk_ask *ask, char *data, uint32_t room, uint32_t *ret_bytes,
            bool *ret_more)
{
    struct walk *w = &walk;
    size_t len = strlen(ask->path);
    bool goes_on = w->path && w->flat == ask->flat && w->given == ask->skip && ask->skip &&
                   (w->open || w->pending) && strcmp(w->root, ask->path) == 0;

    w->data = data;
    w->room = room;
    w->used = 0;
    w->path = ask->where;
    w->skip = ask->skip;
    if (!goes_on) {
        drop(w);
        w->given = 0;
        w->flat = ask->flat;
        memcpy(w->root, ask->path, len + 1);
        memcpy(w->path, ask->path, len + 1);
        if (len > 1 && w->path[len - 1] == '/')
            w->path[len - 1] = '\0';
        if (!enter(w, ask))
            return errno;
        if (!w->flat)
            put(w, WALK_ENTERED, w->path);
    }
    *ret_more = !go_on(w, ask);
    *ret_bytes = w->used;
    return 0;
}
