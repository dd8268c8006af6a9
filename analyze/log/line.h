/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_LOG_LINE_H
#define OOMSCOPE_LOG_LINE_H

#include "base/span.h"

#include <stdbool.h>
#include <stdint.h>

/* What a message of an OOM report, or of a page allocation failure, is. The formats of 2.6.24 to
 * 7.3 are told by their words, never by columns or by the kernel's version. */
enum line_kind {
    LINE_OTHER,
    LINE_INVOKED,    /* "java invoked oom-killer: gfp_mask=...": dump_header */
    LINE_FAILURE,    /* "java: page allocation failure: order:1, mode:..." and what else warn_alloc
                        says: line_failure */
    LINE_CPUSET,     /* "java cpuset=/ mems_allowed=0-1" */
    LINE_CPU,        /* "CPU: 1 PID: 4321 Comm: java Not tainted 6.1.0 #1", "Pid: 1, comm: java" */
    LINE_TASK_IN,    /* "Task in A killed as a result of limit of B" */
    LINE_REACHED,    /* "Memory limit reached of cgroup A" */
    LINE_USAGE,      /* "memory: usage 1kB, limit 2kB, failcnt 3" and its like */
    LINE_STATS,      /* "Memory cgroup stats for A:" with what follows it */
    LINE_STAT,       /* "anon 4096": one key of the stats */
    LINE_PROTECTION, /* "Memory cgroup min protection 0kB -- low protection 0kB" */
    LINE_MEMINFO,    /* "Mem-Info:" */
    LINE_COUNTERS,   /* "active_anon:1 inactive_anon:2 ..." */
    LINE_NODE,       /* "Node 0 active_anon:4kB ..." */
    LINE_ZONE,       /* "Node 0 DMA free:4kB ..." */
    LINE_RESERVE,    /* "lowmem_reserve[]: 0 1 2" */
    LINE_BUDDY,      /* "Node 0 DMA: 1*4kB (U) ... = 4kB" */
    LINE_HUGEPAGES,  /* "Node 0 hugepages_total=0 ..." */
    LINE_TOTAL,      /* "1234 pages RAM", "Free swap  = 0kB" */
    LINE_SLAB_HEAD,  /* "Unreclaimable slab info:" and its column names */
    LINE_SLAB,       /* "kmalloc-64  12KB  16KB" */
    LINE_ALLOC_HEAD, /* "Memory allocations:" */
    LINE_ALLOC,      /* "  38.4 MiB     1234 mm/slub.c:12 func:alloc" */
    LINE_TASKS,      /* "[ pid ]   uid  tgid total_vm ...": names the columns */
    LINE_TASK,       /* "[ 4321]  1000  4321 ..." */
    LINE_OOM_KILL,   /* "oom-kill:constraint=..." */
    LINE_CHOSEN,     /* "Out of memory: Kill process 1 (a) score 2 or sacrifice child" */
    LINE_KILLED,     /* "Killed process 1 (a) total-vm:..." */
    LINE_SHARING,    /* "Kill process 1 (a) sharing same memory": to 4.4, behind the kill */
    LINE_GROUP,      /* "Tasks in A are going to be killed due to memory.oom.group set" */
    LINE_EXITING,    /* "OOM victim 1 (a) is already exiting. Skip killing the task" */
    LINE_LET_LIVE,   /* "Would have killed process 1 (a). But continuing instead.": el6 */
    LINE_REAPED,     /* "oom_reaper: reaped process 1 (a), now anon-rss:0kB, ..." */
    LINE_UNREAPED,   /* "oom_reaper: unable to reap pid:1 (a)" */
    LINE_NO_VICTIM,  /* "Out of memory and no killable processes..." */
    LINE_PANIC,      /* "Kernel panic - not syncing: Out of memory..." */
    LINE_SYSRQ,      /* "sysrq: Manual OOM execution" */
    LINE_TRACE,      /* " mem_cgroup_out_of_memory+0x148/0x190": a frame that tells the scope */
};

enum line_kind line_classify(struct span text);

/* What warn_alloc() says behind the name of the task: the kind of log_events, and where the name
 * ends (may be NULL). NULL for any other message. */
const char *line_failure(struct span text, size_t *ret_at);

/* The message was cut before the end that its kind has: the next line of a wrapped paste goes on
 * with it. */
bool line_wants_more(enum line_kind kind, struct span text);

/* A line that only a report has, and that opens or decides an event. */
bool line_is_verdict(enum line_kind kind);

/* Parts of a message that several kinds share. */
struct line_zone {
    uint64_t node;
    bool has_node;
    struct span name; /* "DMA"; empty on a line about a node */
    struct span rest; /* what follows */
};
bool line_zone(struct span text, struct line_zone *ret); /* "[Node 0 ]DMA rest", "Node 0 rest" */

#endif
