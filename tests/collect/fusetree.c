/* SPDX-License-Identifier: MIT */
/*
 * usage: fusetree DIR [FOLDER]: mounts on DIR what looks like the root of a host whose files stall
 * or break off, prints "ready", and unmounts it when standard input ends. FOLDER, too, is a folder
 * that cannot be listed: "proc"; "*": no file can be read and no folder listed. Exit code 77 where
 * this host cannot.
 *
 * A read that the server took and never answers cannot be killed: fuse waits it out.
 */
#define _GNU_SOURCE
#include "fuseserver.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define ROOT    1
#define SLOW_US 300000
#define BROKEN  4096 /* bytes before the error */
#define LONG    (512u * 1024)
#define SHRUNK  (448u * 1024)

/* UNLISTED: a folder whose listing hangs. SHRINKS: LONG, but SHRUNK from the third time on that it
 * is opened. */
enum kind { FOLDER, UNLISTED, TEXT, SLOW, HANGS, FAILS, BREAKS_OFF, SHRINKS };

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
    {13, "stuck", UNLISTED, NULL},
    {13, "behind", FOLDER, NULL},
    {26, "memory.current", TEXT, "4\n"},
    {11, "block", UNLISTED, NULL},
    {2, "slabinfo", SHRINKS, NULL},
};

static const char *unlisted = "";
static uint64_t opens[sizeof(nodes) / sizeof(nodes[0])];

#define NODES (sizeof(nodes) / sizeof(nodes[0]))

static bool is_folder(const struct node *n)
{
    return n->kind == FOLDER || n->kind == UNLISTED;
}

static struct fuse_attr attributes(uint64_t id)
{
    const struct node *n = &nodes[id - 1];
    bool folder = is_folder(n);

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
        fuse_reply(fd, in, 0, &entry, sizeof(entry));
        return;
    }
    fuse_reply(fd, in, -ENOENT, NULL, 0);
}

/* offset = rows of the table seen so far. */
static void list(int fd, const struct fuse_in_header *in, uint64_t offset)
{
    const struct node *folder = &nodes[in->nodeid - 1];
    _Alignas(8) char buffer[4096] = {0};
    size_t used = 0;

    if (folder->kind == UNLISTED || strcmp(folder->name, unlisted) == 0)
        return;
    for (uint64_t i = offset; i < NODES; i++) {
        struct fuse_dirent *entry = (void *)(buffer + used);
        size_t len = strlen(nodes[i].name);

        if (nodes[i].parent != in->nodeid)
            continue;
        entry->ino = i + 1;
        entry->off = i + 1;
        entry->namelen = (uint32_t)len;
        entry->type = is_folder(&nodes[i]) ? 4 : 8;
        memcpy(entry->name, nodes[i].name, len);
        used += FUSE_DIRENT_SIZE(entry);
    }
    fuse_reply(fd, in, 0, buffer, used);
}

static void read_node(int fd, const struct fuse_in_header *in, const struct fuse_read_in *r)
{
    static const char lines[BROKEN] = "cpu  1 2 3\ncpu0 1 2 3\n";
    static const char rows[64 * 1024] = "row\n"; /* and NULs */
    const struct node *n = &nodes[in->nodeid - 1];
    size_t size = n->text ? strlen(n->text) : 0;

    if (size > r->size)
        size = r->size;
    switch (n->kind) {
    case HANGS:
        return;
    case FAILS:
        fuse_reply(fd, in, -EIO, NULL, 0);
        return;
    case BREAKS_OFF:
        fuse_reply(fd, in, r->offset ? -EIO : 0, lines, r->offset ? 0 : BROKEN);
        return;
    case SHRINKS:
        size = r->fh < 3 ? LONG : SHRUNK;
        size = r->offset < size ? size - r->offset : 0;
        size = size < r->size ? size : r->size;
        fuse_reply(fd, in, 0, rows, size < sizeof(rows) ? size : sizeof(rows));
        return;
    case SLOW:
        nanosleep(&(struct timespec){.tv_nsec = SLOW_US * 1000}, NULL);
        break;
    default:
        break;
    }
    fuse_reply(fd, in, 0, n->text, r->offset ? 0 : size);
}

static void answer(int fd, const struct fuse_in_header *in, const void *body)
{
    struct fuse_attr_out attr = {.attr = attributes(in->nodeid ? in->nodeid : ROOT)};
    struct fuse_open_out opened = {.open_flags = FOPEN_DIRECT_IO};

    if (*unlisted == '*' && (in->opcode == FUSE_READ || in->opcode == FUSE_READDIR))
        return;
    switch (in->opcode) {
    case FUSE_LOOKUP:
        lookup(fd, in, body);
        return;
    case FUSE_GETATTR:
        fuse_reply(fd, in, 0, &attr, sizeof(attr));
        return;
    case FUSE_OPEN:
        opened.fh = ++opens[in->nodeid - 1];
        fuse_reply(fd, in, 0, &opened, sizeof(opened));
        return;
    case FUSE_OPENDIR:
        fuse_reply(fd, in, 0, &opened, sizeof(opened));
        return;
    case FUSE_READDIR:
        list(fd, in, ((const struct fuse_read_in *)body)->offset);
        return;
    case FUSE_READ:
        read_node(fd, in, body);
        return;
    default:
        fuse_answer_rest(fd, in);
    }
}

int main(int argc, char **argv)
{
    int fd = argc > 1 ? fuse_mount("fusetree", argv[1], ",allow_other") : -1;

    if (fd < 0)
        return SKIP;
    if (argc > 2)
        unlisted = argv[2];
    printf("ready\n");
    fflush(stdout);
    fuse_serve(fd, STDIN_FILENO, answer);
    close(fd); /* the connection ends, and with it every wait */
    umount2(argv[1], MNT_DETACH);
    return 0;
}
