/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "out.h"
#include "gzip.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef RENAME_NOREPLACE
#define RENAME_NOREPLACE 1
#endif

static struct gzip gzip;

static void drain(struct out *o, const char *p, size_t n)
{
    while (n && !o->error) {
        ssize_t done = write(o->fd, p, n);

        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0) {
            o->error = done < 0 ? errno : EIO;
            return;
        }
        o->bytes_out += (uint64_t)done;
        p += done;
        n -= (size_t)done;
    }
}

static void drain_buffer(struct out *o)
{
    drain(o, o->buffer, o->used);
    o->used = 0;
}

static void put(void *to, const void *bytes, size_t n)
{
    struct out *o = to;
    const char *p = bytes;

    while (n && !o->error) {
        size_t room = sizeof(o->buffer) - o->used;
        size_t take = n < room ? n : room;

        memcpy(o->buffer + o->used, p, take);
        o->used += take;
        p += take;
        n -= take;
        if (o->used == sizeof(o->buffer))
            drain_buffer(o);
    }
}

void out_open_fd(struct out *o, int fd, bool use_gzip)
{
    memset(o, 0, offsetof(struct out, buffer));
    o->fd = fd;
    o->dir_fd = -1;
    o->gzip = use_gzip;
    if (use_gzip)
        gzip_start(&gzip, put, o);
}

/* Splits "a/b/name": opens the folder, keeps the names. */
static bool open_folder(struct out *o, const char *path, int *ret_dir_fd)
{
    static const char suffix[] = ".partial";
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    size_t len = strlen(name), folder_len = slash ? (size_t)(slash - path) + 1 : 0;

    if (len == 0 || len + sizeof(suffix) > sizeof(o->partial) || folder_len >= sizeof(folder)) {
        errno = len ? ENAMETOOLONG : EISDIR;
        return false;
    }
    memcpy(folder, path, folder_len);
    folder[folder_len] = '\0';
    *ret_dir_fd = open(slash ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    memcpy(o->name, name, len + 1);
    memcpy(o->partial, name, len);
    memcpy(o->partial + len, suffix, sizeof(suffix));
    return *ret_dir_fd >= 0;
}

bool out_open_file(struct out *o, const char *path, bool use_gzip)
{
    struct stat st;
    int dir_fd, fd;

    o->refused = path;
    if (!open_folder(o, path, &dir_fd))
        return false;
    if (fstatat(dir_fd, o->name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
        close(dir_fd);
        errno = EEXIST;
        return false;
    }
    fd = openat(dir_fd, o->partial, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0) {
        if (errno == EEXIST)
            o->refused = o->partial;
        close(dir_fd);
        return false;
    }
    /* The names stand; the rest starts afresh. */
    o->fd = fd;
    o->dir_fd = dir_fd;
    o->gzip = use_gzip;
    o->error = 0;
    o->bytes = o->bytes_out = 0;
    o->used = 0;
    if (use_gzip)
        gzip_start(&gzip, put, o);
    return true;
}

void out_write(struct out *o, const void *bytes, size_t n)
{
    o->bytes += n;
    if (o->error)
        return;
    if (o->gzip)
        gzip_add(&gzip, bytes, n);
    else
        put(o, bytes, n);
}

void out_flush(struct out *o)
{
    if (o->gzip && !o->error)
        gzip_sync(&gzip);
    drain_buffer(o);
}

/* Old kernels and some file systems lack RENAME_NOREPLACE: a hard link refuses just as well. */
static int give_name(const struct out *o)
{
    if (syscall(SYS_renameat2, o->dir_fd, o->partial, o->dir_fd, o->name, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != ENOSYS && errno != EINVAL)
        return errno;
    if (linkat(o->dir_fd, o->partial, o->dir_fd, o->name, 0) != 0)
        return errno;
    return unlinkat(o->dir_fd, o->partial, 0) == 0 ? 0 : errno;
}

bool out_close(struct out *o)
{
    if (o->gzip && !o->error)
        gzip_end(&gzip);
    drain_buffer(o);
    if (o->dir_fd < 0)
        return o->error == 0;
    if (!o->error && fdatasync(o->fd) != 0)
        o->error = errno;
    if (close(o->fd) != 0 && !o->error)
        o->error = errno;
    if (!o->error)
        o->error = give_name(o);
    if (!o->error)
        fsync(o->dir_fd);
    close(o->dir_fd);
    return o->error == 0;
}
