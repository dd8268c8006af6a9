/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "self.h"
#include "host.h"
#include "scan.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#define ADJ_FILE "/proc/self/oom_score_adj"
#define ADJ      "-999"
#define NICE     (-10)
#define STACK    (48 * 1024)

#ifndef MCL_ONFAULT
#define MCL_ONFAULT 4
#endif

static int read_adj(void)
{
    char text[16];
    const char *p = text;
    uint64_t v;
    bool minus;

    if (!host_file(AT_FDCWD, false, ADJ_FILE, text, sizeof(text)))
        return 0;
    minus = *p == '-';
    p += minus;
    if (!scan_u64(&p, p + strlen(p), &v))
        return 0;
    return minus ? -(int)v : (int)v;
}

static void lower_adj(void)
{
    int fd;

    if (read_adj() <= -999)
        return;
    fd = open(ADJ_FILE, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    if (write(fd, ADJ, sizeof(ADJ) - 1) < 0) {
        /* Without CAP_SYS_RESOURCE it stays as it is; bundle.json says what it is. */
    }
    close(fd);
}

/* The stack at its deepest is resident before memory is short. */
static void touch_stack(void)
{
    volatile char page[STACK];

    for (size_t i = 0; i < sizeof(page); i += 1024)
        page[i] = 0;
    (void)page[0];
}

/* The program too: its pages would have to come from a disk that is busy. */
static void lock_image(void)
{
    /* NOLINTNEXTLINE(bugprone-reserved-identifier,cert-dcl*) the linker's names */
    extern const char __executable_start[], edata[];

    /* cppcheck-suppress comparePointers ; the linker gives both ends of one image */
    if (mlock(__executable_start, (size_t)(edata - __executable_start)) != 0) {
        /* It is allowed so many bytes only; the capture works all the same. */
    }
}

void self_protect(struct self *s)
{
    lower_adj();
    s->oom_score_adj = read_adj();
    if (getpriority(PRIO_PROCESS, 0) > NICE)
        setpriority(PRIO_PROCESS, 0, NICE);
    s->nice = getpriority(PRIO_PROCESS, 0);
    touch_stack();
    lock_image();
    s->locked = mlockall(MCL_CURRENT | MCL_ONFAULT) == 0;
}

void self_measure(struct self_cost *ret_cost)
{
    struct rusage own = {0}, helpers = {0};
    char text[4096];
    uint64_t kib;

    getrusage(RUSAGE_SELF, &own);
    getrusage(RUSAGE_CHILDREN, &helpers);
    ret_cost->cpu_us = (uint64_t)(own.ru_utime.tv_sec + own.ru_stime.tv_sec +
                                  helpers.ru_utime.tv_sec + helpers.ru_stime.tv_sec) *
                           1000000 +
                       (uint64_t)(own.ru_utime.tv_usec + own.ru_stime.tv_usec +
                                  helpers.ru_utime.tv_usec + helpers.ru_stime.tv_usec);
    ret_cost->helper_peak_rss_bytes = (uint64_t)helpers.ru_maxrss * 1024;
    /* ru_maxrss of a process outlives exec: it would speak of the shell. */
    ret_cost->peak_rss_bytes = 0;
    if (host_file(AT_FDCWD, false, "/proc/self/status", text, sizeof(text)) &&
        scan_key(text, strlen(text), "VmHWM:", &kib))
        ret_cost->peak_rss_bytes = kib * 1024;
}
