/* SPDX-License-Identifier: MIT */
#include "cli/sandbox.h"

#include <fcntl.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* linux/landlock.h may be older than the running kernel, or missing: the parts used here, as the
 * ABI has them since 5.13. The numbers of the system calls are the same on all architectures. */
enum {
    CALL_CREATE_RULESET = 444,
    CALL_ADD_RULE = 445,
    CALL_RESTRICT_SELF = 446,
    ASK_VERSION = 1,
    RULE_PATH_BENEATH = 1,
    FS_READ_FILE = 1 << 2,
    FS_READ_DIR = 1 << 3,
};

struct ruleset_attr {
    uint64_t fs, net, scoped;
};

struct path_beneath {
    uint64_t allowed;
    int32_t parent_fd;
} __attribute__((packed));

/* Rights that each ABI knows: 1 has 13 of files, 2 REFER, 3 TRUNCATE, 4 two of TCP, 5 IOCTL_DEV, 6
 * two scopes. A right that the kernel does not know would be refused. */
static struct ruleset_attr attr_of(int abi)
{
    struct ruleset_attr attr = {.fs = (1 << 13) - 1};
    if (abi >= 2)
        attr.fs |= 1 << 13;
    if (abi >= 3)
        attr.fs |= 1 << 14;
    if (abi >= 4)
        attr.net = 3;
    if (abi >= 5)
        attr.fs |= 1 << 15;
    if (abi >= 6)
        attr.scoped = 3;
    return attr;
}

static size_t attr_bytes(int abi)
{
    return abi >= 6 ? 24 : abi >= 4 ? 16 : 8;
}

int sandbox_landlock_abi(void)
{
    long abi = syscall(CALL_CREATE_RULESET, NULL, 0, ASK_VERSION);
    return abi > 0 ? (int)abi : 0;
}

static void allow_reading(int ruleset, const char *folder)
{
    int fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return;
    struct path_beneath rule = {FS_READ_FILE | FS_READ_DIR, fd};
    syscall(CALL_ADD_RULE, ruleset, RULE_PATH_BENEATH, &rule, 0);
    close(fd);
}

static void enter_landlock(const char *folder)
{
    int abi = sandbox_landlock_abi();
    struct ruleset_attr attr = attr_of(abi);
    if (!abi)
        return;
    int ruleset = (int)syscall(CALL_CREATE_RULESET, &attr, attr_bytes(abi), 0);
    if (ruleset < 0)
        return;
    if (folder && *folder)
        allow_reading(ruleset, folder);
#ifdef __SANITIZE_ADDRESS__
    allow_reading(ruleset, "/proc"); /* LeakSanitizer reads /proc/self when the program ends */
#endif
    syscall(CALL_RESTRICT_SELF, ruleset, 0);
    close(ruleset);
}

static void limit(int resource, rlim_t most)
{
    struct rlimit now;
    if (getrlimit((__rlimit_resource_t)resource, &now) == 0 && now.rlim_max > most)
        setrlimit((__rlimit_resource_t)resource, &(struct rlimit){most, most});
}

void sandbox_enter(const struct limits *limits, const char *folder)
{
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_CPU, (rlim_t)limits->value[LIMIT_cpu_s]);
#ifndef __SANITIZE_ADDRESS__ /* its shadow alone is terabytes of address space */
    limit(RLIMIT_AS, (rlim_t)limits->value[LIMIT_memory_bytes]);
#endif
    enter_landlock(folder);
}
