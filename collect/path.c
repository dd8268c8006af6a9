/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "path.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ALWAYS (O_CLOEXEC | O_NOCTTY | O_NONBLOCK)

/* linux/openat2.h, which musl does not bring. */
struct how {
    uint64_t flags;
    uint64_t mode;
    uint64_t resolve;
};
#define HOW_NO_MAGIC_LINKS 0x02
#define HOW_IN_ROOT        0x10

/* Kernels before 5.6: no link is followed on the way, so none can lead out. */
static int open_stepwise(int root_fd, const char *path, int flags)
{
    int at = dup(root_fd);

    while (at >= 0) {
        char part[NAME_MAX + 1];
        const char *slash = strchr(path, '/');
        size_t len = slash ? (size_t)(slash - path) : strlen(path);
        int next;

        if (len > NAME_MAX || (len == 2 && memcmp(path, "..", 2) == 0)) {
            close(at);
            errno = len > NAME_MAX ? ENAMETOOLONG : ELOOP;
            return -1;
        }
        memcpy(part, len ? path : ".", len ? len : 1);
        part[len ? len : 1] = '\0';
        next = openat(at, part,
                      slash ? O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
                            : flags | O_NOFOLLOW | ALWAYS);
        close(at);
        if (!slash || next < 0)
            return next;
        at = next;
        path = slash + 1;
    }
    return -1;
}

static int open_inside(int root_fd, const char *path, int flags)
{
    struct how how = {.flags = (uint64_t)(flags | ((flags & O_PATH) ? O_CLOEXEC : ALWAYS)),
                      .resolve = HOW_IN_ROOT | HOW_NO_MAGIC_LINKS};
    int fd = (int)syscall(SYS_openat2, root_fd, path, &how, sizeof(how));

    if (fd < 0 && (errno == ENOSYS || errno == EPERM))
        return open_stepwise(root_fd, path, flags);
    return fd;
}

static int open_confined(int root_fd, const char *path, int flags)
{
    struct stat st;
    int known;
    int fd = open_inside(root_fd, path, O_PATH | (flags & O_NOFOLLOW));

    if (fd < 0)
        return -1;
    known = fstat(fd, &st);
    close(fd);
    if (known == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)) {
        errno = ENXIO;
        return -1;
    }
    fd = open_inside(root_fd, path, flags);
    /* It may have been replaced meanwhile. */
    if (fd >= 0 && (fstat(fd, &st) != 0 || (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)))) {
        close(fd);
        errno = ENXIO;
        return -1;
    }
    return fd;
}

int path_open(int root_fd, bool confined, const char *path, int flags)
{
    if (confined)
        return open_confined(root_fd, path, flags);
    return openat(root_fd, path, flags | ALWAYS);
}
