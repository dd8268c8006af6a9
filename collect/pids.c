/* SPDX-License-Identifier: MIT */
#include "pids.h"
#include "clock.h"
#include "host.h"
#include "scan.h"

#include <string.h>

/* No machine forks faster; after so many forks the circle may have closed. */
#define FORKS_PER_MS 20

/* "0.57 0.56 0.55 1/180 20454": the last word. */
static uint64_t last_given(const struct capture *c)
{
    char text[128];
    const char *at;
    uint64_t pid;

    if (!host_file(c->root_fd, false, "proc/loadavg", text, sizeof(text)))
        return 0;
    at = strrchr(text, ' ');
    return at && ++at && scan_u64(&at, text + strlen(text), &pid) ? pid : 0;
}

/* One bit for each pid that the kernel can give (PID_MAX_LIMIT); pages without one are never
 * touched. */
#define PIDS_MOST  (1 << 22)
#define PAGE_BYTES 4096

static uint8_t seen[PIDS_MOST / 8];
static bool touched[sizeof(seen) / PAGE_BYTES];

static void forget_all(void)
{
    for (size_t page = 0; page < sizeof(touched); page++)
        if (touched[page])
            memset(seen + page * PAGE_BYTES, 0, PAGE_BYTES);
    memset(touched, 0, sizeof(touched));
}

void pids_see(int32_t pid)
{
    if (pid < 0 || pid >= PIDS_MOST)
        return;
    seen[pid / 8] |= (uint8_t)(1 << pid % 8);
    touched[pid / 8 / PAGE_BYTES] = true;
}

int32_t pids_next(int32_t pid)
{
    for (pid++; pid < PIDS_MOST; pid++) {
        if (!touched[pid / 8 / PAGE_BYTES])
            pid |= 8 * PAGE_BYTES - 1;
        else if (!seen[pid / 8])
            pid |= 7;
        else if (seen[pid / 8] >> pid % 8 & 1)
            return pid;
    }
    return -1;
}

void pids_start(struct pids *p, const struct capture *c)
{
    char text[32];
    const char *at = text;

    forget_all();
    memset(p, 0, sizeof(*p));
    if (c->options->root)
        return;
    p->start_ns = clock_now_ns();
    if (c->host.foreign_loadavg)
        return;
    p->last_then = last_given(c);
    if (!host_file(c->root_fd, false, "proc/sys/kernel/pid_max", text, sizeof(text)) ||
        !scan_u64(&at, text + strlen(text), &p->limit))
        p->limit = 0;
}

bool pids_may_be_new(struct pids *p, const struct capture *c, int32_t number)
{
    uint64_t pid = (uint64_t)number;

    if (c->options->root)
        return false;
    if (p->batch != c->reads.batch) {
        uint64_t past_ms = (clock_now_ns() - p->start_ns) / NS_PER_MS;

        p->last_now = past_ms * FORKS_PER_MS < p->limit ? last_given(c) : 0;
        p->batch = c->reads.batch;
    }
    if (!p->last_then || !p->last_now)
        return true;
    if (p->last_then <= p->last_now)
        return pid > p->last_then && pid <= p->last_now;
    return pid > p->last_then || pid <= p->last_now;
}

bool pids_is_same(struct pids *p, const struct capture *c, int32_t pid, uint64_t starttime_ticks)
{
    char path[32], stat[1024];
    struct text t = TEXT_ON(path);
    uint64_t now;

    if (!pids_may_be_new(p, c, pid))
        return true;
    text_str(&t, "proc/");
    text_i64(&t, pid);
    text_str(&t, "/stat");
    /* Gone by now: what was read was read of the old one or the new one, nobody knows. */
    return host_file(c->root_fd, false, text_end(&t), stat, sizeof(stat)) &&
           scan_starttime(stat, strlen(stat), &now) && now == starttime_ticks;
}
