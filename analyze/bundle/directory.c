/* SPDX-License-Identifier: MIT */
#include "bundle/source.h"

#include "base/arena.h"
#include "base/buf.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A directory walked in the order of names, so that the same tree gives the same bytes out. Each
 * step goes down from an open folder by one name and follows no link, so nothing outside the tree
 * can be reached, and a tree that changes under the walk cannot lead it away. */

static const char cannot_list[] = "a folder that cannot be listed";

struct frame {
    int fd;
    char **names;
    size_t n, next;
    size_t path_bytes; /* length of the folder's own path, with its slash */
};

struct directory {
    struct source source;
    struct limits limits;
    struct frame *frames;
    size_t depth, room;
    struct buf path;
    int folder;       /* fd of the folder of the current file, borrowed from a frame */
    const char *name; /* of the current file; NULL once it was opened */
    int file;         /* fd of the current file, -1 */
    int64_t listed;   /* names read so far */
    bool is_odd;      /* the folder itself could not be listed, and that is not said yet */
    uint64_t read_bytes;
    char piece[256 * 1024];
};

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool is_dots(const char *name)
{
    return name[0] == '.' && (!name[1] || (name[1] == '.' && !name[2]));
}

static void frame_add(struct frame *frame, const char *text)
{
    struct span name = span_of(text);
    if (!(frame->n & (frame->n - 1)))
        frame->names = base_realloc(frame->names, frame->n ? 2 * frame->n : 1, sizeof(char *));
    frame->names[frame->n] = base_realloc(NULL, name.n + 1, 1);
    memcpy(frame->names[frame->n++], text, name.n + 1);
}

/* The names in it. False when there may be more, which cannot be read. */
static bool frame_list(struct directory *d, struct frame *frame, DIR *dir)
{
    /* one more than the limit, so that the bundle sees that there is more */
    while (d->listed <= d->limits.value[LIMIT_members]) {
        errno = 0;
        struct dirent *item = readdir(dir);
        if (!item)
            return errno == 0;
        if (is_dots(item->d_name))
            continue;
        frame_add(frame, item->d_name);
        d->listed++;
    }
    return true;
}

/* Takes over fd. False when it cannot be listed, or not to its end. */
static bool frame_fill(struct directory *d, struct frame *frame, int fd)
{
    int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    DIR *dir = copy < 0 ? NULL : fdopendir(copy);
    *frame = (struct frame){.fd = fd, .path_bytes = d->path.n};
    if (!dir) {
        if (copy >= 0)
            close(copy);
        return false;
    }
    bool listed = frame_list(d, frame, dir);
    int error = errno;
    closedir(dir);
    if (frame->n)
        qsort(frame->names, frame->n, sizeof(char *), by_name);
    errno = error;
    return listed;
}

static void frame_drop(struct frame *frame)
{
    for (size_t i = 0; i < frame->n; i++)
        free(frame->names[i]);
    free(frame->names);
    close(frame->fd);
}

static enum source_result cut(struct directory *d, const char *what)
{
    snprintf(d->source.text, sizeof(d->source.text), "%s: %s", what, strerror(errno));
    return SOURCE_CUT;
}

static bool push(struct directory *d, int fd)
{
    if (d->depth == d->room) {
        d->room = d->room ? 2 * d->room : 16;
        d->frames = base_realloc(d->frames, d->room, sizeof(*d->frames));
    }
    bool listed = frame_fill(d, &d->frames[d->depth], fd);
    d->depth++;
    return listed;
}

static enum entry_kind kind_of(mode_t mode)
{
    switch (mode & S_IFMT) {
    case S_IFREG:
        return ENTRY_FILE;
    case S_IFDIR:
        return ENTRY_DIRECTORY;
    case S_IFLNK:
        return ENTRY_SYMLINK;
    case S_IFIFO:
        return ENTRY_FIFO;
    case S_IFSOCK:
        return ENTRY_SOCKET;
    default:
        return ENTRY_DEVICE;
    }
}

/* Goes into the folder `name`; what keeps it out is said, and the walk goes on beside it. */
static enum source_result descend(struct directory *d, struct frame *frame, const char *name)
{
    int fd = openat(frame->fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return cut(d, "a folder that cannot be opened");
    buf_char(&d->path, '/');
    return push(d, fd) ? SOURCE_OK : cut(d, cannot_list);
}

static enum source_result step(struct directory *d, struct entry *ret_entry)
{
    struct frame *frame = &d->frames[d->depth - 1];
    const char *name = frame->names[frame->next++];
    struct stat st;
    d->path.n = frame->path_bytes;
    buf_str(&d->path, name);
    *ret_entry = (struct entry){ENTRY_FILE, buf_span(&d->path), -1};
    if (fstatat(frame->fd, name, &st, AT_SYMLINK_NOFOLLOW))
        return cut(d, "a file that went away") == SOURCE_CUT ? SOURCE_WARN : SOURCE_OK;
    ret_entry->kind = kind_of(st.st_mode);
    if (ret_entry->kind == ENTRY_DIRECTORY) {
        enum source_result result = descend(d, frame, name);
        ret_entry->path = span_slice(buf_span(&d->path), 0, d->path.n);
        return result == SOURCE_OK ? SOURCE_OK : SOURCE_WARN;
    }
    d->folder = frame->fd;
    d->name = name;
    return SOURCE_OK;
}

static enum source_result directory_next(struct source *source, struct entry *ret_entry)
{
    struct directory *d = (struct directory *)source;
    if (d->file >= 0)
        close(d->file);
    d->file = -1;
    d->name = NULL;
    if (d->is_odd) {
        d->is_odd = false;
        *ret_entry = (struct entry){ENTRY_DIRECTORY, SPAN_LIT("."), -1};
        return SOURCE_WARN;
    }
    while (d->depth && d->frames[d->depth - 1].next == d->frames[d->depth - 1].n)
        frame_drop(&d->frames[--d->depth]);
    return d->depth ? step(d, ret_entry) : SOURCE_END;
}

/* O_NONBLOCK: a FIFO put in place of the file must not hold the program up. */
static bool open_file(struct directory *d)
{
    struct stat st;
    d->file = openat(d->folder, d->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    d->name = NULL;
    if (d->file < 0 || fstat(d->file, &st))
        return false;
    if (!S_ISREG(st.st_mode)) {
        errno = ESTALE;
        return false;
    }
    sha256_add(d->source.sha, d->path.p, d->path.n);
    sha256_add(d->source.sha, "", 1);
    return true;
}

static enum source_result directory_read(struct source *source, struct span *ret_piece)
{
    struct directory *d = (struct directory *)source;
    if (d->name && !open_file(d))
        return cut(d, "cannot be opened");
    if (d->file < 0)
        return SOURCE_END;
    ssize_t n;
    do
        n = read(d->file, d->piece, sizeof(d->piece));
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return cut(d, "cannot be read");
    d->read_bytes += (uint64_t)n;
    sha256_add(source->sha, d->piece, (size_t)n);
    *ret_piece = (struct span){d->piece, (size_t)n};
    return n ? SOURCE_OK : SOURCE_END;
}

static enum source_result directory_finish(struct source *source)
{
    (void)source;
    return SOURCE_OK;
}

static void directory_close(struct source *source)
{
    struct directory *d = (struct directory *)source;
    if (d->file >= 0)
        close(d->file);
    while (d->depth)
        frame_drop(&d->frames[--d->depth]);
    free(d->frames);
    buf_free(&d->path);
    free(d);
}

static uint64_t directory_packed_bytes(const struct source *source)
{
    return ((const struct directory *)source)->read_bytes;
}

struct source *directory_open(int fd, const struct limits *limits, struct sha256 *sha)
{
    struct directory *d = base_realloc(NULL, 1, sizeof(*d));
    *d = (struct directory){
        .source = {directory_next, directory_read, directory_finish, directory_close,
                   directory_packed_bytes, sha, .form = BUNDLE_DIRECTORY},
        .limits = *limits,
        .file = -1,
    };
    d->is_odd = !push(d, fd) && cut(d, cannot_list) == SOURCE_CUT;
    return &d->source;
}
