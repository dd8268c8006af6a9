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
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
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

#define SKIP      77
#define FILE_NODE 2
#define FILE_SIZE 65536

static void reply(int fd, uint64_t unique, int error, const void *body, size_t size)
{
    static char buffer[FILE_SIZE + 512];
    struct fuse_out_header out = {
        .len = (uint32_t)(sizeof(out) + size), .error = error, .unique = unique};

    memcpy(buffer, &out, sizeof(out));
    if (size)
        memcpy(buffer + sizeof(out), body, size);
    if (write(fd, buffer, out.len) < 0 && errno != ENOENT)
        _exit(1);
}

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
    struct fuse_init_out init = {.major = FUSE_KERNEL_VERSION,
                                 .minor = FUSE_KERNEL_MINOR_VERSION,
                                 .max_write = 4096,
                                 .max_background = 4,
                                 .congestion_threshold = 3};
    struct fuse_attr_out attr = {.attr_valid = 3600, .attr = attributes(in->nodeid)};
    struct fuse_entry_out entry = {.nodeid = FILE_NODE,
                                   .entry_valid = 3600,
                                   .attr_valid = 3600,
                                   .attr = attributes(FILE_NODE)};
    struct fuse_open_out opened = {.fh = 1};
    static const char zeros[FILE_SIZE];
    const struct fuse_read_in *read_in = body;

    switch (in->opcode) {
    case FUSE_INIT:
        reply(fd, in->unique, 0, &init, sizeof(init));
        return;
    case FUSE_LOOKUP:
        reply(fd, in->unique, 0, &entry, sizeof(entry));
        return;
    case FUSE_GETATTR:
    case FUSE_SETATTR:
        reply(fd, in->unique, 0, &attr, sizeof(attr));
        return;
    case FUSE_OPEN:
    case FUSE_OPENDIR:
        reply(fd, in->unique, 0, &opened, sizeof(opened));
        return;
    case FUSE_READ:
        reply(fd, in->unique, 0, zeros, read_in->size < FILE_SIZE ? read_in->size : FILE_SIZE);
        return;
    case FUSE_WRITE:
    case FUSE_FORGET:
    case FUSE_BATCH_FORGET:
        return; /* no answer: that is the point of it */
    default:
        reply(fd, in->unique, -ENOSYS, NULL, 0);
    }
}

static _Noreturn void serve(int fd)
{
    static char buffer[FUSE_MIN_READ_BUFFER + FILE_SIZE];

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (;;) {
        ssize_t n = read(fd, buffer, sizeof(buffer));

        if (n < 0 && (errno == EINTR || errno == ENOENT))
            continue;
        if (n < (ssize_t)sizeof(struct fuse_in_header))
            _exit(0);
        answer(fd, (const struct fuse_in_header *)(const void *)buffer,
               buffer + sizeof(struct fuse_in_header));
    }
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
    char options[128], byte;
    pid_t server, victim;
    int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC), stuck;

    snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0", fd);
    if (argc != 2 || fd < 0 || mount("fusehang", argv[1], "fuse", 0, options) != 0) {
        perror("fusehang");
        return SKIP;
    }
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
