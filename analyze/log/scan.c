/* SPDX-License-Identifier: MIT */
#include "log/scan.h"

#include <stdbool.h>
#include <string.h>

/* Words of which at least one is in every line that begins something of interest. Each is at least
 * WINDOW bytes long; the first WINDOW bytes are what is looked for, the rest is compared. */
static const char *const anchors[] = {
    "invoked oom-killer",
    "oom-kill:constraint",
    "oom-kill event",
    "result 'oom-kill'",
    "Killed process ",
    "Kill process ",
    ": kill process ",
    "Out of memory",
    "out of memory",
    "killable processes",
    "Manual OOM",
    "page allocation ",
    "page alloction ",
    "inactive_anon:",
    "isolated_anon:",
    "lowmem_reserve[",
    "total_vm      rss",
    "killed as a result of limit",
    "Memory limit reached",
    "Memory cgroup out",
    "Memory cgroup stats",
    "memory: usage",
    "memory.oom.group",
    "oom_reaper: ",
    "oom_kill_process:",
    "oom_kill event",
    "dump_header: ",
    "ould have killed process",
    "oomd kill: ",
    "possibly OOM-killed",
    "OOM Killed (137)",
    "TERM_MEMLIMIT",
    "recovery action for ",
    "page recovery: ",
    "unmap corrupted page",
    "Soft offline: ",
    "systemd-oomd killed",
    "due to memory ",
    "Memory pressure for ",
    "Swap used (",
    "by the OOM killer",
    "OOM killer disabled",
    "OOM killer enabled",
    "OOM victim ",
    "OOM request ",
    "been OOM Killed",
    "was OOM killed",
    "System OOM encountered",
    "\"/tasks/oom\"",
    "topic=/tasks/oom",
    "TaskOOM event",
    "OOM received",
    "OOM event received",
    "lowmemorykiller",
    "SIGTERM to process",
    "SIGKILL to process",
    "Killing process",
    "to the victim",
    ", oom_adj ",
    "oom_score_adj ",
    "attempting to reclaim",
    "must evict pod",
    "low on resource: memory",
    "evicted successfully",
    "OutOfMemoryError",
    "insufficient memory",
    "os::commit_memory",
    "std::bad_alloc",
    "allocate memory",
    "xmalloc: cannot allocate",
    "MemoryError",
    "memory allocation of ",
    "memory exhausted",
    "Allowed memory size",
    "OOM command not",
    "physical memory limits",
    "enough memory for the",
    "allocation failure",
    "vmalloc error",
    "drop_caches: ",
    "blocked for more than",
    "wait for more than",
    "Memory failure: ",
    "memory corruption",
    "VM_FAULT_OOM",
    "fork rejected",
    "callbacks suppressed",
    "messages dropped",
    "kernel messages",
    "lost due to rate-limiting",
    "Linux version ",
    "-- Reboot --",
    "\n-- Boot 0",
    "\n-- Boot 1",
    "\n-- Boot 2",
    "\n-- Boot 3",
    "\n-- Boot 4",
    "\n-- Boot 5",
    "\n-- Boot 6",
    "\n-- Boot 7",
    "\n-- Boot 8",
    "\n-- Boot 9",
    "\n-- Boot a",
    "\n-- Boot b",
    "\n-- Boot c",
    "\n-- Boot d",
    "\n-- Boot e",
    "\n-- Boot f",
    "MESSAGE\":[",
    "MESSAGE\" : [",
};

enum {
    WINDOW = 10,
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

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
static const uint32_t MASK = 0x00ffffff;
#else
static const uint32_t MASK = 0xffffff00;
#endif

static unsigned hash(const char *p)
{
    uint32_t v; /* the byte before the three is there: a block ends a window */
    memcpy(&v, p - 1, sizeof(v));
    return ((v & MASK) * 0x9e3779b1u) >> 19;
}

void scan_init(void)
{
    if (is_ready)
        return;
    memset(shifts, WINDOW - BLOCK, sizeof(shifts)); /* the block at 0 is left out: see hash */
    memset(heads, NONE, sizeof(heads));
    for (unsigned a = 0; a < N_ANCHORS; a++)
        for (unsigned at = 1; at + BLOCK <= WINDOW; at++) {
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
