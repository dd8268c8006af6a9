/* SPDX-License-Identifier: MIT */
#include "log/scan.h"

#include <stdbool.h>
#include <string.h>

/* Words of which at least one is in every line that begins something of interest. Each is at least
 * WINDOW bytes long; the first WINDOW bytes are what is looked for, the rest is compared. */
static const char *const anchors[] = {
    "oom-kill",
    "Killed process",
    "Kill process",
    "kill process",
    "Out of memory",
    "out of memory",
    "killable processes",
    "Manual OOM",
    "page alloc",
    "Mem-Info:",
    "Mem-info:",
    "isolated_anon:",
    "active_anon:",
    "lowmem_reserve",
    "total_vm ",
    "total-vm:",
    "killed as a result of limit",
    "Memory cgroup",
    "memory: usage",
    "memory.oom.group",
    "oom_reaper",
    "oom_kill",
    "oom kill",
    "systemd-oomd",
    "OOM killer",
    "OOM victim",
    "OOM Kill",
    "OOMKilled",
    "OOM was ",
    "SystemOOM",
    "/tasks/oom",
    "TaskOOM ",
    "lowmemorykiller",
    "low memory!",
    "SIGTERM to process",
    "SIGKILL to process",
    "sending SIG",
    "Killing process",
    "implement_corrective_action",
    "Sending SIGKILL to the victim",
    "Sending SIGTERM to the victim",
    "to free ",
    "attempting to reclaim",
    "must evict pod",
    "low on resource: memory",
    "is evicted successfully",
    "OutOfMemoryError",
    "insufficient memory",
    "os::commit_memory",
    "heap out of memory",
    "bad_alloc",
    "allocate memory",
    "MemoryError",
    "memory allocation of ",
    "memory exhausted",
    "Allowed memory size",
    "OOM command not allowed",
    "memory limits. Current usage",
    "no enough memory",
    "not enough memory",
    "vmalloc: allocation failure",
    "vmalloc error",
    "Unable to allocate memory",
    "drop_caches:",
    "blocked for more than",
    "Memory failure:",
    "hardware memory corruption",
    "Huh VM_FAULT_OOM",
    "fork rejected",
    "callbacks suppressed",
    "messages dropped",
    "kernel messages",
    "lost due to rate-limiting",
    "Linux version ",
    "-- Reboot --",
    "-- Boot ",
    "MESSAGE\":[",
    "MESSAGE\" : [",
};

enum {
    WINDOW = 7,
    BLOCK = 3,
    BUCKETS = 1 << 13,
    N_ANCHORS = sizeof(anchors) / sizeof(*anchors),
    NONE = 0xff,
};

/* Wu and Manber, "A fast algorithm for multi-pattern searching" (1994): how far the window may move
 * on, by a hash of its last three bytes; 0 = an anchor may begin at the window. */
static unsigned char shifts[BUCKETS];
static unsigned char heads[BUCKETS]; /* first anchor with these last bytes */
static unsigned char nexts[N_ANCHORS];
static bool is_ready;

static unsigned hash(const char *p)
{
    uint32_t v = (unsigned char)p[0] | (uint32_t)(unsigned char)p[1] << 8 |
                 (uint32_t)(unsigned char)p[2] << 16;
    return (v * 0x9e3779b1u) >> 19;
}

void scan_init(void)
{
    if (is_ready)
        return;
    memset(shifts, WINDOW - BLOCK + 1, sizeof(shifts));
    memset(heads, NONE, sizeof(heads));
    for (unsigned a = 0; a < N_ANCHORS; a++)
        for (unsigned at = 0; at + BLOCK <= WINDOW; at++) {
            unsigned h = hash(anchors[a] + at), shift = WINDOW - BLOCK - at;
            if (shift < shifts[h])
                shifts[h] = (unsigned char)shift;
            if (shift == 0) {
                nexts[a] = heads[h];
                heads[h] = (unsigned char)a;
            }
        }
    is_ready = true;
}

static bool is_anchor(const char *p, size_t n, unsigned bucket)
{
    for (unsigned a = heads[bucket]; a != NONE; a = nexts[a]) {
        size_t length = strlen(anchors[a]);
        if (length <= n && memcmp(p, anchors[a], length) == 0)
            return true;
    }
    return false;
}

size_t scan_anchor(struct span text)
{
    const char *p = text.p, *end = text.p + text.n;
    while ((size_t)(end - p) >= WINDOW) {
        unsigned h = hash(p + WINDOW - BLOCK), shift = shifts[h];
        if (shift == 0) {
            if (is_anchor(p, (size_t)(end - p), h))
                return (size_t)(p - text.p);
            shift = 1;
        }
        p += shift;
    }
    return text.n;
}

/* Eight bytes a step: a byte of x is zero exactly where the text has a line feed. */
uint64_t scan_count_feeds(struct span text)
{
    uint64_t count = 0;
    size_t i = 0;
    while (i + 8 <= text.n) {
        uint64_t sums = 0;
        size_t rounds = (text.n - i) / 8;
        for (rounds = rounds > 255 ? 255 : rounds; rounds > 0; rounds--, i += 8) {
            uint64_t x;
            memcpy(&x, text.p + i, 8);
            x ^= 0x0a0a0a0a0a0a0a0au;
            uint64_t not_zero = ((x & 0x7f7f7f7f7f7f7f7fu) + 0x7f7f7f7f7f7f7f7fu) | x;
            sums += (~not_zero & 0x8080808080808080u) >> 7;
        }
        for (unsigned byte = 0; byte < 8; byte++)
            count += sums >> (8 * byte) & 0xff;
    }
    for (; i < text.n; i++)
        count += text.p[i] == '\n';
    return count;
}
