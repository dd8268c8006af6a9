/* SPDX-License-Identifier: MIT */
#include "log/line.h"

#include "base/num.h"

static bool is_word(struct span s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!((s.p[i] | 32) >= 'a' && (s.p[i] | 32) <= 'z') && !(s.p[i] >= '0' && s.p[i] <= '9') &&
            s.p[i] != '_')
            return false;
    return s.n > 0;
}

bool line_zone(struct span text, struct line_zone *ret)
{
    struct span t = span_trim_left(text);
    *ret = (struct line_zone){.name = SPAN_NONE};
    if (span_eat(&t, "Node ")) {
        if (!num_eat_u64(&t, &ret->node) || !span_eat(&t, " "))
            return false;
        ret->has_node = true;
    }
    struct span after = t, word = span_word(&after);
    if (word.n > 0 && word.p[word.n - 1] == ':')
        word.n--; /* "Node 0 DMA: 1*4kB" */
    if (word.n <= 16 && is_word(word) && word.p[0] >= 'A' && word.p[0] <= 'Z') {
        ret->name = word;
        t = after;
    }
    ret->rest = span_trim_left(t);
    return ret->has_node || ret->name.n > 0;
}

static enum line_kind classify_zone(struct span text)
{
    struct line_zone zone;
    if (!line_zone(text, &zone))
        return LINE_OTHER;
    struct span r = zone.rest;
    if (zone.name.n == 0)
        return span_starts(r, "active_anon:")       ? LINE_NODE
               : span_starts(r, "hugepages_total=") ? LINE_HUGEPAGES
                                                    : LINE_OTHER;
    if (span_starts(r, "free:"))
        return LINE_ZONE;
    size_t star = span_find_char(r, '*');
    uint64_t n;
    if (star > 0 && star < r.n && num_u64(span_slice(r, 0, star), &n))
        return LINE_BUDDY;
    return LINE_OTHER;
}

static bool is_total(struct span text)
{
    struct span t = text;
    uint64_t n;
    span_eat(&t, "-");
    if (num_eat_u64(&t, &n)) {
        return span_starts(t, " total pagecache pages") || span_starts(t, " pages in swap cache") ||
               span_starts(t, " pages RAM") || span_starts(t, " pages HighMem") ||
               span_starts(t, " pages reserved") || span_starts(t, " pages shared") ||
               span_starts(t, " pages non-shared") || span_starts(t, " pages cma reserved") ||
               span_starts(t, " pages hwpoisoned") || span_starts(t, " pages in pagetable cache") ||
               span_starts(t, " reserved pages") || span_starts(t, " pages of RAM") ||
               span_starts(t, " free pages") || span_starts(t, " pages shared") ||
               span_starts(t, " pages swap cached") || span_starts(t, " slab pages");
    }
    return span_starts(text, "Free swap") || span_starts(text, "Total swap") ||
           span_starts(text, "Swap cache stats:") || span_starts(text, "Swap cache:");
}

/* "[ 4321]" or "[   4321]", then a number */
static bool is_task(struct span text)
{
    struct span t = span_trim_left(text);
    uint64_t n;
    if (!span_eat(&t, "["))
        return false;
    t = span_trim_left(t);
    if (!num_eat_u64(&t, &n) || !span_eat(&t, "]"))
        return false;
    for (unsigned i = 0; i < 3; i++)
        if (!num_u64(span_word(&t), &n))
            return false;
    return true;
}

static bool is_tasks_head(struct span text)
{
    struct span t = span_trim_left(text);
    if (!span_eat(&t, "["))
        return false;
    t = span_trim_left(t);
    return span_eat(&t, "pid") && span_has(t, "total_vm");
}

/* "key 1234": a line of memory.stat */
static bool is_stat(struct span text)
{
    struct span t = text, rest;
    uint64_t n;
    span_cut(text, '\n', &t, &rest); /* 5.3 to 6.4 print all keys in one record */
    struct span key = span_word(&t), value = span_word(&t);
    return is_word(key) && key.n >= 3 && key.p[0] >= 'a' && key.p[0] <= 'z' && num_u64(value, &n);
}

/* "kmalloc-64           12KB         16KB" */
static bool is_slab(struct span text)
{
    size_t n = text.n;
    if (n < 5 || !span_ends(text, "KB"))
        return false;
    struct span t = text, word, last = SPAN_NONE, before = SPAN_NONE;
    while ((word = span_word(&t)).n > 0) {
        before = last;
        last = word;
    }
    uint64_t v;
    return span_ends(before, "KB") && num_u64(span_slice(before, 0, before.n - 2), &v) &&
           num_u64(span_slice(last, 0, last.n - 2), &v);
}

/* A frame of the call trace below the header: who called out_of_memory(). Frames behind "? " are
 * left-overs on the stack. */
static bool is_trace(struct span text)
{
    return (span_has(text, "mem_cgroup_out_of_memory") || span_has(text, "mem_cgroup_oom") ||
            span_has(text, "__alloc_pages") || span_has(text, "__alloc_frozen_pages") ||
            span_has(text, "pagefault_out_of_memory") || span_has(text, "moom_callback")) &&
           !span_has(text, "? ") && (span_has(text, "+0x") || span_has(text, " (mm/"));
}

static enum line_kind classify_kill(struct span text)
{
    struct span t = text;
    size_t colon = span_find(t, SPAN_LIT(": Kill"));
    if (colon == t.n)
        colon = span_find(t, SPAN_LIT(": kill process ")); /* to 2.6.32 */
    bool has_reason = span_starts(t, "Out of memory") || span_starts(t, "Memory cgroup out of") ||
                      span_starts(t, "No available memory") || span_starts(t, "VM: ");
    if (span_starts(t, "Out of memory and no killable processes"))
        return LINE_NO_VICTIM;
    if (has_reason && colon < t.n && colon < 64)
        t = span_skip(t, colon + 2);
    if (has_reason && span_has(text, ": OOM victim "))
        return LINE_EXITING;
    if (span_starts(t, "Killed process "))
        return LINE_KILLED;
    if (span_starts(t, "Kill process ") && span_ends(t, ") sharing same memory"))
        return LINE_SHARING;
    if (span_starts(t, "Kill process ") && (has_reason || span_has(t, " score ")))
        return LINE_CHOSEN;
    if (has_reason && span_starts(t, "kill process "))
        return LINE_CHOSEN; /* 2.6.24 to 2.6.32: "... score 123 or a child" */
    if (span_starts(t, "OOM victim "))
        return LINE_EXITING;
    span_eat(&t, "oom_kill_process: ");
    if (span_starts(t, "Would have killed process ") ||
        span_starts(t, "would have killed process "))
        return LINE_LET_LIVE;
    return LINE_OTHER;
}

/* "active_file:0kB": the rest of a wrapped line about a node or zone; the counters are pages. */
static bool is_in_kib(struct span text)
{
    return span_ends(span_word(&text), "kB");
}

static enum line_kind classify_rest(struct span t)
{
    static const struct {
        const char *start;
        enum line_kind kind;
    } starts[] = {
        {"oom-kill:constraint=", LINE_OOM_KILL},
        {"Memory limit reached of cgroup", LINE_REACHED},
        {"Memory cgroup stats", LINE_STATS},
        {"Memory cgroup min protection", LINE_PROTECTION},
        {"memory: usage ", LINE_USAGE},
        {"memory+swap: usage ", LINE_USAGE},
        {"swap: usage ", LINE_USAGE},
        {"kmem: usage ", LINE_USAGE},
        {"Mem-Info:", LINE_MEMINFO},
        {"Mem-info:", LINE_MEMINFO},
        {"active_anon:", LINE_COUNTERS},
        {"Active_anon:", LINE_COUNTERS},
        {"Active:", LINE_COUNTERS},
        {"active_file:", LINE_COUNTERS}, /* consoles print each line of the record apart */
        {"unevictable:", LINE_COUNTERS},
        {"slab_reclaimable:", LINE_COUNTERS},
        {"mapped:", LINE_COUNTERS},
        {"sec_pagetables:", LINE_COUNTERS},
        {"kernel_misc_reclaimable:", LINE_COUNTERS},
        {"free:", LINE_COUNTERS},
        {"lowmem_reserve[]:", LINE_RESERVE},
        {"Unreclaimable slab info:", LINE_SLAB_HEAD},
        {"Memory allocations", LINE_ALLOC_HEAD},
        {"Tasks state (memory values in pages)", LINE_OTHER},
        {"oom_reaper: reaped process ", LINE_REAPED},
        {"oom_reaper: unable to reap ", LINE_UNREAPED},
        {"CPU: ", LINE_CPU},
        {"Pid: ", LINE_CPU},
    };
    for (size_t i = 0; i < sizeof(starts) / sizeof(*starts); i++)
        if (span_starts(t, starts[i].start))
            return starts[i].kind == LINE_COUNTERS && is_in_kib(t) ? LINE_OTHER : starts[i].kind;
    if (span_eat(&t, "Kernel panic - not syncing: "))
        return span_starts(t, "Out of memory") || span_starts(t, "out of memory") ||
                       span_starts(t, "System is deadlocked on memory")
                   ? LINE_PANIC
                   : LINE_OTHER;
    if (span_starts(t, "Task in ") && span_has(t, "limit of"))
        return LINE_TASK_IN;
    if (span_starts(t, "Task in "))
        return LINE_TASK_IN;
    if (span_starts(t, "Tasks in ") && span_has(t, "memory.oom.group"))
        return LINE_GROUP;
    if (span_starts(t, "Name ") && span_has(t, "Used") && span_ends(t, "Total"))
        return LINE_SLAB_HEAD;
    if ((span_starts(t, "sysrq: ") || span_starts(t, "SysRq : ")) &&
        span_has(t, "Manual OOM execution"))
        return LINE_SYSRQ;
    return LINE_OTHER;
}

const char *line_failure(struct span text, size_t *ret_at)
{
    static const char *const words[][2] = {
        {": page allocation failure", "alloc_failure"},
        {": page allocation stall", "alloc_stall"}, /* 4.10 to 4.14 */
        {": page alloction stall", "alloc_stall"},  /* 4.10 */
        {": vmalloc: allocation failure", "vmalloc_failure"},
        {": vmalloc error: ", "vmalloc_failure"}, /* 5.13 and later */
    };
    struct span head = span_slice(text, 0, 80);
    size_t colon = 0;
    while (colon < 40 && colon < head.n) { /* a name may hold a colon */
        colon += span_find_char(span_skip(head, colon), ':');
        for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
            if (span_starts(span_skip(head, colon), words[i][0])) {
                if (ret_at)
                    *ret_at = colon;
                return words[i][1];
            }
        colon++;
    }
    return NULL;
}

enum line_kind line_classify(struct span text)
{
    struct span t = span_trim(text);
    enum line_kind kind;
    if (t.n < 4)
        return LINE_OTHER;
    size_t invoked = span_find(t, SPAN_LIT(" invoked"));
    if (invoked < 40 && invoked < t.n && span_has(span_skip(t, invoked), "oom-killer"))
        return LINE_INVOKED;
    if ((kind = classify_rest(t)) != LINE_OTHER)
        return kind;
    if ((kind = classify_kill(t)) != LINE_OTHER)
        return kind;
    if (is_tasks_head(t))
        return LINE_TASKS;
    if (is_task(t))
        return LINE_TASK;
    if (line_failure(t, NULL))
        return LINE_FAILURE;
    size_t cpuset = span_find(t, SPAN_LIT(" cpuset="));
    if (cpuset < 20 && cpuset < t.n && span_has(t, " mems_allowed="))
        return LINE_CPUSET;
    if ((kind = classify_zone(t)) != LINE_OTHER)
        return kind;
    if (is_total(t))
        return LINE_TOTAL;
    if (is_slab(t))
        return LINE_SLAB;
    if (span_has(t, " func:"))
        return LINE_ALLOC;
    if (is_stat(t))
        return LINE_STAT;
    return is_trace(t) ? LINE_TRACE : LINE_OTHER;
}

static bool lacks(struct span text, const char *key)
{
    return !span_has(text, key);
}

/* A row of a task table without its name. */
static bool ends_in_number(struct span text)
{
    size_t n = text.n;
    while (n > 0 && text.p[n - 1] >= '0' && text.p[n - 1] <= '9')
        n--;
    return n < text.n && n > 0 && (text.p[n - 1] == ' ' || text.p[n - 1] == '-');
}

bool line_wants_more(enum line_kind kind, struct span text)
{
    switch (kind) {
    case LINE_INVOKED:
        return lacks(text, "oom_score_adj=") && lacks(text, "oom_adj=") &&
               lacks(text, "oomkilladj=");
    case LINE_KILLED:
        return lacks(text, "file-rss:") || span_ends(text, ",") ||
               (span_has(text, "shmem-rss") && span_has(text, "UID:") &&
                lacks(text, "oom_score_adj:"));
    case LINE_OOM_KILL:
        return lacks(text, ",uid=");
    case LINE_FAILURE:
        return lacks(text, "mode:");
    case LINE_NODE:
        return lacks(text, "all_unreclaimable?");
    case LINE_ZONE:
        return lacks(text, "free_cma:") && lacks(text, "all_unreclaimable?");
    case LINE_COUNTERS:
        return (lacks(text, " free:") && lacks(text, "\nfree:")) || lacks(text, "pagetables:");
    case LINE_BUDDY:
        return lacks(text, " = ");
    case LINE_CHOSEN:
        return lacks(text, "child");
    case LINE_USAGE:
        return lacks(text, "failcnt");
    case LINE_TASKS:
        return !span_ends(text, " name");
    case LINE_TASK:
        return ends_in_number(text);
    case LINE_STATS:
        return true;
    case LINE_CPU:
        return lacks(text, "#");
    case LINE_GROUP:
    case LINE_TASK_IN:
        return lacks(text, "memory.oom.group") && lacks(text, "limit of");
    case LINE_HUGEPAGES:
        return lacks(text, "hugepages_size=");
    default:
        return false;
    }
}

bool line_is_verdict(enum line_kind kind)
{
    switch (kind) {
    case LINE_INVOKED:
    case LINE_OOM_KILL:
    case LINE_CHOSEN:
    case LINE_KILLED:
    case LINE_EXITING:
    case LINE_LET_LIVE:
    case LINE_NO_VICTIM:
    case LINE_PANIC:
    case LINE_GROUP:
    case LINE_SHARING:
        return true;
    default:
        return false;
    }
}
