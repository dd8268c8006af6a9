/* SPDX-License-Identifier: MIT */
#include "log/read.h"

#include "base/arena.h"
#include "base/num.h"

/* "gfp_mask=0x201da," or "gfp_mask=0xcc0(GFP_KERNEL), nodemask=(null),  order=0": the mask, the
 * names where the kernel prints them (4.6 and later), the nodemask of 4.9 to 4.20 */
static void read_gfp(struct reading *in, const char *key)
{
    struct report *r = in->report;
    struct span mask, names;
    int64_t value;
    if (!read_between(in->text, key, NULL, &mask))
        return;
    size_t end = 0;
    while (end < mask.n && mask.p[end] != '(' && mask.p[end] != ',' && mask.p[end] != ' ' &&
           mask.p[end] != '\n')
        end++;
    uint64_t digits;
    if (num_hex(span_slice(mask, 0, end), &digits) && read_after(in->text, key, &value))
        report_set(r, F_oom_events_gfp_mask, value, in->where);
    struct span rest = span_trim_left(span_skip(mask, end));
    if (rest.n > 0 && rest.p[0] == '\n')
        rest = span_skip(rest, 1);
    if (span_eat(&rest, "(") && span_cut(rest, ')', &names, &rest))
        report_set_text(r, F_oom_events_gfp_flags, span_trim(names), in->where);
}

static void read_nodemask(struct reading *in)
{
    struct span mask;
    if (read_between(in->text, "nodemask=", NULL, &mask) && mask.n > 0 && mask.p[0] >= '0' &&
        mask.p[0] <= '9') {
        size_t n = 0;
        while (n < mask.n && ((mask.p[n] >= '0' && mask.p[n] <= '9') || mask.p[n] == '-' ||
                              (mask.p[n] == ',' && n + 1 < mask.n && mask.p[n + 1] >= '0' &&
                               mask.p[n + 1] <= '9')))
            n++;
        report_set_text(in->report, F_oom_events_nodemask, span_slice(mask, 0, n), in->where);
    }
}

/* "java invoked oom-killer: gfp_mask=0x201da, order=0, oom_adj=0, oom_score_adj=0"; the name is
 * `current`, the task that asked for memory */
static void read_invoked(struct reading *in)
{
    struct report *r = in->report;
    struct span text = in->text;
    int64_t n;
    size_t at = span_find(text, SPAN_LIT(" invoked oom-killer"));
    if (at == text.n)
        at = span_find(text, SPAN_LIT(" invoked"));
    if (at > 0)
        report_set_text(r, F_oom_events_trigger_comm, span_slice(text, 0, at), in->where);
    in->text = span_skip(text, at);
    read_gfp(in, "gfp_mask=");
    read_nodemask(in);
    if (read_after(in->text, "order=", &n)) {
        report_set(r, F_oom_events_order, n, in->where);
        if (n == -1)
            report_set(r, F_oom_events_manual, 1, in->where);
    }
    if (read_after(in->text, "oom_score_adj=", &n))
        report_set(r, F_oom_events_trigger_adj, n, in->where);
    report_set(r, F_oom_events_header, 1, in->where);
    r->has_header = true;
}

/* ",cpuset=/,mems_allowed=0" behind the mode: 4.19 and later */
static void read_cpuset_of_failure(struct reading *in)
{
    struct span name, nodes;
    if (read_between(in->text, ",cpuset=", ",mems_allowed=", &name))
        report_set_text(in->report, F_oom_events_cpuset, name, in->where);
    if (read_between(in->text, ",mems_allowed=", NULL, &nodes))
        report_set_text(in->report, F_oom_events_mems_allowed, span_trim(nodes), in->where);
}

/* "java: page allocation failure: order:4, mode:0x40c40(GFP_NOFS|__GFP_COMP), nodemask=...",
 * "java: page allocation stalls for 10440ms, order:0, mode:0x...",
 * "java: vmalloc error: size 2097152, page order 9, failed to allocate pages, mode:0x..." */
static void read_failure(struct reading *in)
{
    struct report *r = in->report;
    size_t at = 0;
    int64_t n;
    r->message = arena_copy(r->arena, span_slice(in->text, 0, 400));
    line_failure(in->text, &at);
    report_set_text(r, F_oom_events_trigger_comm, span_slice(in->text, 0, at), in->where);
    in->text = span_skip(in->text, at);
    if (read_after(in->text, "order:", &n) || read_after(in->text, "page order ", &n))
        report_set(r, F_oom_events_order, n, in->where);
    read_gfp(in, "mode:");
    read_nodemask(in);
    read_cpuset_of_failure(in);
    r->has_header = true;
}

/* A report that lost its header still says here who asked: "Comm: java Not tainted". */
static void read_name_of_cpu_line(struct reading *in)
{
    static const char *const starts[] = {"Comm: ", "comm: "}, *const ends[] = {
                                                                  " Not tainted",
                                                                  " Tainted: ", " Kdump: "};
    struct span name = SPAN_NONE;
    for (size_t i = 0; i < 2 && !name.p; i++)
        if (!read_between(in->text, starts[i], NULL, &name))
            name = SPAN_NONE;
    if (in->report->has_header || !name.p)
        return;
    size_t end = name.n;
    for (size_t i = 0; i < 3; i++) {
        size_t at = span_find(name, span_of(ends[i]));
        end = at < end ? at : end;
    }
    if (end < name.n)
        report_set_text(in->report, F_oom_events_trigger_comm, span_slice(name, 0, end), in->where);
}

/* "CPU: 1 UID: 0 PID: 4321 Comm: java Tainted: G  W  6.12.0 #1", "Pid: 1, comm: java Not tainted
 * 2.6.32 #1" */
static void read_cpu(struct reading *in)
{
    struct report *r = in->report;
    struct span rest, word;
    int64_t pid;
    if (!read_after(in->text, "PID: ", &pid) && !read_after(in->text, "Pid: ", &pid))
        return;
    report_set(r, F_oom_events_trigger_pid, pid, in->where);
    r->pid = (uint64_t)pid;
    read_name_of_cpu_line(in);
    size_t at = span_find(in->text, SPAN_LIT(" #"));
    if (at == in->text.n)
        return;
    rest = span_slice(in->text, 0, at);
    size_t blank = rest.n;
    while (blank > 0 && rest.p[blank - 1] != ' ' && rest.p[blank - 1] != '\n')
        blank--;
    word = span_skip(rest, blank);
    if (word.n > 3 && word.p[0] >= '2' && word.p[0] <= '9' && span_find_char(word, '.') < word.n)
        report_set_text(r, F_oom_events_kernel, word, in->where);
}

/* "java cpuset=/ mems_allowed=0-1": the name of the cpuset is its last component only */
static void read_cpuset(struct reading *in)
{
    struct span name, nodes;
    if (read_between(in->text, " cpuset=", " mems_allowed=", &name))
        report_set_text(in->report, F_oom_events_cpuset, name, in->where);
    if (read_between(in->text, " mems_allowed=", " ", &nodes))
        report_set_text(in->report, F_oom_events_mems_allowed, nodes, in->where);
}

/* " mem_cgroup_out_of_memory+0x148/0x190": the innermost caller comes first */
static void read_trace(struct reading *in)
{
    if (in->report->trace == TRACE_NONE)
        in->report->trace = span_has(in->text, "mem_cgroup_o") ? TRACE_MEMCG : TRACE_GLOBAL;
}

void read_head(struct reading *in, enum line_kind kind)
{
    switch (kind) {
    case LINE_INVOKED:
        read_invoked(in);
        break;
    case LINE_FAILURE:
        read_failure(in);
        break;
    case LINE_CPU:
        read_cpu(in);
        break;
    case LINE_TRACE:
        read_trace(in);
        break;
    default:
        read_cpuset(in);
    }
}
