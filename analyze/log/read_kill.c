/* SPDX-License-Identifier: MIT */
#include "log/read.h"

#include "base/num.h"

/* "oom-kill:constraint=C,nodemask=N,cpuset=S,mems_allowed=M[,oom_memcg=G|,global_oom][,task_memcg=T]
 * ,task=X,pid=P,uid=U". Names hold commas: the head is read by the order of its keys, the tail from
 * the end. */
static void read_constraint(struct reading *in, struct span name)
{
    static const struct {
        const char *kernel, *ours;
    } names[] = {{"CONSTRAINT_NONE", "none"},
                 {"CONSTRAINT_CPUSET", "cpuset"},
                 {"CONSTRAINT_MEMORY_POLICY", "memory_policy"},
                 {"CONSTRAINT_MEMCG", "memcg"}};
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        if (span_is(name, names[i].kernel))
            name = span_of(names[i].ours);
    report_set_text(in->report, F_oom_events_constraint, name, in->where);
}

/* Length of a list of nodes: "0-1,4". A comma belongs to it when a digit follows. */
static size_t list_length(struct span s)
{
    size_t n = 0;
    while (n < s.n && ((s.p[n] >= '0' && s.p[n] <= '9') || s.p[n] == '-' ||
                       (s.p[n] == ',' && n + 1 < s.n && s.p[n + 1] >= '0' && s.p[n + 1] <= '9')))
        n++;
    return n;
}

static void read_task_of_summary(struct reading *in, struct span tail)
{
    struct report *r = in->report;
    size_t uid = span_rfind(tail, SPAN_LIT(",uid=")), pid, task;
    int64_t n;
    struct span cgroup;
    if (uid == tail.n) { /* cut: what is followed by the next key is whole */
        if (span_has(tail, ",task=") && read_between(tail, ",task_memcg=", ",task=", &cgroup))
            report_set_text(r, F_oom_events_task_cgroup, cgroup, in->where);
        return;
    }
    struct span head = span_slice(tail, 0, uid);
    if (read_after(span_skip(tail, uid), ",uid=", &n))
        report_set(r, F_oom_events_victim_uid, n, in->where);
    pid = span_rfind(head, SPAN_LIT(",pid="));
    if (pid == head.n || !read_after(span_skip(head, pid), ",pid=", &n))
        return;
    report_set(r, F_oom_events_chosen_pid, n, in->where);
    r->chosen_pid = (uint64_t)n;
    head = span_slice(head, 0, pid);
    task = span_rfind(head, SPAN_LIT(",task="));
    if (task == head.n)
        return;
    report_set_text(r, F_oom_events_chosen_comm, span_skip(head, task + 6), in->where);
    head = span_slice(head, 0, task);
    size_t memcg = span_find(head, SPAN_LIT(",task_memcg="));
    if (memcg < head.n)
        report_set_text(r, F_oom_events_task_cgroup, span_skip(head, memcg + 12), in->where);
}

/* What follows the constraint, the node mask and the cpuset, which early kernels leave out. */
static struct span behind_nodes(struct reading *in, struct span text)
{
    struct span rest = text, name;
    size_t at = span_find(text, SPAN_LIT(",nodemask="));
    if (at < text.n) {
        rest = span_skip(text, at + 10);
        if (!span_eat(&rest, "(null)"))
            rest = span_skip(rest, list_length(rest));
    }
    if (!span_starts(rest, ",cpuset="))
        return rest;
    if (read_between(rest, ",cpuset=", ",mems_allowed=", &name))
        report_set_text(in->report, F_oom_events_cpuset, name, in->where);
    at = span_find(rest, SPAN_LIT(",mems_allowed="));
    rest = span_skip(rest, at < rest.n ? at + 14 : at);
    size_t n = list_length(rest);
    if (n > 0)
        report_set_text(in->report, F_oom_events_mems_allowed, span_slice(rest, 0, n), in->where);
    return span_skip(rest, n);
}

static void read_summary(struct reading *in)
{
    struct report *r = in->report;
    struct span text = in->text, constraint, nodes, rest;
    r->has_oom_kill = true;
    if (read_between(text, "constraint=", ",", &constraint))
        read_constraint(in, constraint);
    if (read_between(text, ",nodemask=", NULL, &nodes) && list_length(nodes) > 0)
        report_set_text(r, F_oom_events_nodemask, span_slice(nodes, 0, list_length(nodes)),
                        in->where);
    rest = behind_nodes(in, text);
    if (span_eat(&rest, ",oom_memcg=")) {
        size_t end = span_find(rest, SPAN_LIT(",task_memcg="));
        report_set_text(r, F_oom_events_cgroup, span_slice(rest, 0, end), in->where);
        r->is_memcg = true;
    } else if (span_starts(rest, ",global_oom")) {
        r->is_plain = true;
    }
    read_task_of_summary(in, rest);
}

/* "Kill process 4321 (java) score 987 or sacrifice child" (to 5.0): the task chosen; a child of it
 * may die instead */
static void read_chosen(struct reading *in)
{
    struct report *r = in->report;
    struct span t = in->text, name, rest;
    int64_t pid, score;
    size_t at = span_find(t, SPAN_LIT("ill process "));
    if (!read_pid_and_name(span_skip(t, at + 12), &pid, &name, &rest))
        return;
    r->has_chosen = true;
    r->chosen_pid = (uint64_t)pid;
    report_set(r, F_oom_events_chosen_pid, pid, in->where);
    report_set_text(r, F_oom_events_chosen_comm, name, in->where);
    if (read_after(rest, "score ", &score))
        report_set(r, F_oom_events_chosen_score, score, in->where);
}

/* 5.4.0 to 5.4.8 print bytes and call them kB, fixed by 941f762bcb27. A page table is smaller than
 * what it maps, so the number gives itself away. */
static int64_t pgtables_kib(struct reading *in, int64_t value, int64_t total_vm_kib)
{
    if (total_vm_kib <= 0 || value < 4096 || value % 4096 != 0 || value <= total_vm_kib / 8 + 4096)
        return value;
    const struct value *kernel = report_get(in->report, F_oom_events_kernel);
    if (kernel->kind == VALUE_TEXT && !span_starts(kernel->text, "5.4."))
        return value;
    store_observe(in->store, OBS_NOTE, in->where,
                  "this kernel prints the page tables of the victim in bytes and calls them kB "
                  "(5.4.0 to 5.4.8); read as bytes");
    return value / 1024;
}

static void read_victim_sizes(struct reading *in, struct child *victim, struct span rest)
{
    static const struct {
        const char *key;
        enum field_id event, victim;
    } sizes[] = {
        {"anon-rss:", F_oom_events_victim_anon_rss, F_oom_victims_anon_rss},
        {"file-rss:", F_oom_events_victim_file_rss, F_oom_victims_file_rss},
        {"shmem-rss:", F_oom_events_victim_shmem_rss, F_oom_victims_shmem_rss},
    };
    struct report *r = in->report;
    bool is_first = r->n_victims == 0;
    int64_t n, vm = 0;
    if ((read_after(rest, "total-vm:", &vm) || read_after(rest, "vsz:", &vm)) &&
        vm < INT64_MAX / 1024) {
        child_set(victim, F_oom_victims_total_vm, vm * 1024, in->where);
        if (is_first)
            report_set(r, F_oom_events_victim_total_vm, vm * 1024, in->where);
    }
    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
        size_t at = span_find(rest, span_of(sizes[i].key));
        if (at == rest.n || !read_after(span_skip(rest, at), sizes[i].key, &n) ||
            n > INT64_MAX / 1024)
            continue;
        child_set(victim, sizes[i].victim, n * 1024, in->where);
        if (is_first)
            report_set(r, sizes[i].event, n * 1024, in->where);
    }
    if (read_after(rest, "pgtables:", &n) && n < INT64_MAX / 1024) {
        n = pgtables_kib(in, n, vm);
        child_set(victim, F_oom_victims_pgtables, n * 1024, in->where);
        if (is_first)
            report_set(r, F_oom_events_victim_pgtables, n * 1024, in->where);
    }
}

/* oom_kill_process kills the chosen task, then the whole memory.oom.group with it in it: the first
 * victim has two lines, and oom_kill of memory.events counts both. */
static bool is_first_victim(const struct report *r, int64_t pid)
{
    const struct value *first = report_get(r, F_oom_events_victim_pid);
    return r->n_victims > 0 && first->kind == VALUE_NUMBER && first->number == pid;
}

/* "Killed process 4321 (java) total-vm:1kB, anon-rss:2kB, file-rss:3kB, shmem-rss:4kB, UID:0
 * pgtables:5kB oom_score_adj:0" and its older forms */
static void read_killed(struct reading *in)
{
    struct report *r = in->report;
    struct span t = in->text, name, rest;
    int64_t pid, n;
    size_t at = span_find(t, SPAN_LIT("Killed process "));
    struct span front = span_slice(t, 0, at);
    t = span_skip(t, at + 15);
    if (!read_pid_and_name(t, &pid, &name, &rest))
        return;
    if (span_starts(front, "Memory cgroup out of memory"))
        r->is_memcg = true;
    else if (span_starts(front, "Out of memory"))
        r->is_plain = true;
    r->n_kills++;
    if (is_first_victim(r, pid))
        return;
    struct child *victim = report_child(r, T_oom_victims);
    bool is_first = r->n_victims == 0;
    child_set(victim, F_oom_victims_pid, pid, in->where);
    child_set_text(r, victim, F_oom_victims_comm, name, in->where);
    if (is_first) {
        report_set(r, F_oom_events_victim_pid, pid, in->where);
        report_set_text(r, F_oom_events_victim_comm, name, in->where);
    }
    if (read_after(rest, "UID:", &n) || read_after(rest, "UID ", &n) ||
        read_after(span_slice(t, 0, t.n - rest.n), ", UID ", &n)) {
        child_set(victim, F_oom_victims_uid, n, in->where);
        if (is_first)
            report_set(r, F_oom_events_victim_uid, n, in->where);
    }
    if (read_after(rest, "oom_score_adj:", &n)) {
        child_set(victim, F_oom_victims_oom_score_adj, n, in->where);
        if (is_first)
            report_set(r, F_oom_events_victim_adj, n, in->where);
    }
    read_victim_sizes(in, victim, rest);
    r->n_victims++;
}

/* A process of its own that shares the memory of the victim and died with it. */
static void read_sharing(struct reading *in)
{
    struct report *r = in->report;
    struct span name, rest;
    int64_t pid;
    if (!read_pid_and_name(span_skip(in->text, span_of("Kill process ").n), &pid, &name, &rest))
        return;
    struct child *victim = report_child(r, T_oom_victims);
    child_set(victim, F_oom_victims_pid, pid, in->where);
    child_set_text(r, victim, F_oom_victims_comm, name, in->where);
    r->n_victims++;
    r->n_kills++;
}

/* The task that was chosen and then not killed. */
static void read_spared(struct reading *in, const char *words)
{
    struct span name, rest, t = in->text;
    int64_t pid;
    size_t at = span_find(t, span_of(words));
    if (at == t.n || !read_pid_and_name(span_skip(t, at + span_of(words).n), &pid, &name, &rest))
        return;
    report_set(in->report, F_oom_events_chosen_pid, pid, in->where);
    report_set_text(in->report, F_oom_events_chosen_comm, name, in->where);
}

static void read_end(struct reading *in, enum line_kind kind)
{
    struct report *r = in->report;
    struct span group;
    switch (kind) {
    case LINE_GROUP:
        r->has_group = true;
        report_set(r, F_oom_events_group_kill, 1, in->where);
        if (read_between(in->text, "Tasks in ", " are going to be killed", &group))
            report_set_text(r, F_oom_events_group, group, in->where);
        break;
    case LINE_NO_VICTIM:
        report_set(r, F_oom_events_no_killable, 1, in->where);
        break;
    case LINE_EXITING:
        if (r->n_victims > 0)
            break; /* a member of a group */
        read_spared(in, "OOM victim ");
        report_set(r, F_oom_events_exiting, 1, in->where);
        break;
    case LINE_LET_LIVE:
        read_spared(in, "ould have killed process ");
        report_set(r, F_oom_events_let_live, 1, in->where);
        break;
    case LINE_PANIC:
        report_set(r, F_oom_events_panic, 1, in->where);
        if (span_has(in->text, "no killable"))
            report_set(r, F_oom_events_no_killable, 1, in->where);
        break;
    case LINE_REAPED:
        report_set(r, F_oom_events_reaped, 1, in->where);
        break;
    case LINE_UNREAPED:
        report_set(r, F_oom_events_reap_failed, 1, in->where);
        break;
    default:
        break;
    }
}

/* "Out of memory (oom_kill_allocating_task): Killed process 12 (make)", "No available memory
 * (MPOL_BIND): kill process 12 (make) score 0 or a child" */
static void note_who_asked(struct reading *in)
{
    bool asked = span_starts(in->text, "Out of memory (oom_kill_allocating_task): ") ||
                 span_starts(in->text, "No available memory (MPOL_BIND): ");
    if (asked || span_starts(in->text, "Out of memory: ") ||
        span_starts(in->text, "Memory cgroup out of memory: "))
        report_set(in->report, F_oom_events_allocating_task, asked, in->where);
}

void read_kill(struct reading *in, enum line_kind kind)
{
    struct span front = in->text;
    if (kind == LINE_CHOSEN || kind == LINE_KILLED)
        note_who_asked(in);
    if (kind == LINE_CHOSEN || kind == LINE_NO_VICTIM || kind == LINE_EXITING) {
        if (span_starts(front, "Memory cgroup out of memory"))
            in->report->is_memcg = true;
        else if (span_starts(front, "Out of memory: ") ||
                 span_starts(front, "Out of memory (oom_kill"))
            in->report->is_plain = true;
    }
    switch (kind) {
    case LINE_OOM_KILL:
        read_summary(in);
        break;
    case LINE_CHOSEN:
        read_chosen(in);
        break;
    case LINE_KILLED:
        read_killed(in);
        break;
    case LINE_SHARING:
        read_sharing(in);
        break;
    default:
        read_end(in, kind);
    }
}
