/* SPDX-License-Identifier: MIT */
/* Opening a bundle, closing it, and what is known of it as a whole. */
#include "bundle/bundle_parts.h"

#include "base/arena.h"

#include <stdlib.h>
#include <unistd.h>

struct bundle *bundle_reach(const char *path, const struct limits *limits, struct arena *arena,
                            struct err *err)
{
    bool is_folder;
    int fd = source_reach(path, &is_folder, err);
    if (fd < 0) {
        err_source(err, path);
        return NULL;
    }
    struct bundle *b = base_realloc(NULL, 1, sizeof(*b));
    *b = (struct bundle){.arena = arena, .limits = *limits, .fd = fd, .is_folder = is_folder};
    b->input = arena_printf(arena, "%s", path);
    sha256_start(&b->sha);
    return b;
}

int bundle_folder(const struct bundle *bundle)
{
    return bundle->is_folder ? bundle->fd : -1;
}

bool bundle_begin(struct bundle *b, struct err *err)
{
    int fd = b->fd;
    b->fd = -1;
    b->source = source_begin(fd, source_name(b->input), &b->limits, &b->sha, err);
    if (!b->source) {
        err_source(err, b->input);
        return false;
    }
    b->form = b->source->form;
    return true;
}

struct bundle *bundle_open(const char *path, const struct limits *limits, struct arena *arena,
                           struct err *err)
{
    struct bundle *b = bundle_reach(path, limits, arena, err);
    if (b && bundle_begin(b, err))
        return b;
    bundle_close(b);
    return NULL;
}

void bundle_close(struct bundle *bundle)
{
    if (!bundle)
        return;
    if (bundle->fd >= 0)
        close(bundle->fd);
    if (bundle->source)
        bundle->source->close(bundle->source);
    notes_free(&bundle->notes);
    map_free(&bundle->seen);
    buf_free(&bundle->path);
    buf_free(&bundle->text);
    free(bundle);
}

/* ---- what is known of it */

enum bundle_form bundle_form(const struct bundle *bundle)
{
    return bundle->form;
}

const struct limits *bundle_limits(const struct bundle *bundle)
{
    return &bundle->limits;
}

uint32_t bundle_note_count(const struct bundle *bundle)
{
    return bundle->notes.n;
}

const struct note *bundle_note(const struct bundle *bundle, uint32_t index)
{
    return &bundle->notes.items[index];
}

bool bundle_is_partial(const struct bundle *bundle)
{
    return bundle->notes.loses;
}
