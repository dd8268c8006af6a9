/* SPDX-License-Identifier: MIT */
#include "fuseserver.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#define BODY_BYTES 65536

int fuse_mount(const char *name, const char *dir, const char *extra)
{
    char options[128];
    int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);

    snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0%s", fd, extra);
    if (fd >= 0 && mount(name, dir, "fuse", 0, options) == 0)
        return fd;
    perror(name);
    if (fd >= 0)
        close(fd);
    return -1;
}

void fuse_reply(int fd, const struct fuse_in_header *in, int error, const void *body, size_t size)
{
    static char buffer[BODY_BYTES + 512];
    struct fuse_out_header out = {
        .len = (uint32_t)(sizeof(out) + size), .error = error, .unique = in->unique};

    memcpy(buffer, &out, sizeof(out));
    if (size)
        memcpy(buffer + sizeof(out), body, size);
    if (write(fd, buffer, out.len) < 0 && errno != ENOENT)
        perror("an answer of the file system");
}

void fuse_answer_rest(int fd, const struct fuse_in_header *in)
{
    static const struct fuse_init_out init = {.major = FUSE_KERNEL_VERSION,
                                              .minor = FUSE_KERNEL_MINOR_VERSION,
                                              .flags = FUSE_PARALLEL_DIROPS,
                                              .max_write = 4096,
                                              .max_background = 4,
                                              .congestion_threshold = 3};

    switch (in->opcode) {
    case FUSE_INIT:
        fuse_reply(fd, in, 0, &init, sizeof(init));
        return;
    case FUSE_FORGET:
    case FUSE_BATCH_FORGET:
    case FUSE_INTERRUPT:
        return;
    default:
        fuse_reply(fd, in, -ENOSYS, NULL, 0);
    }
}

void fuse_serve(int fd, int until_fd, fuse_answer answer)
{
    static _Alignas(8) char buffer[FUSE_MIN_READ_BUFFER + BODY_BYTES];
    struct pollfd p[2] = {{.fd = fd, .events = POLLIN}, {.fd = until_fd, .events = POLLIN}};

    while (poll(p, 2, -1) > 0 && !p[1].revents) {
        ssize_t n = read(fd, buffer, sizeof(buffer));

        if (n < 0 && (errno == EINTR || errno == ENOENT))
            continue;
        if (n < (ssize_t)sizeof(struct fuse_in_header))
            return;
        answer(fd, (const struct fuse_in_header *)(const void *)buffer,
               buffer + sizeof(struct fuse_in_header));
    }
}
