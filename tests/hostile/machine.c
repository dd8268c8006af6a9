/* SPDX-License-Identifier: MIT */
/* Preloaded into analyze: another machine. Clock in 2001, 64 KiB pages, 96 processors, little
 * memory, another host and user. What analyze asks of these is written to descriptor 9. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <string.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

static void asked(const char *what)
{
    ssize_t n = syscall(SYS_write, 9, what, strlen(what));
    (void)n;
}

int clock_gettime(clockid_t clock, struct timespec *ret)
{
    (void)clock;
    *ret = (struct timespec){1000000000, 1};
    return 0;
}

int gettimeofday(struct timeval *restrict ret, void *restrict zone)
{
    (void)zone;
    *ret = (struct timeval){1000000000, 1};
    return 0;
}

time_t time(time_t *ret)
{
    if (ret)
        *ret = 1000000000;
    return 1000000000;
}

long sysconf(int name)
{
    long (*real)(int) = (long (*)(int))dlsym(RTLD_NEXT, "sysconf");
    switch (name) {
    case _SC_PAGESIZE:
        asked("page size\n");
        return 65536;
    case _SC_NPROCESSORS_ONLN:
    case _SC_NPROCESSORS_CONF:
        return 96;
    case _SC_PHYS_PAGES:
    case _SC_AVPHYS_PAGES:
        return 100;
    case _SC_CLK_TCK:
        return 1000;
    default:
        return real(name);
    }
}

int getpagesize(void)
{
    asked("page size\n");
    return 65536;
}

int gethostname(char *name, size_t n)
{
    strncpy(name, "other", n);
    return 0;
}

int uname(struct utsname *ret)
{
    memset(ret, 0, sizeof(*ret));
    strcpy(ret->sysname, "Other");
    strcpy(ret->nodename, "other");
    strcpy(ret->release, "2.6.0");
    strcpy(ret->machine, "s390x");
    return 0;
}

int sysinfo(struct sysinfo *ret)
{
    *ret = (struct sysinfo){.uptime = 1, .totalram = 1, .mem_unit = 1};
    return 0;
}
