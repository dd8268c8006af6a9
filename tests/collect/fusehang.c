/* SPDX-License-Identifier: MIT */
/*
 * usage: fusehang DIR: makes a process that sleeps in D with its mmap lock held for write, prints
 * its pid, and lets it go when standard input ends. Exit code 77 where this host cannot.
 *
 * It mounts a FUSE file system on DIR that answers everything but WRITE. The victim dirties a
 * shared mapping of its file and maps over it: __mmap_region -> fuse_vma_close -> write_inode_now
 * waits for a WRITE that is never answered.
 */
#define _GNU_SOURCE
#include "fuseserver.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define FILE_NODE 2
#define FILE_SIZE 65536

static struct fuse_attr attributes(uint64_t node)
{
    struct fuse_attr a = {.ino = node, .mode = S_IFDIR | 0755, .nlink = 2, .blksize = 4096};

    if (node == FILE_NODE) {
        a.mode = S_IFREG | 0644;
        a.nlink = 1;
        a.size = FILE_SIZE;
    }
    return a;
}

static void answer(int fd, const struct fuse_in_header *in, const void *body)
{
    struct fuse_attr_out attr = {.attr_valid = 3600, .attr = attributes(in->nodeid)};
    struct fuse_entry_out entry = {.nodeid = FILE_NODE,
                                   .entry_valid = 3600,
                                   .attr_valid = 3600,
                                   .attr = attributes(FILE_NODE)};
    struct fuse_open_out opened = {.fh = 1};
    static const char zeros[FILE_SIZE];
    const struct fuse_read_in *read_in = body;

    switch (in->opcode) {
    case FUSE_LOOKUP:
        fuse_reply(fd, in, 0, &entry, sizeof(entry));
        return;
    case FUSE_GETATTR:
    case FUSE_SETATTR:
        fuse_reply(fd, in, 0, &attr, sizeof(attr));
        return;
    case FUSE_OPEN:
    case FUSE_OPENDIR:
        fuse_reply(fd, in, 0, &opened, sizeof(opened));
        return;
    case FUSE_READ:
        fuse_reply(fd, in, 0, zeros, read_in->size < FILE_SIZE ? read_in->size : FILE_SIZE);
        return;
    case FUSE_WRITE:
        return; /* no answer: that is the point of it */
    default:
        fuse_answer_rest(fd, in);
    }
}

static _Noreturn void serve(int fd)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    fuse_serve(fd, -1, answer);
    _exit(0);
}

static _Noreturn void get_stuck(const char *dir)
{
    char path[4096];
    volatile char *map;
    void *mine;
    int fd;

    snprintf(path, sizeof(path), "%s/file", dir);
    fd = open(path, O_RDWR);
    map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (fd < 0 || map == MAP_FAILED)
        _exit(1);
    map[0] = 1;
    mine = mmap((void *)(uintptr_t)map, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
                -1, 0);
    _exit(mine == MAP_FAILED ? 1 : 0);
}

static char state_of(pid_t pid)
{
    char path[64], stat[512];
    const char *at;
    ssize_t n;
    int fd;

    snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
    fd = open(path, O_RDONLY);
    n = fd < 0 ? 0 : read(fd, stat, sizeof(stat) - 1);
    if (fd >= 0)
        close(fd);
    if (n <= 0)
        return '?';
    stat[n] = '\0';
    at = strrchr(stat, ')');
    return at ? at[2] : '?';
}

/* True when the victim sleeps in D and stays there. */
static int is_stuck(pid_t pid)
{
    const struct timespec tick = {.tv_nsec = 20000000};
    int in_d = 0;

    for (int i = 0; i < 100 && in_d < 10; i++) {
        in_d = state_of(pid) == 'D' ? in_d + 1 : 0;
        nanosleep(&tick, NULL);
    }
    return in_d >= 10;
}

int main(int argc, char **argv)
{
    pid_t server, victim;
    char byte;
    int fd = argc == 2 ? fuse_mount("fusehang", argv[1], "") : -1, stuck;

    if (fd < 0)
        return SKIP;
    server = fork();
    if (server == 0)
        serve(fd);
    close(fd);
    victim = fork();
    if (victim == 0)
        get_stuck(argv[1]);
    stuck = is_stuck(victim);
    printf("%d\n", stuck ? (int)victim : 0);
    fflush(stdout);
    while (stuck && read(STDIN_FILENO, &byte, 1) > 0) {
    }
    /* Without a server the connection ends, and with it the wait. */
    kill(server, SIGKILL);
    kill(victim, SIGKILL);
    waitpid(server, NULL, 0);
    waitpid(victim, NULL, 0);
    umount2(argv[1], MNT_DETACH);
    return stuck ? 0 : SKIP;
}
