/* SPDX-License-Identifier: MIT */
#include "cli/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
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

/* errno: no such call, or switched off at boot; containers of old forbid what they do not know. */
static bool is_missing(int error)
{
    return error == ENOSYS || error == EOPNOTSUPP || error == EPERM;
}

static bool allow_reading(int ruleset, int folder)
{
    struct path_beneath rule = {FS_READ_FILE | FS_READ_DIR, folder};
    return folder < 0 || syscall(CALL_ADD_RULE, ruleset, RULE_PATH_BENEATH, &rule, 0) == 0;
}

#ifdef __SANITIZE_ADDRESS__
/* LeakSanitizer reads /proc/self when the program ends */
static bool allow_sanitizer(int ruleset)
{
    int proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
    bool fine = allow_reading(ruleset, proc);
    if (proc >= 0)
        close(proc);
    return fine;
}
#else
static bool allow_sanitizer(int ruleset)
{
    (void)ruleset;
    return true;
}
#endif

static bool enter_landlock(const int *folders, size_t n)
{
    long abi = syscall(CALL_CREATE_RULESET, NULL, 0, ASK_VERSION);
    if (abi < 0)
        return is_missing(errno);
    struct ruleset_attr attr = attr_of((int)abi);
    int ruleset = (int)syscall(CALL_CREATE_RULESET, &attr, attr_bytes((int)abi), 0);
    if (ruleset < 0)
        return false;
    bool fine = allow_sanitizer(ruleset);
    for (size_t i = 0; i < n; i++)
        fine = allow_reading(ruleset, folders[i]) && fine;
    fine = syscall(CALL_RESTRICT_SELF, ruleset, 0) == 0 && fine;
    close(ruleset);
    return fine;
}

static bool limit(int resource, rlim_t soft, rlim_t hard)
{
    struct rlimit now;
    if (getrlimit((__rlimit_resource_t)resource, &now))
        return false;
    if (now.rlim_max <= soft)
        return true;
    if (now.rlim_max < hard)
        hard = now.rlim_max;
    return setrlimit((__rlimit_resource_t)resource, &(struct rlimit){soft, hard}) == 0;
}

/* ---- processor time: first the reading ends and is said to have ended, then all does */

enum { GRACE_S = 60 };

static char out_of_time[96];
static volatile sig_atomic_t signals;

/* SIGXCPU comes each second from the soft limit on. */
static void spent(int signal)
{
    (void)signal;
    limits_time_is_up();
    if (++signals < GRACE_S / 2)
        return;
    (void)!write(STDERR_FILENO, out_of_time, strlen(out_of_time));
    _exit(2);
}

static bool limit_time(rlim_t most)
{
    struct sigaction action = {.sa_handler = spent, .sa_flags = SA_RESTART};
    snprintf(out_of_time, sizeof(out_of_time), "analyze: far over the limit cpu_s=%llu\n",
             (unsigned long long)most);
    return sigaction(SIGXCPU, &action, NULL) == 0 && limit(RLIMIT_CPU, most, most + GRACE_S);
}

static bool limit_memory(rlim_t most)
{
#ifdef __SANITIZE_ADDRESS__ /* its shadow alone is terabytes of address space */
    (void)most;
    return true;
#else
    return limit(RLIMIT_AS, most, most);
#endif
}

const char *sandbox_enter(const struct limits *limits, const int *folders, size_t n)
{
    bool fine = limit(RLIMIT_CORE, 0, 0);
    fine = limit_time((rlim_t)limits->value[LIMIT_cpu_s]) && fine;
    fine = limit_memory((rlim_t)limits->value[LIMIT_memory_bytes]) && fine;
    if (!fine)
        return "not confined: its processor time or memory could not be limited";
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
        return "not confined: the right to gain privileges could not be given up";
    if (!enter_landlock(folders, n))
        return "not confined: Landlock is there, and refused";
    return NULL;
}
