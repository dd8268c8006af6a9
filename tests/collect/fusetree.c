/* SPDX-License-Identifier: MIT */
/*
 * usage: fusetree DIR: mounts on DIR what looks like the root of a host whose files stall or break
 * off, prints "ready", and unmounts it when standard input ends. Exit code 77 where this host
 * cannot.
 *
 * A read that the server took and never answers cannot be killed: fuse waits it out.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define SKIP    77
#define ROOT    1
#define SLOW_US 300000
#define BROKEN  4096 /* bytes before the error */

enum kind { FOLDER, TEXT, SLOW, HANGS, FAILS, BREAKS_OFF };

/* Node i + 1 is row i; a folder stands before what is in it. */
static const struct node {
    unsigned parent;
    const char *name;
    enum kind kind;
    const char *text;
} nodes[] = {
    {0, "", FOLDER, NULL},
    {1, "proc", FOLDER, NULL},
    {2, "meminfo", TEXT, "MemTotal: 1000 kB\n"},
    {2, "loadavg", FAILS, NULL},
    {2, "stat", BREAKS_OFF, NULL},
    {2, "vmallocinfo", HANGS, NULL},
    {2, "7", FOLDER, NULL},
    {7, "stat", TEXT, "7 (x) S 0 1 1 0 -1 4 1 2 3 4 5 6 7 8 20 0 1 0 4711 9 9\n"},
    {7, "status", TEXT, "Name:\tx\nState:\tS (sleeping)\nPid:\t7\nVmRSS:\t100 kB\n"},
    {7, "limits", TEXT, "Limit\n"},
    {1, "sys", FOLDER, NULL},
    {11, "fs", FOLDER, NULL},
    {12, "cgroup", FOLDER, NULL},
    {13, "cgroup.controllers", TEXT, "memory\n"},
    {13, "memory.current", TEXT, "3\n"},
    {13, "memory.stat", SLOW, "anon 3\n"},
    {13, "named", FOLDER, NULL},
    {17, "memory.current", TEXT, "1\n"},
    {17, "memory.stat", TEXT, "anon 1\n"},
    {13, "other", FOLDER, NULL},
    {20, "memory.current", TEXT, "2\n"},
    {20, "memory.stat", TEXT, "anon 2\n"},
    {1, "dev", FOLDER, NULL},
    {23, "kmsg", TEXT, "6,1,1,-;Memory cgroup stats for /named:\n"},
};

#define NODES (sizeof(nodes) / sizeof(nodes[0]))

static void reply(int fd, uint64_t unique, int error, const void *body, size_t size)
{
    static char buffer[64 * 1024];
    struct fuse_out_header out = {
        .len = (uint32_t)(sizeof(out) + size), .error = error, .unique = unique};

    memcpy(buffer, &out, sizeof(out));
    if (size)
        memcpy(buffer + sizeof(out), body, size);
    if (write(fd, buffer, out.len) < 0 && errno != ENOENT)
        _exit(1);
}

static struct fuse_attr attributes(uint64_t id)
{
    const struct node *n = &nodes[id - 1];
    bool folder = n->kind == FOLDER;

    return (struct fuse_attr){.ino = id,
                              .mode = folder ? S_IFDIR | 0755 : S_IFREG | 0644,
                              .nlink = folder ? 2 : 1,
                              .size = n->text ? strlen(n->text) : BROKEN,
                              .blksize = 4096};
}

static void lookup(int fd, const struct fuse_in_header *in, const char *name)
{
    for (unsigned i = 1; i < NODES; i++) {
        struct fuse_entry_out entry = {.nodeid = i + 1, .attr = attributes(i + 1)};

        if (nodes[i].parent != in->nodeid || strcmp(nodes[i].name, name) != 0)
            continue;
        reply(fd, in->unique, 0, &entry, sizeof(entry));
        return;
    }
    reply(fd, in->unique, -ENOENT, NULL, 0);
}

/* offset = rows of the table seen so far. */
static void list(int fd, const struct fuse_in_header *in, uint64_t offset)
{
    _Alignas(8) char buffer[4096] = {0};
    size_t used = 0;

    for (uint64_t i = offset; i < NODES; i++) {
        struct fuse_dirent *entry = (void *)(buffer + used);
        size_t len = strlen(nodes[i].name);

        if (nodes[i].parent != in->nodeid)
            continue;
        entry->ino = i + 1;
        entry->off = i + 1;
        entry->namelen = (uint32_t)len;
        entry->type = nodes[i].kind == FOLDER ? 4 : 8;
        memcpy(entry->name, nodes[i].name, len);
        used += FUSE_DIRENT_SIZE(entry);
    }
    reply(fd, in->unique, 0, buffer, used);
}

static void read_node(int fd, const struct fuse_in_header *in, const struct fuse_read_in *r)
{
    static const char lines[BROKEN] = "cpu  1 2 3\ncpu0 1 2 3\n";
    const struct node *n = &nodes[in->nodeid - 1];
    size_t size = n->text ? strlen(n->text) : 0;

    switch (n->kind) {
    case HANGS:
        return;
    case FAILS:
        reply(fd, in->unique, -EIO, NULL, 0);
        return;
    case BREAKS_OFF:
        reply(fd, in->unique, r->offset ? -EIO : 0, lines, r->offset ? 0 : BROKEN);
        return;
    case SLOW:
        nanosleep(&(struct timespec){.tv_nsec = SLOW_US * 1000}, NULL);
        break;
    default:
        break;
    }
    reply(fd, in->unique, 0, n->text, r->offset ? 0 : size);
}

static void answer(int fd, const struct fuse_in_header *in, const void *body)
{
    struct fuse_init_out init = {.major = FUSE_KERNEL_VERSION,
                                 .minor = FUSE_KERNEL_MINOR_VERSION,
                                 .max_write = 4096,
                                 .max_background = 4,
                                 .congestion_threshold = 3};
    struct fuse_attr_out attr = {.attr = attributes(in->nodeid ? in->nodeid : ROOT)};
    struct fuse_open_out opened = {.open_flags = FOPEN_DIRECT_IO};

    switch (in->opcode) {
    case FUSE_INIT:
        reply(fd, in->unique, 0, &init, sizeof(init));
        return;
    case FUSE_LOOKUP:
        lookup(fd, in, body);
        return;
    case FUSE_GETATTR:
        reply(fd, in->unique, 0, &attr, sizeof(attr));
        return;
    case FUSE_OPEN:
    case FUSE_OPENDIR:
        reply(fd, in->unique, 0, &opened, sizeof(opened));
        return;
    case FUSE_READDIR:
        list(fd, in, ((const struct fuse_read_in *)body)->offset);
        return;
    case FUSE_READ:
        read_node(fd, in, body);
        return;
    case FUSE_FORGET:
    case FUSE_BATCH_FORGET:
    case FUSE_INTERRUPT:
        return;
    default:
        reply(fd, in->unique, -ENOSYS, NULL, 0);
    }
}

/* Until standard input ends. */
static void serve(int fd)
{
    static _Alignas(8) char buffer[FUSE_MIN_READ_BUFFER + 4096];
    struct pollfd p[2] = {{.fd = fd, .events = POLLIN}, {.fd = STDIN_FILENO, .events = POLLIN}};
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

int main(int argc, char **argv)
{
    char options[128];
    int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);

    snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other", fd);
    if (argc != 2 || fd < 0 || mount("fusetree", argv[1], "fuse", 0, options) != 0) {
        perror("fusetree");
        return SKIP;
    }
    printf("ready\n");
    fflush(stdout);
    serve(fd);
    close(fd); /* the connection ends, and with it every wait */
    umount2(argv[1], MNT_DETACH);
    return 0;
}
