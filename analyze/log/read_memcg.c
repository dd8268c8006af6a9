/* SPDX-License-Identifier: MIT */
#include "log/read.h"

#include "base/num.h"

/* A record of stats longer than this may have met the limit of printk (976 or 992 bytes, less the
 * prefix and the lines before it). */
enum { CUT_BYTES = 600 };

/* "Task in /a killed as a result of limit of /b": b is at its limit, a holds the task */
static void read_task_in(struct reading *in)
{
    struct span text = in->text;
    struct report *r = in->report;
    if (!span_eat(&text, "Task in "))
        return;
    r->is_memcg = true;
    size_t at = span_find(text, SPAN_LIT(" killed as a result of limit of "));
    if (at < text.n) {
        struct span task = span_slice(text, 0, at);
        struct span owner = span_trim(span_skip(text, at + 32));
        report_set_text(r, F_oom_events_task_cgroup, task, in->where);
        if (owner.n > 0 && owner.p[0] == '/')
            report_set_text(r, F_oom_events_cgroup, owner, in->where);
        else
            r->is_memcg = false; /* "limit of host" of some vendor kernels: not a cgroup */
    }
}

/* "memory: usage 1kB, limit 2kB, failcnt 3", mm/memcontrol.c mem_cgroup_print_oom_meminfo */
static void read_usage(struct reading *in)
{
    static const struct {
        const char *start;
        enum field_id usage, limit;
    } lines[] = {
        {"memory: ", F_oom_events_usage, F_oom_events_limit},
        {"memory+swap: ", F_oom_events_memsw_usage, F_oom_events_memsw_limit},
        {"swap: ", F_oom_events_swap_usage, F_oom_events_swap_limit},
        {"kmem: ", F_oom_events_kmem_usage, F_oom_events_kmem_limit},
    };
    int64_t n;
    in->report->is_memcg = true;
    for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
        if (!span_starts(in->text, lines[i].start))
            continue;
        if (read_after(in->text, "usage ", &n) && n < INT64_MAX / 1024)
            report_set(in->report, lines[i].usage, n * 1024, in->where);
        if (read_after(in->text, "limit ", &n))
            report_set_limit(in->report, lines[i].limit, (uint64_t)n, in->where);
        if (i == 0 && read_after(in->text, "failcnt ", &n))
            report_set(in->report, F_oom_events_failcnt, n, in->where);
        return;
    }
}

/* A key of memory.stat in its v2 or v1 spelling; FIELD_NONE for what has no field. */
static enum field_id stat_field(struct span key)
{
    static const struct {
        const char *key;
        enum field_id field;
    } v1[] = {
        {"cache", F_oom_events_stat_file},        {"rss", F_oom_events_stat_anon},
        {"rss_huge", F_oom_events_stat_anon_thp}, {"mapped_file", F_oom_events_stat_file_mapped},
        {"dirty", F_oom_events_stat_file_dirty},  {"writeback", F_oom_events_stat_file_writeback},
    };
    char name[40] = "stat_";
    for (size_t i = 0; i < sizeof(v1) / sizeof(*v1); i++)
        if (span_is(key, v1[i].key))
            return v1[i].field;
    if (key.n > sizeof(name) - 6)
        return FIELD_NONE;
    for (size_t i = 0; i < key.n; i++)
        name[5 + i] = key.p[i];
    return schema_find_field(T_oom_events, (struct span){name, key.n + 5});
}

/* "cache:120KB rss:1048456KB ...": one line per cgroup of the subtree, each of its own: they add */
static void read_stats_kib(struct reading *in, struct span rest)
{
    struct pair pair;
    while (pair_next(&rest, &pair)) {
        enum field_id field = stat_field(pair.key);
        if (field != FIELD_NONE && pair.value >= 0 && pair.value < INT64_MAX / 1024)
            report_add(in->report, field, pair.value * 1024, read_place(in, pair.key.p));
    }
}

/* "anon 4096": bytes of the subtree; on v1 of 6.4 and later the total_ keys are the subtree's */
static void read_stat(struct reading *in, struct span key, uint64_t value)
{
    struct where where = read_place(in, key.p);
    bool is_total = span_eat(&key, "total_");
    enum field_id field = stat_field(key);
    if (field == FIELD_NONE || value > INT64_MAX)
        return;
    if (is_total)
        report_replace(in->report, field, (int64_t)value, where);
    else
        report_set(in->report, field, (int64_t)value, where);
}

/* Key and number by turns. The record of 5.3 to 6.4 is cut at 992 bytes without a mark: a number
 * that ends the text may be half of itself and is not read. */
static void read_stats_bytes(struct reading *in, struct span rest, bool may_be_cut)
{
    struct span key = SPAN_NONE;
    uint64_t n;
    while (rest.n > 0) {
        while (rest.n > 0 && (rest.p[0] == ' ' || rest.p[0] == '\n'))
            rest = span_skip(rest, 1);
        size_t end = 0;
        while (end < rest.n && rest.p[end] != ' ' && rest.p[end] != '\n')
            end++;
        struct span word = span_slice(rest, 0, end);
        rest = span_skip(rest, end);
        if (key.n > 0 && num_u64(word, &n) && !(may_be_cut && rest.n == 0)) {
            read_stat(in, key, n);
            key = SPAN_NONE;
        } else {
            key = word;
        }
    }
}

static void read_stats(struct reading *in)
{
    struct report *r = in->report;
    struct span text = in->text, rest;
    span_eat(&text, "Memory cgroup stats");
    if (span_eat(&text, " for ")) {
        struct span path;
        size_t at = span_find(text, SPAN_LIT(": "));
        size_t feed = span_find_char(text, '\n');
        if (feed < at) { /* "for /a:\nanon 1\nfile 2" */
            path = span_slice(text, 0, feed);
            rest = span_skip(text, feed + 1);
        } else {
            path = span_slice(text, 0, at);
            rest = span_skip(text, at < text.n ? at + 2 : at);
        }
        if (span_ends(path, ":"))
            path.n--;
        if (path.n > 0 && path.p[0] == '/')
            report_set_text(r, F_oom_events_cgroup, path, in->where);
    } else {
        span_eat(&text, ":");
        rest = text;
    }
    r->is_memcg = true;
    r->block = LINE_STATS;
    if (span_has(rest, "KB") || span_has(rest, "kB"))
        read_stats_kib(in, rest);
    else
        read_stats_bytes(in, rest, rest.n > CUT_BYTES);
}

void read_memcg(struct reading *in, enum line_kind kind)
{
    struct span path;
    switch (kind) {
    case LINE_TASK_IN:
        read_task_in(in);
        break;
    case LINE_REACHED:
        in->report->is_memcg = true;
        if (read_between(in->text, "of cgroup ", NULL, &path))
            report_set_text(in->report, F_oom_events_cgroup, span_trim(path), in->where);
        break;
    case LINE_USAGE:
        read_usage(in);
        break;
    case LINE_STATS:
        read_stats(in);
        break;
    case LINE_STAT:
        if (in->report->block == LINE_STATS)
            read_stats_bytes(in, in->text, in->text.n > CUT_BYTES);
        break;
    default:
        break;
    }
}
