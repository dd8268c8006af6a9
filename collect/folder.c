/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "folder.h"
#include "path.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* struct linux_dirent64 of getdents64(2). */
struct entry {
    uint64_t inode;
    int64_t offset;
    uint16_t length;
    uint8_t type;
    char name[];
};

#define TYPE_UNKNOWN 0
#define TYPE_FOLDER  4

bool folder_open(struct folder *f, int root_fd, bool confined, const char *path)
{
    f->at = f->fill = 0;
    f->error = 0;
    f->fd = path_open(root_fd, confined, *path ? path : ".", O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    return f->fd >= 0;
}

static bool refill(struct folder *f)
{
    long n = syscall(SYS_getdents64, f->fd, f->buffer, sizeof(f->buffer));

    f->at = 0;
    f->fill = n > 0 ? (size_t)n : 0;
    if (n < 0)
        f->error = errno;
    return n > 0;
}

static bool is_dots(const char *name)
{
    return name[0] == '.' && (name[1] == '\0' || (name[1] == '.' && name[2] == '\0'));
}

const char *folder_next(struct folder *f, bool *ret_is_folder)
{
    for (;;) {
        const struct entry *e;

        if (f->at == f->fill && !refill(f))
            return NULL;
        e = (const struct entry *)(const void *)(f->buffer + f->at);
        f->at += e->length;
        if (is_dots(e->name))
            continue;
        if (ret_is_folder)
            *ret_is_folder = e->type == TYPE_FOLDER || e->type == TYPE_UNKNOWN;
        return e->name;
    }
}

void folder_rewind(struct folder *f)
{
    lseek(f->fd, 0, SEEK_SET);
    f->at = f->fill = 0;
    f->error = 0;
}

void folder_close(struct folder *f)
{
    if (f->fd >= 0)
        close(f->fd);
    f->fd = -1;
}
