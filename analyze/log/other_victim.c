/* SPDX-License-Identifier: MIT */
#include "log/other_victim.h"
#include "log/read.h"

#include "base/num.h"

/* "java:4321 blocked", "bash (1234): drop_caches", "pid: 12, comm: java" , "pid 12" */
static void set_task(struct store *store, uint32_t row, struct span text, struct where where)
{
    struct span name, t;
    uint64_t pid = 0;
    int64_t n;
    size_t colon;
    if (read_between(text, "INFO: task ", " blocked", &t) &&
        (colon = span_rfind_char(t, ':')) < t.n) {
        store_set_text(store, F_log_events_comm, row, span_slice(t, 0, colon), where);
        if (num_u64(span_skip(t, colon + 1), &pid) && pid < INT32_MAX)
            store_set(store, F_log_events_pid, row, (int64_t)pid, where);
    } else if ((colon = span_find(text, SPAN_LIT("): drop_caches"))) < text.n) {
        size_t open = span_rfind_char(span_slice(text, 0, colon), '(');
        if (open < colon && open > 0 && num_u64(span_slice(text, open + 1, colon), &pid) &&
            pid < INT32_MAX) {
            store_set_text(store, F_log_events_comm, row, span_slice(text, 0, open - 1), where);
            store_set(store, F_log_events_pid, row, (int64_t)pid, where);
        }
    } else if (read_between(text, "to process ", NULL, &t)) { /* earlyoom */
        if (num_eat_u64(&t, &pid) && pid < INT32_MAX)
            store_set(store, F_log_events_pid, row, (int64_t)pid, where);
        if (read_between(t, "\"", "\"", &name))
            store_set_text(store, F_log_events_comm, row, name, where);
    } else if (read_between(text, "Killing process '", "' with signal", &name)) { /* earlyoom 1.2 */
        store_set_text(store, F_log_events_comm, row, name, where);
        if (read_after(text, ", pid: ", &n))
            store_set(store, F_log_events_pid, row, n, where);
    } else if (read_between(text, "Killing process ", NULL, &t) && num_eat_u64(&t, &pid) &&
               pid < INT32_MAX) { /* earlyoom 1.0 */
        store_set(store, F_log_events_pid, row, (int64_t)pid, where);
        store_set_text(store, F_log_events_comm, row, span_trim(t), where);
    } else if (read_between(text, "Kill '", "' (", &name) ||
               read_between(text, "Killing '", "' (", &name)) {
        store_set_text(store, F_log_events_comm, row, name, where);
        if (read_after(text, "' (", &n))
            store_set(store, F_log_events_pid, row, n, where);
    } else if (read_between(text, "victim process: ", ", pid: ", &name)) { /* kubelet */
        store_set_text(store, F_log_events_comm, row, name, where);
        if (read_after(text, ", pid: ", &n))
            store_set(store, F_log_events_pid, row, n, where);
    } else if (read_between(text, "comm: ", ",", &name)) {
        store_set_text(store, F_log_events_comm, row, name, where);
        if (read_after(text, "pid: ", &n))
            store_set(store, F_log_events_pid, row, n, where);
    }
}

/* "oomd kill: 61.20 40.10 20.00 /shed.slice/a.service 123456789 ruleset:[shed] ..." */
static void set_cgroup_of_oomd(struct store *store, uint32_t row, struct span text,
                               struct where where)
{
    struct span t, cgroup, bytes;
    uint64_t n;
    if (!read_between(text, "oomd kill: ", NULL, &t))
        return;
    for (unsigned i = 0; i < 3; i++)
        span_word(&t); /* pressure */
    cgroup = span_word(&t);
    bytes = span_word(&t);
    if (cgroup.n == 0)
        return;
    store_set_text(store, F_log_events_cgroup, row, cgroup, where);
    if (num_u64(bytes, &n) && n < INT64_MAX)
        store_set(store, F_log_events_rss, row, (int64_t)n, where);
}

/* "eviction manager: pod cart-7f3c_shop(77) is evicted successfully", to 1.20 */
static void set_old_pod(struct store *store, uint32_t row, struct span text, struct where where)
{
    struct span pod;
    if (read_between(text, "eviction manager: pod ", " is evicted", &pod))
        store_set_text(store, F_log_events_cgroup, row, pod, where);
}

/* "VmRSS 213 MiB" of earlyoom, "VmRSS: 213 MiB" of its 1.2, "to free 20000kB" of lmkd */
static void set_size(struct store *store, uint32_t row, struct span text, struct where where)
{
    enum { MOST_MIB = 1 << 30 };
    int64_t n;
    struct span t;
    if ((read_after(text, ", VmRSS ", &n) || read_after(text, ", VmRSS: ", &n)) && n >= 0 &&
        n < MOST_MIB)
        store_set(store, F_log_events_rss, row, n << 20, where);
    else if (read_between(text, " to free ", NULL, &t) && read_after(text, " to free ", &n) &&
             n >= 0 && n < (int64_t)MOST_MIB << 10)
        store_set(store, F_log_events_rss, row, n << 10, where);
}

/* Whose memory the program watches: of the whole host, or of one cgroup. */
static const char *scope_of(struct span source, struct span text)
{
    static const char *const of_host[] = {"earlyoom", "nohang", "lmkd", "kubelet"};
    for (size_t i = 0; i < sizeof(of_host) / sizeof(*of_host); i++)
        if (span_is(source, of_host[i]))
            return "global";
    if (span_is(source, "oomd"))
        return "memcg";
    if (span_is(source, "systemd-oomd")) /* swap is the host's, pressure a cgroup's */
        return span_has(text, "emory pressure for ") ? "memcg" : "global";
    return NULL;
}

void other_victim(struct store *store, uint32_t row, struct span text, struct where where)
{
    struct span kind = store_fact(store, F_log_events_kind, row).text;
    set_task(store, row, text, where);
    set_old_pod(store, row, text, where);
    if (!span_is(kind, "userspace_kill") && !span_is(kind, "kubelet_eviction") &&
        !span_is(kind, "userspace_alarm"))
        return;
    set_cgroup_of_oomd(store, row, text, where);
    set_size(store, row, text, where);
    const char *scope = scope_of(store_fact(store, F_log_events_source, row).text, text);
    if (scope)
        store_set_text(store, F_log_events_scope, row, span_of(scope), where);
}
