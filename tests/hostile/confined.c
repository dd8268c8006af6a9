/* SPDX-License-Identifier: MIT */
/* usage: confined FOLDER: enters the sandbox with FOLDER as the input, tries what must be refused
 * and what must not, and prints "ok ..." or "not ok ..." for each; fails if one is not ok. */
#define _GNU_SOURCE
#include "cli/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static int failures;

static void check(const char *what, int is_right)
{
    printf("%s - %s (%s)\n", is_right ? "ok" : "not ok", what, strerror(errno));
    failures += !is_right;
}

static bool opened(int fd)
{
    return fd >= 0 && close(fd) == 0;
}

static int refused(int result)
{
    return result < 0 && (errno == EACCES || errno == EPERM);
}

static int can_connect(void)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(9)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    return fd < 0 ? fd : connect(fd, (struct sockaddr *)&to, sizeof(to));
}

static rlim_t limit_of(int resource)
{
    struct rlimit limit = {0};
    getrlimit((__rlimit_resource_t)resource, &limit);
    return limit.rlim_cur;
}

int main(int argc, char **argv)
{
    char inside[4096];
    struct limits limits = limits_default();
    if (argc != 2)
        return 100;
    int folder = open(argv[1], O_RDONLY | O_DIRECTORY);
    int folders[] = {folder, -1};
    snprintf(inside, sizeof(inside), "%s/inside", argv[1]);
    const char *problem = sandbox_enter(&limits, folders, 2);
    check("entered without a complaint", problem == NULL);
    check("reads what is in its folder", opened(openat(folder, "inside", O_RDONLY)));
    check("reads it by its whole path", opened(open(inside, O_RDONLY)));
    check("reads /etc/passwd", refused(open("/etc/passwd", O_RDONLY)));
    check("goes up from its folder", refused(openat(folder, "../outside", O_RDONLY)));
    check("follows a link out of it", refused(openat(folder, "link", O_RDONLY)));
    check("lists /", refused(open("/", O_RDONLY | O_DIRECTORY)));
    check("writes in its folder", refused(openat(folder, "inside", O_WRONLY)));
    check("makes a file in its folder", refused(openat(folder, "new", O_WRONLY | O_CREAT, 0600)));
    check("makes a file in /tmp", refused(open("/tmp/oomscope-new", O_WRONLY | O_CREAT, 0600)));
    check("makes a folder", refused(mkdirat(folder, "newdir", 0700)));
    check("makes a link", refused(symlinkat("x", folder, "newlink")));
    check("removes a file", refused(unlinkat(folder, "inside", 0)));
    check("runs a program", refused(execl("/bin/true", "true", (char *)NULL)));
    if (sandbox_landlock_abi() >= 4)
        check("connects", refused(can_connect()));
    check("has no_new_privs", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1);
    check("dumps no core", limit_of(RLIMIT_CORE) == 0);
    check("has a limit of time", limit_of(RLIMIT_CPU) == (rlim_t)limits.value[LIMIT_cpu_s]);
#ifndef __SANITIZE_ADDRESS__
    check("has a limit of memory", limit_of(RLIMIT_AS) == (rlim_t)limits.value[LIMIT_memory_bytes]);
#endif
    return failures != 0;
}
