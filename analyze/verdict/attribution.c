/* SPDX-License-Identifier: MIT */
/* Where memory went, in classes that do not overlap. Each class is a sum and a difference of
 * counters, in a table; what the counters leave over is the last class. */
#include "verdict/say.h"

#include "fact/mem_report.h"

enum { CLASS_FIELDS = 6, CLASSES_MAX = 24 };

struct class_def {
    const char *name;
    enum field_id plus[CLASS_FIELDS], minus[CLASS_FIELDS]; /* 0 (F_host_hostname) ends a list */
};

/* show_mem prints the LRU lists and the page cache; anon and file are computed from them. */
static const struct class_def event_host[] = {
    {"free", {F_oom_events_mem_free, F_oom_events_mem_free_pcp}, {0}},
    {"anonymous", {F_oom_events_mem_anon}, {0}},
    {"shmem", {F_oom_events_mem_shmem}, {0}},
    {"file", {F_oom_events_mem_file}, {0}},
    {"slab reclaimable", {F_oom_events_mem_slab_reclaimable}, {0}},
    {"slab unreclaimable", {F_oom_events_mem_slab_unreclaimable}, {0}},
    {"page tables", {F_oom_events_mem_pagetables, F_oom_events_mem_sec_pagetables}, {0}},
    {"kernel stacks", {F_oom_events_mem_kernel_stack}, {0}},
    {"hugetlb", {F_oom_events_mem_hugetlb}, {0}},
    {"balloon", {F_oom_events_mem_balloon}, {0}},
    {0},
};

/* memory.stat: file holds shmem and the swap cache; kernel holds stacks, page tables, percpu,
 * vmalloc and slab since 5.18, before that they stand alone. Version 1 prints kmem beside usage. */
static const struct class_def event_cgroup[] = {
    {"anonymous", {F_oom_events_stat_anon}, {0}},
    {"shmem", {F_oom_events_stat_shmem}, {0}},
    {"file", {F_oom_events_stat_file}, {F_oom_events_stat_shmem, F_oom_events_stat_swapcached}},
    {"slab reclaimable", {F_oom_events_stat_slab_reclaimable}, {0}},
    {"slab unreclaimable", {F_oom_events_stat_slab_unreclaimable}, {0}},
    {"page tables", {F_oom_events_stat_pagetables}, {0}},
    {"kernel stacks", {F_oom_events_stat_kernel_stack}, {0}},
    {"percpu", {F_oom_events_stat_percpu}, {0}},
    {"vmalloc", {F_oom_events_stat_vmalloc}, {0}},
    {"sockets", {F_oom_events_stat_sock}, {0}},
    {"zswap", {F_oom_events_stat_zswap}, {0}},
    {"other kernel",
     {F_oom_events_stat_kernel},
     {F_oom_events_stat_slab_reclaimable, F_oom_events_stat_slab_unreclaimable,
      F_oom_events_stat_pagetables, F_oom_events_stat_kernel_stack, F_oom_events_stat_percpu,
      F_oom_events_stat_vmalloc}},
    {"kernel", {F_oom_events_kmem_usage}, {0}},
    {0},
};

/* The nodes that a cpuset or a memory policy allows. */
static const struct class_def event_nodes[] = {
    {"free", {F_oom_events_use_free}, {0}},
    {"anonymous", {F_oom_events_use_anon}, {0}},
    {"shmem", {F_oom_events_use_shmem}, {0}},
    {"file", {F_oom_events_use_file}, {0}},
    {"slab reclaimable", {F_oom_events_use_slab_reclaimable}, {0}},
    {"slab unreclaimable", {F_oom_events_use_slab_unreclaimable}, {0}},
    {"page tables", {F_oom_events_use_page_tables}, {0}},
    {"kernel stacks", {F_oom_events_use_kernel_stack}, {0}},
    {0},
};

static const struct class_def capture_cgroup[] = {
    {"anonymous", {F_cgroups_anon}, {0}},
    {"shmem", {F_cgroups_shmem}, {0}},
    {"file", {F_cgroups_file}, {F_cgroups_shmem, F_cgroups_swapcached}},
    {"slab reclaimable", {F_cgroups_slab_reclaimable}, {0}},
    {"slab unreclaimable", {F_cgroups_slab_unreclaimable}, {0}},
    {"page tables", {F_cgroups_pagetables, F_cgroups_sec_pagetables}, {0}},
    {"kernel stacks", {F_cgroups_kernel_stack}, {0}},
    {"percpu", {F_cgroups_percpu}, {0}},
    {"vmalloc", {F_cgroups_vmalloc}, {0}},
    {"sockets", {F_cgroups_sock}, {0}},
    {"zswap", {F_cgroups_zswap}, {0}},
    {"other kernel",
     {F_cgroups_kernel},
     {F_cgroups_slab_reclaimable, F_cgroups_slab_unreclaimable, F_cgroups_pagetables,
      F_cgroups_kernel_stack, F_cgroups_percpu, F_cgroups_vmalloc}},
    {"kernel", {F_cgroups_kmem_current}, {0}},
    {0},
};

static const struct class_def capture_host[] = {
    {"free", {F_host_use_free}, {0}},
    {"anonymous", {F_host_use_anon}, {0}},
    {"shmem", {F_host_use_shmem}, {0}},
    {"file", {F_host_use_file}, {0}},
    {"swap cache", {F_host_use_swap_cache}, {0}},
    {"slab reclaimable", {F_host_use_slab_reclaimable}, {0}},
    {"slab unreclaimable", {F_host_use_slab_unreclaimable}, {0}},
    {"page tables", {F_host_use_page_tables}, {0}},
    {"kernel stacks", {F_host_use_kernel_stack}, {0}},
    {"percpu", {F_host_use_percpu}, {0}},
    {"vmalloc", {F_host_use_vmalloc}, {0}},
    {"hugetlb", {F_host_use_hugetlb}, {0}},
    {"zswap", {F_host_use_zswap}, {0}},
    {"zram", {F_host_use_zram}, {0}},
    {"gpu", {F_host_use_gpu}, {0}},
    {"sockets", {F_host_use_sockets}, {0}},
    {"balloon", {F_host_use_balloon}, {0}},
    {0},
};

const char *class_words(const char *name)
{
    static const char *const words[][2] = {
        {"anonymous", "anonymous memory"},
        {"file", "page cache"},
        {"shmem", "shmem and tmpfs"},
        {"slab reclaimable", "reclaimable slab"},
        {"slab unreclaimable", "unreclaimable slab"},
        {"hugetlb", "pools of huge pages"},
        {"unaccounted", "memory that no counter accounts for"},
        {"other kernel", "other kernel memory"},
        {"kernel", "kernel memory"},
    };
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
        if (span_is(span_of(name), words[i][0]))
            return words[i][1];
    return name;
}

struct subject {
    const char *at;
    struct span of;
    const struct class_def *defs;
    uint32_t row;
    enum field_id total;
    uint32_t shift; /* of the fields of defs */
};

/* The sum of a class: false when its first counter is not there. */
static bool class_sum(struct maker *m, const struct class_def *def, const struct subject *subject,
                      struct class_share *ret)
{
    uint32_t row = subject->row;
    *ret = (struct class_share){.name = def->name};
    if (!quantity_of(m, field_shift(def->plus[0], subject->shift), row).known)
        return false;
    for (size_t i = 0; i < CLASS_FIELDS && def->plus[i]; i++) {
        enum field_id field = field_shift(def->plus[i], subject->shift);
        ret->bytes += number_or(m, field, row, 0);
        statement_cite_fact(m, &ret->note, field, row);
    }
    for (size_t i = 0; i < CLASS_FIELDS && def->minus[i]; i++) {
        enum field_id field = field_shift(def->minus[i], subject->shift);
        ret->bytes -= number_or(m, field, row, 0);
        statement_cite_fact(m, &ret->note, field, row);
    }
    if (ret->bytes < 0) /* counters are read one after another and drift */
        ret->bytes = 0;
    return true;
}

/* A driver that does not deflate on OOM takes its pages out of the total
 * (adjust_managed_page_count): then they are no part of it, and do not fit into what is left. */
static bool is_outside(const struct class_share *share, int64_t left_bytes)
{
    return span_is(span_of(share->name), "balloon") && share->bytes > left_bytes;
}

static void classes_fill(struct maker *m, struct attribution *attribution,
                         const struct subject *subject)
{
    attribution->classes = arena_array(m->arena, CLASSES_MAX, sizeof(*attribution->classes));
    int64_t sum = 0;
    for (const struct class_def *def = subject->defs; def->name; def++) {
        struct class_share *share = &attribution->classes[attribution->n_classes];
        if (!class_sum(m, def, subject, share) || is_outside(share, attribution->total_bytes - sum))
            continue;
        sum += share->bytes;
        /* without it what is left over would say nothing */
        attribution->known |= span_is(span_of(share->name), "anonymous");
        attribution->n_classes++;
    }
    attribution->classes[attribution->n_classes++] =
        (struct class_share){.name = "unaccounted", .bytes = attribution->total_bytes - sum};
}

/* What is left over rests on the total and on all that was taken from it. */
static void rest_cite(struct maker *m, struct attribution *attribution)
{
    struct class_share *rest = &attribution->classes[attribution->n_classes - 1];
    statement_cite_all(m, &rest->note, &attribution->whole);
    for (size_t i = 0; i + 1 < attribution->n_classes; i++)
        statement_cite_all(m, &rest->note, &attribution->classes[i].note);
}

static void dominant_find(struct attribution *attribution)
{
    for (size_t i = 0; i < attribution->n_classes; i++) {
        const struct class_share *share = &attribution->classes[i];
        if (span_is(span_of(share->name), "free") || share->bytes <= 0)
            continue;
        if (!attribution->dominant || share->bytes > attribution->dominant->bytes)
            attribution->dominant = share;
    }
}

static void attribution_fill(struct maker *m, struct attribution *attribution,
                             const struct subject *subject)
{
    struct quantity total = quantity_of(m, subject->total, subject->row);
    if (!total.known)
        return;
    attribution->at = subject->at;
    attribution->of = subject->of;
    attribution->total_bytes = total.value;
    classes_fill(m, attribution, subject);
    if (!attribution->known)
        return;
    statement_cite_fact(m, &attribution->note, subject->total, subject->row);
    statement_cite_fact(m, &attribution->whole, subject->total, subject->row);
    rest_cite(m, attribution);
    for (size_t i = 0; i < attribution->n_classes; i++)
        statement_cite_all(m, &attribution->note, &attribution->classes[i].note);
    dominant_find(attribution);
}

static bool is_cgroup_scope(const struct incident *incident)
{
    return incident->scope == SCOPE_CGROUP || incident->scope == SCOPE_ANCESTOR;
}

void attributions_make(struct maker *m, struct incident *incident)
{
    uint32_t event = incident->series.detail, cgroup = incident->limit.cgroup;
    struct span owner = incident->limit.owner, host = SPAN_LIT("");
    if (event != ROW_NONE && is_cgroup_scope(incident))
        attribution_fill(m, &incident->event,
                         &(struct subject){.at = "event",
                                           .of = owner,
                                           .defs = event_cgroup,
                                           .row = event,
                                           .total = F_oom_events_usage});
    else if (incident->scope == SCOPE_CPUSET || incident->scope == SCOPE_MEMPOLICY)
        attribution_fill(m, &incident->event,
                         &(struct subject){.at = "event",
                                           .of = owner,
                                           .defs = event_nodes,
                                           .row = event,
                                           .total = F_oom_events_use_total});
    else if (event != ROW_NONE)
        attribution_fill(m, &incident->event,
                         &(struct subject){.at = "event",
                                           .of = host,
                                           .defs = event_host,
                                           .row = event,
                                           .total = F_oom_events_mem_managed});
    else if (incident->failure != ROW_NONE)
        attribution_fill(m, &incident->event,
                         &(struct subject){.at = "event",
                                           .of = host,
                                           .defs = event_host,
                                           .row = incident->failure,
                                           .total = F_alloc_failures_mem_managed,
                                           .shift = mem_reports[MEM_REPORT_FAILURE].report_shift});
    if (cgroup != ROW_NONE)
        attribution_fill(m, &incident->capture,
                         &(struct subject){.at = "capture",
                                           .of = owner,
                                           .defs = capture_cgroup,
                                           .row = cgroup,
                                           .total = F_cgroups_current});
    else if (!is_cgroup_scope(incident))
        attribution_fill(m, &incident->capture,
                         &(struct subject){.at = "capture",
                                           .of = host,
                                           .defs = capture_host,
                                           .row = 0,
                                           .total = F_meminfo_total});
}
