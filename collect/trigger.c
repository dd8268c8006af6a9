/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "trigger.h"
#include "clock.h"
#include "host.h"
#include "path.h"
#include "scan.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

/* Without CAP_SYS_RESOURCE a window must be a multiple of two seconds (6.4 and later). */
#define WINDOW_US  2000000u
#define REASON_OOM "oom"
#define REASON_PSI "stall"

/* "some avg10=0.00 avg60=0.00 avg300=0.00 total=12345" */
static bool parse_stalled(const char *p, size_t n, uint64_t *ret_us)
{
    size_t len;
    const char *some = scan_line(p, n, "some ", &len);
    const char *at = some ? scan_find(some, len, "total=") : NULL;

    if (!at)
        return false;
    at += 6;
    return scan_u64(&at, some + len, ret_us);
}

static bool read_stalled(int root_fd, uint64_t *ret_us)
{
    char text[512];

    return host_file(root_fd, false, plan_pattern(PLAN_PSI_MEMORY), text, sizeof(text)) &&
           parse_stalled(text, strlen(text), ret_us);
}

static int arm(int root_fd, uint64_t stall_us)
{
    char order[64];
    struct text t = TEXT_ON(order);
    int fd = path_open(root_fd, false, plan_pattern(PLAN_PSI_MEMORY), O_RDWR);

    text_str(&t, "some ");
    text_u64(&t, stall_us);
    text_char(&t, ' ');
    text_u64(&t, WINDOW_US);
    text_end(&t);
    if (fd >= 0 && write(fd, order, t.n + 1) < 0) {
        close(fd);
        return -1;
    }
    return fd;
}

bool trigger_start(struct trigger *t, int root_fd, uint64_t stall_ms)
{
    memset(t, 0, sizeof(*t));
    t->stall_us = stall_ms * 1000;
    t->kmsg_fd = path_open(root_fd, false, plan_pattern(PLAN_KMSG), O_RDONLY);
    if (t->kmsg_fd >= 0)
        lseek(t->kmsg_fd, 0, SEEK_END);
    t->psi_fd = arm(root_fd, t->stall_us);
    return t->kmsg_fd >= 0 || t->psi_fd >= 0 || host_has(root_fd, false, plan_pattern(PLAN_VMSTAT));
}

/* The report's last lines: when they come, the rest of it is in the log. Facility 0 is the kernel;
 * text that a process wrote into the log does not count, but for the daemon oomd's. */
static bool is_oom_record(const char *record, size_t n)
{
    static const char *const kernel[] = {"oom-kill:", "Out of memory: Kill", "out of memory: Kill",
                                         "System is deadlocked on memory",
                                         "Out of memory and no killable processes"};
    const char *at = record;
    uint64_t priority;

    if (!scan_u64(&at, record + n, &priority))
        return false;
    if (priority > 7)
        return scan_find(record, n, ";oomd kill: ") != NULL;
    for (size_t i = 0; i < sizeof(kernel) / sizeof(kernel[0]); i++)
        if (scan_find(record, n, kernel[i]))
            return true;
    return false;
}

/* Reads what came into the log; true where a report of the OOM killer is in it. */
static bool read_log(struct trigger *t)
{
    static char record[8192];
    bool oom = false;

    for (;;) {
        ssize_t n = read(t->kmsg_fd, record, sizeof(record));

        if (n < 0 && (errno == EPIPE || errno == EINTR))
            continue;
        if (n <= 0)
            return oom;
        oom |= is_oom_record(record, (size_t)n);
    }
}

/* The first event after arming may be false; the counter tells. It is read on every tick too, so
 * that the growth is that of a known time. */
static const char *check_stall(struct trigger *t, uint64_t stalled_us)
{
    uint64_t now = clock_now_ns(), grown = stalled_us - t->stalled_us;
    uint64_t windows = (now - t->stalled_ns) / (WINDOW_US * 1000ull) + 1;
    bool primed = t->primed;

    t->stalled_us = stalled_us;
    t->stalled_ns = now;
    t->primed = true;
    return primed && grown >= t->stall_us * windows ? REASON_PSI : NULL;
}

const char *trigger_wait(struct trigger *t, int root_fd, int timeout_ms)
{
    struct pollfd p[2] = {{.fd = t->kmsg_fd, .events = POLLIN},
                          {.fd = t->psi_fd, .events = POLLPRI}};
    uint64_t stalled_us;
    uint64_t seen_us = t->stalled_us;

    if (poll(p, 2, timeout_ms) <= 0)
        return NULL;
    if (p[0].revents & POLLIN && read_log(t))
        return REASON_OOM;
    if (p[1].revents & POLLERR) {
        close(t->psi_fd);
        t->psi_fd = -1;
    } else if (p[1].revents & POLLPRI && read_stalled(root_fd, &stalled_us)) {
        /* The kernel saw the stall within its window; some growth since the last tick proves it. */
        t->stalled_us = stalled_us;
        t->stalled_ns = clock_now_ns();
        return t->primed && stalled_us - seen_us >= t->stall_us / 2 ? REASON_PSI : NULL;
    }
    return NULL;
}

const char *trigger_compare(struct trigger *t, const struct history_entry *e)
{
    uint32_t length;
    const char *text = history_file(e, 1, &length), *reason = NULL;
    uint64_t kills, stalled_us;

    if (scan_key(text, length, "oom_kill ", &kills)) {
        if (t->primed && kills > t->oom_kills)
            reason = REASON_OOM;
        t->oom_kills = kills;
    }
    text = history_file(e, 2, &length);
    if (parse_stalled(text, length, &stalled_us)) {
        const char *stall = check_stall(t, stalled_us);

        /* Where the kernel watches, its event comes sooner and knows better. */
        if (!reason && t->psi_fd < 0)
            reason = stall;
    }
    t->primed = true;
    return reason;
}

void trigger_drain(struct trigger *t)
{
    if (t->kmsg_fd >= 0)
        read_log(t);
    t->primed = false;
}
