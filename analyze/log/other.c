/* SPDX-License-Identifier: MIT */
#include "log/other.h"
#include "log/assemble.h"
#include "log/other_victim.h"
#include "log/read.h"

#include "base/num.h"

#include <string.h>

enum { FROM_KERNEL = 1, FROM_USER = 2, FROM_ANY = 3 };

/* What a message is told by, in the order of the table: the first line that fits wins. */
static const struct known {
    const char *words;  /* somewhere in the message */
    const char *also;   /* and this too, unless NULL */
    const char *ident;  /* the tag of the program, unless NULL: compared with its beginning */
    const char *source; /* NULL = the tag, or "kernel" */
    const char *kind;   /* NULL = not of memory; "" = an eviction that is not */
    unsigned from;
    const char *value;  /* a number behind these words -> value */
    const char *cgroup; /* a name behind these words -> cgroup, up to `cgroup_end` */
    const char *cgroup_end;
} knowns[] = {
    {"Killed /", " due to memory ", NULL, "systemd-oomd", "userspace_kill", FROM_USER, NULL,
     "Killed ", " due to memory "},
    {"Memory pressure for ", " greater than ", "systemd-oomd", "systemd-oomd", "userspace_kill",
     FROM_USER, NULL, "Memory pressure for ", " is greater"},
    {"Swap used (", "is more than", "systemd-oomd", "systemd-oomd", "userspace_kill", FROM_USER,
     NULL, NULL, NULL},
    {": systemd-oomd killed ", "in this unit", NULL, "systemd", "unit_oom", FROM_USER,
     "systemd-oomd killed ", "", ": systemd-oomd killed"},
    {"A process of this unit has been killed by the OOM killer", NULL, NULL, "systemd", "unit_oom",
     FROM_USER, NULL, "", ": A process"},
    {"Failed with result 'oom-kill'", NULL, NULL, "systemd", "unit_oom", FROM_USER, NULL, "",
     ": Failed"},
    {"low memory! at or below SIG", NULL, NULL, "earlyoom", "userspace_alarm", FROM_USER, NULL,
     NULL, NULL},
    {"sending SIG", " to process ", "earlyoom", "earlyoom", "userspace_kill", FROM_USER, NULL, NULL,
     NULL},
    {"sending SIG", "VmRSS", NULL, "earlyoom", "userspace_kill", FROM_USER, NULL, NULL, NULL},
    {"Killing process ", NULL, "earlyoom", "earlyoom", "userspace_kill", FROM_USER, NULL, NULL,
     NULL},
    {"Killing process '", "with signal", NULL, "earlyoom", "userspace_kill", FROM_USER, NULL, NULL,
     NULL},
    {"Sending SIG", "to the victim", NULL, "nohang", "userspace_kill", FROM_USER, NULL, NULL, NULL},
    {"oomd kill: ", "killer:", NULL, "oomd", "userspace_kill", FROM_USER, NULL, NULL, NULL},
    {"Kill '", " to free ", NULL, "lmkd", "userspace_kill", FROM_USER, NULL, NULL, NULL},
    {"lowmemorykiller: Killing '", NULL, NULL, "lmkd", "userspace_kill", FROM_ANY, NULL, NULL,
     NULL},
    {"viction manager: ", "evicted successfully", NULL, "kubelet", "pod_evicted", FROM_USER, NULL,
     "pod=\"", "\""},
    {"viction manager: must evict pod", "reclaim memory", NULL, "kubelet", "kubelet_eviction",
     FROM_USER, NULL, NULL, NULL},
    {"viction manager: must evict pod", "resourceName=\"memory\"", NULL, "kubelet",
     "kubelet_eviction", FROM_USER, NULL, NULL, NULL},
    {"viction manager: must evict pod", NULL, NULL, "kubelet", "", FROM_USER, NULL, NULL, NULL},
    {"viction manager: attempting to reclaim", "reclaim memory", NULL, "kubelet",
     "kubelet_eviction", FROM_USER, NULL, NULL, NULL},
    {"viction manager: attempting to reclaim", "resourceName=\"memory\"", NULL, "kubelet",
     "kubelet_eviction", FROM_USER, NULL, NULL, NULL},
    {"viction manager: attempting to reclaim", NULL, NULL, "kubelet", "", FROM_USER, NULL, NULL,
     NULL},
    {"The node was low on resource: memory", NULL, NULL, "kubelet", "kubelet_eviction", FROM_USER,
     NULL, NULL, NULL},
    {"System OOM encountered, victim process", NULL, NULL, "kubelet", "unit_oom", FROM_USER, NULL,
     NULL, NULL},
    {"TaskOOM event", "ContainerID:", NULL, "containerd", "unit_oom", FROM_USER, NULL,
     "ContainerID:", ","},
    {"TaskOOM event", NULL, NULL, "containerd", "unit_oom", FROM_USER, NULL, "container_id:\\\"",
     "\\"},
    {"topic=\"/tasks/oom\"", NULL, NULL, "containerd", "unit_oom", FROM_USER, NULL, NULL, NULL},
    {"topic=/tasks/oom", NULL, NULL, "containerd", "unit_oom", FROM_USER, NULL, NULL, NULL},
    {"oom_kill event in StepId", NULL, NULL, "slurm", "unit_oom", FROM_USER, "Detected ",
     "StepId=", "."},
    {"oom_kill events in StepId", NULL, NULL, "slurm", "unit_oom", FROM_USER, "Detected ",
     "StepId=", "."},
    {"oom-kill event(s) in step", NULL, NULL, "slurm", "unit_oom", FROM_USER, "Detected ", "step ",
     " cgroup"},
    {"OOM received", NULL, "conmon", "conmon", "unit_oom", FROM_USER, NULL, NULL, NULL},
    {"OOM event received", NULL, NULL, "conmon", "unit_oom", FROM_USER, NULL, NULL, NULL},
    {"possibly OOM-killed", NULL, NULL, "runtime", "unit_oom", FROM_USER, NULL, NULL, NULL},
    {"OOM Killed (137)", NULL, NULL, "nomad", "unit_oom", FROM_USER, NULL, NULL, NULL},
    {"TERM_MEMLIMIT", NULL, NULL, "lsf", "userspace_kill", FROM_USER, NULL, NULL, NULL},
    {" was OOM killed", NULL, NULL, "runtime", "unit_oom", FROM_USER, NULL, NULL, NULL},
    {"running beyond physical memory limits", NULL, NULL, "yarn", "userspace_kill", FROM_USER, NULL,
     NULL, NULL},
    {"java.lang.OutOfMemoryError", NULL, NULL, "java", "app_enomem", FROM_USER, NULL, NULL, NULL},
    {"insufficient memory for the Java Runtime", NULL, NULL, "java", "app_enomem", FROM_USER, NULL,
     NULL, NULL},
    {"os::commit_memory(", "failed", NULL, "java", "app_enomem", FROM_USER, NULL, NULL, NULL},
    {"JavaScript heap out of memory", NULL, NULL, "node", "app_enomem", FROM_USER, NULL, NULL,
     NULL},
    {"runtime: out of memory", NULL, NULL, "go", "app_enomem", FROM_USER, NULL, NULL, NULL},
    {"runtime: cannot allocate memory", NULL, NULL, "go", "app_enomem", FROM_USER, NULL, NULL,
     NULL},
    {"Error in malloc(): out of memory", NULL, NULL, "jemalloc", "app_enomem", FROM_USER, NULL,
     NULL, NULL},
    {"std::bad_alloc", NULL, NULL, "c++", "app_enomem", FROM_USER, NULL, NULL, NULL},
    {"torch.cuda.OutOfMemoryError", NULL, NULL, NULL, NULL, FROM_USER, NULL, NULL, NULL},
    {"CUDA out of memory", NULL, NULL, NULL, NULL, FROM_USER, NULL, NULL, NULL},
    {"MemoryError", NULL, NULL, "python", "app_enomem", FROM_USER, NULL, NULL, NULL},
    {"memory allocation of ", " bytes failed", NULL, "rust", "app_enomem", FROM_USER, NULL, NULL,
     NULL},
    {"Allowed memory size of ", "exhausted", NULL, "php", "app_enomem", FROM_USER, NULL, NULL,
     NULL},
    {"OOM command not allowed", NULL, NULL, "redis", "app_enomem", FROM_USER, NULL, NULL, NULL},
    {"Cannot allocate memory", NULL, NULL, NULL, "app_enomem", FROM_USER, NULL, NULL, NULL},
    {"cannot allocate memory", NULL, NULL, NULL, "app_enomem", FROM_USER, NULL, NULL, NULL},
    {"xmalloc: cannot allocate", NULL, NULL, NULL, "app_enomem", FROM_USER, NULL, NULL, NULL},
    {"virtual memory exhausted", NULL, NULL, NULL, "app_enomem", FROM_USER, NULL, NULL, NULL},
    {"memory exhausted", NULL, NULL, NULL, "app_enomem", FROM_USER, NULL, NULL, NULL},
    {"ERROR:  out of memory", NULL, NULL, "postgres", "app_enomem", FROM_USER, NULL, NULL, NULL},
    {"vmalloc: allocation failure", NULL, NULL, "kernel", "vmalloc_failure", FROM_KERNEL, NULL,
     NULL, NULL},
    {": vmalloc error: ", NULL, NULL, "kernel", "vmalloc_failure", FROM_KERNEL, NULL, NULL, NULL},
    {"Unable to allocate memory on ", "gfp=", NULL, "kernel", "slub_failure", FROM_KERNEL, NULL,
     NULL, NULL},
    {"SysRq : Manual OOM execution", NULL, NULL, "kernel", "sysrq_oom", FROM_KERNEL, NULL, NULL,
     NULL},
    {"sysrq: Manual OOM execution", NULL, NULL, "kernel", "sysrq_oom", FROM_KERNEL, NULL, NULL,
     NULL},
    {"OOM request ignored", NULL, NULL, "kernel", "sysrq_oom", FROM_KERNEL, NULL, NULL, NULL},
    {"enough memory for the allocation", NULL, NULL, "kernel", "overcommit_refused", FROM_KERNEL,
     NULL, NULL, NULL},
    {"): drop_caches: ", NULL, NULL, "kernel", "drop_caches", FROM_KERNEL, "drop_caches: ", NULL,
     NULL},
    {"INFO: task ", " blocked for more than ", NULL, "kernel", "hung_task", FROM_KERNEL,
     "for more than ", NULL, NULL},
    {"INFO: task ", "wait for more than ", NULL, "kernel", "hung_task", FROM_KERNEL,
     "for more than ", NULL, NULL},
    {"hardware memory corruption", NULL, NULL, "kernel", "memory_error", FROM_KERNEL, NULL, NULL,
     NULL},
    {"Memory failure: 0x", NULL, NULL, "kernel", "memory_error", FROM_KERNEL, NULL, NULL, NULL},
    {"MCE 0x", "recovery", NULL, "kernel", "memory_error", FROM_KERNEL, NULL, NULL, NULL},
    {"to unmap corrupted page", NULL, NULL, "kernel", "memory_error", FROM_KERNEL, NULL, NULL,
     NULL},
    {"Soft offline: 0x", NULL, NULL, "kernel", "memory_error", FROM_KERNEL, NULL, NULL, NULL},
    {"OOM killer disabled", NULL, NULL, "kernel", "oom_disabled", FROM_KERNEL, NULL, NULL, NULL},
    {"OOM killer enabled", NULL, NULL, "kernel", "oom_disabled", FROM_KERNEL, NULL, NULL, NULL},
    {"cgroup: fork rejected by pids controller in ", NULL, NULL, "kernel", "fork_rejected",
     FROM_KERNEL, NULL, "controller in ", NULL},
    {"Huh VM_FAULT_OOM leaked", NULL, NULL, "kernel", "pagefault_oom", FROM_KERNEL, NULL, NULL,
     NULL},
    {"printk messages dropped", NULL, NULL, "kernel", "messages_lost", FROM_ANY, "** ", NULL, NULL},
    {"messages lost due to rate-limiting", NULL, NULL, NULL, "messages_lost", FROM_USER, NULL, NULL,
     NULL},
    {"Missed ", " kernel messages", NULL, "systemd-journald", "messages_lost", FROM_ANY, "Missed ",
     NULL, NULL},
    {"oom_kill_process: ", " callbacks suppressed", NULL, "kernel", "messages_lost", FROM_KERNEL,
     "oom_kill_process: ", NULL, NULL},
    {"dump_header: ", " callbacks suppressed", NULL, "kernel", "messages_lost", FROM_KERNEL,
     "dump_header: ", NULL, NULL},
};

static bool fits(const struct known *known, const struct record *record, unsigned from)
{
    return (known->from & from) && span_has(record->text, known->words) &&
           (!known->also || span_has(record->text, known->also)) &&
           (!known->ident || record->ident.n == 0 || span_starts(record->ident, known->ident));
}

static void set_stamp(struct store *store, uint32_t row, uint32_t boot, const struct record *record,
                      struct where where)
{
    if (record->has_time)
        store_set(store, F_log_events_time, row, record->time_us, where);
    if (record->has_wall)
        store_set(store, F_log_events_wall, row, record->wall_us, where);
    if (record->stamp.n > 0)
        store_set_text(store, F_log_events_stamp, row, record->stamp, where);
    store_set(store, F_log_events_boot, row, boot, where);
}

/* "order:1, mode:0xcc0(GFP_KERNEL)" */
static void set_request(struct store *store, uint32_t row, struct span text, struct where where)
{
    int64_t n;
    struct span flags;
    if (read_after(text, "order:", &n))
        store_set(store, F_log_events_order, row, n, where);
    if (read_after(text, "mode:", &n) || read_after(text, "gfp=", &n))
        store_set(store, F_log_events_gfp_mask, row, n, where);
    if (read_between(text, "mode:", NULL, &flags) && read_between(flags, "(", ")", &flags))
        store_set_text(store, F_log_events_gfp_flags, row, flags, where);
    if (read_after(text, "bytes: ", &n) || read_after(text, "allocation failure: ", &n))
        store_set(store, F_log_events_bytes, row, n, where);
}

static uint32_t add_row(struct store *store, const char *kind, struct span source,
                        struct where where)
{
    uint32_t row = store_row_add(store, T_log_events, 0);
    store_set_text(store, F_log_events_kind, row, span_of(kind), where);
    store_set_text(store, F_log_events_source, row, source, where);
    return row;
}

/* A program's line in a log that prints neither facility nor transport: what it calls itself,
 * "systemd-journald[246]: text", or nobody. */
static struct span name_of_program(struct span text)
{
    struct span name, pid;
    uint64_t n;
    size_t end = span_find(text, SPAN_LIT("]: "));
    if (end < text.n && end < 80 && span_cut(span_slice(text, 0, end), '[', &name, &pid) &&
        name.n > 0 && span_find_char(name, ' ') == name.n && num_u64(pid, &n))
        return name;
    return SPAN_LIT("a program that the log does not name");
}

static void add(struct store *store, const struct known *known, const char *kind, uint32_t boot,
                const struct record *record, struct where where)
{
    struct span source = known->source         ? span_of(known->source)
                         : record->ident.n > 0 ? record->ident
                                               : name_of_program(record->text);
    uint32_t row = add_row(store, kind, source, where);
    struct span text = record->text, cgroup;
    bool is_kernels = known->from == FROM_KERNEL;
    int64_t n;
    set_stamp(store, row, boot, record, where);
    store_set(store, F_log_events_trusted, row,
              record->writer == (is_kernels ? WRITER_KERNEL : WRITER_USER) &&
                  record->ident.n + is_kernels > 0,
              where);
    if (known->value && read_after(text, known->value, &n))
        store_set(store, F_log_events_value, row, n, where);
    if (known->cgroup && read_between(text, known->cgroup, known->cgroup_end, &cgroup))
        store_set_text(store, F_log_events_cgroup, row, cgroup, where);
    other_victim(store, row, text, where);
    if (is_kernels)
        set_request(store, row, text, where);
    store_set_text(store, F_log_events_text, row, span_slice(text, 0, 400), where);
}

/* The kubelet says for want of what it evicts, then which pod: alone, the second line may mean disk
 * space or process ids. NULL: nothing of memory. */
static const char *kind_of(const struct known *known, enum eviction *eviction)
{
    bool is_outcome = known->kind && strcmp(known->kind, "pod_evicted") == 0;
    if (is_outcome)
        return *eviction == EVICTION_MEMORY  ? "kubelet_eviction"
               : *eviction == EVICTION_OTHER ? NULL
                                             : known->kind;
    if (known->kind && known->kind[0] == '\0') {
        *eviction = EVICTION_OTHER;
        return NULL;
    }
    if (known->kind && strcmp(known->kind, "kubelet_eviction") == 0)
        *eviction = EVICTION_MEMORY;
    return known->kind;
}

bool other_read(struct store *store, uint32_t member, uint32_t boot, const struct record *record,
                enum eviction *eviction)
{
    unsigned from = record->writer == WRITER_KERNEL ? FROM_KERNEL
                    : record->writer == WRITER_USER ? FROM_USER
                                                    : FROM_ANY;
    if (record->writer == WRITER_UNKNOWN && record->ident.n > 0)
        from = FROM_KERNEL; /* the tag "kernel": a program's words are not its */
    for (size_t i = 0; i < sizeof(knowns) / sizeof(*knowns); i++) {
        if (!fits(&knowns[i], record, from))
            continue;
        const char *kind = kind_of(&knowns[i], eviction);
        if (!kind)
            return false; /* memory of a GPU, eviction for want of something else */
        add(store, &knowns[i], kind, boot, record, (struct where){member, record->line});
        return true;
    }
    return false;
}
