/* SPDX-License-Identifier: MIT */
#include "cgroups.h"
#include "bundle.h"
#include "evidence.h"
#include "scan.h"
#include "tree.h"

#include <string.h>

/* Time that memory.stat of cgroups may take that are neither named nor large. */
#define REST_RSTAT_US 1000000u
/* A read of memory.stat that takes longer closes the class: dying cgroups make it slow. */
#define RSTAT_SLOW_US 250000u

/* Which rows a visit reads. */
enum part {
    PART_ALL,
    PART_NO_X,
    PART_X,
    PART_SIZE, /* Z */
    PART_NO_SIZE,
    PART_CHEAP,  /* neither Z nor X */
    PART_STAT,   /* rows that flush statistics */
    PART_MOVING, /* M */
};

struct visit {
    struct cgroups *tree;
    unsigned first, last;
    enum part part;
    bool skip_done;
    bool skip; /* this folder */
};

static struct cgroups *walk; /* whose results come in */

void cgroups_start(struct capture *c, struct cgroups *g)
{
    memset(g, 0, offsetof(struct cgroups, largest));
    g->done_count = 0;
    walk = g;
    if (c->host.cgroup == HOST_CGROUP_V2) {
        g->root = "sys/fs/cgroup";
        g->first = PLAN_CGROUP2_CURRENT;
        g->last = PLAN_CGROUP2_HUGETLB_EVENTS;
    } else if (c->host.cgroup != HOST_CGROUP_NONE) {
        g->root = "sys/fs/cgroup/memory";
        g->first = PLAN_CGROUP1_USAGE;
        g->last = PLAN_CGROUP1_NUMA_STAT;
    }
}

static bool is_done(const struct cgroups *g, const char *folder)
{
    uint64_t h = text_hash(folder);

    for (unsigned i = 0; i < g->done_count; i++)
        if (g->done[i] == h)
            return true;
    return false;
}

static void add_done(struct cgroups *g, const char *folder)
{
    if (g->done_count < CGROUPS_DONE)
        g->done[g->done_count++] = text_hash(folder);
}

static bool wants(enum part part, enum plan_id row)
{
    switch (part) {
    case PART_NO_X:
        return !plan_is(row, 'X');
    case PART_X:
        return plan_is(row, 'X');
    case PART_SIZE:
        return plan_is(row, 'Z');
    case PART_NO_SIZE:
        return !plan_is(row, 'Z');
    case PART_CHEAP:
        return !plan_is(row, 'Z') && !plan_is(row, 'X');
    case PART_STAT:
        return plan_is(row, 'M') && plan[row].cost == COST_RSTAT;
    case PART_MOVING:
        return plan_is(row, 'M');
    default:
        return true;
    }
}

/* Keeps the largest, sorted. Paths that are too long are left to the walk. */
static void keep(struct cgroups *g, const char *folder, size_t len, uint64_t bytes)
{
    unsigned at = g->largest_count;

    if (len >= CGROUPS_PATH_BYTES || (at == CGROUPS_LARGEST && g->largest[at - 1].bytes >= bytes))
        return;
    if (at == CGROUPS_LARGEST)
        at--;
    else
        g->largest_count++;
    for (; at && g->largest[at - 1].bytes < bytes; at--)
        g->largest[at] = g->largest[at - 1];
    g->largest[at].bytes = bytes;
    memcpy(g->largest[at].path, folder, len);
    g->largest[at].path[len] = '\0';
}

static void take_file(void *context, const struct job *job, const struct result *result,
                      const char *data)
{
    struct capture *c = context;
    const char *p = data;
    uint64_t bytes;

    if (plan_is(job->row, 'Z') && result->outcome == OUTCOME_OK) {
        if (c->sample[0] == '\0' && scan_u64(&p, data + result->length, &bytes))
            keep(walk, reads_path(&c->reads, job), job->name - 1u, bytes);
    }
    if (plan[job->row].cost == COST_RSTAT && result->us > RSTAT_SLOW_US)
        c->reads.stalls[COST_RSTAT]++;
    evidence_done(c, job, result, data);
}

static void read_name(struct capture *c, const struct visit *v, const char *folder,
                      const char *name)
{
    for (unsigned row = v->first; row <= v->last; row++) {
        const char *pattern = plan_name(row);
        struct job *job;

        if (pattern[0] != name[0] || pattern[7] != name[7] || !wants(v->part, row) ||
            !plan_matches(pattern, strlen(pattern), name))
            continue;
        job = evidence_read(c, row, folder, name);
        if (job) {
            job->done = take_file;
            job->flags |= JOB_MAY_EXIT | JOB_ONE_READ | JOB_FOLDER;
        }
        return;
    }
}

static void visit_name(struct capture *c, void *state, const char *folder, const char *name)
{
    struct visit *v = state;

    if (name) {
        /* All patterns have eight bytes at least. */
        if (!v->skip && strlen(name) >= 8)
            read_name(c, v, folder, name);
        return;
    }
    v->skip = v->skip_done && is_done(v->tree, folder);
    if (v->part == PART_SIZE)
        v->tree->seen++;
    if (v->part == PART_CHEAP)
        v->tree->captured++;
}

static bool visit_one(struct capture *c, struct cgroups *g, const char *folder, enum part part)
{
    struct visit v = {.tree = g, .first = g->first, .last = g->last, .part = part};

    return tree_folder(c, folder, visit_name, &v);
}

/* The folder of a cgroup's path, "/a/b" or "/". */
static const char *folder_of(const struct cgroups *g, const char *cgroup, size_t len,
                             char buffer[PATH_MAX])
{
    struct text t = {.p = buffer, .cap = PATH_MAX};

    text_str(&t, g->root);
    if (len > 1)
        text_raw(&t, cgroup, len);
    return text_end(&t);
}

static void note_gone(struct capture *c, char folder[PATH_MAX])
{
    struct text t = {.p = folder, .n = strlen(folder), .cap = PATH_MAX};

    text_str(&t, "/memory.*");
    evidence_note(c, text_end(&t), OUTCOME_EXITED, 0, "the kernel log names this cgroup");
}

static void visit_link(struct capture *c, struct cgroups *g, const char *cgroup, size_t len)
{
    char folder[PATH_MAX];

    folder_of(g, cgroup, len, folder);
    if (is_done(g, folder) || evidence_stopped(c))
        return;
    if (visit_one(c, g, folder, PART_ALL))
        add_done(g, folder);
    else
        note_gone(c, folder);
}

/* A cgroup, then its ancestors, but for the root: the statistics of a subtree cost more the larger
 * it is. */
static void visit_chain(struct capture *c, struct cgroups *g, const char *cgroup)
{
    size_t len = strlen(cgroup);

    while (len > 1) {
        visit_link(c, g, cgroup, len);
        do
            len--;
        while (cgroup[len] != '/');
    }
}

void cgroups_named(struct capture *c, struct cgroups *g, const struct names *names)
{
    const char *name;

    if (!g->root)
        return;
    visit_one(c, g, g->root, PART_NO_X);
    for (unsigned i = 0; (name = names_get(names, i)); i++)
        visit_chain(c, g, name);
    if (c->host.own_cgroup[0])
        visit_chain(c, g, c->host.own_cgroup);
    visit_one(c, g, g->root, PART_X);
    add_done(g, g->root);
    reads_flush(&c->reads);
}

static enum tree_end walk_part(struct capture *c, struct cgroups *g, enum part part)
{
    struct visit v = {
        .tree = g, .first = g->first, .last = g->last, .part = part, .skip_done = true};
    enum tree_end end = tree_walk(c, g->root, visit_name, &v);

    reads_flush(&c->reads);
    return end;
}

static const char *why_incomplete(const struct capture *c, enum tree_end sizes, enum tree_end cheap)
{
    if (evidence_stopped(c))
        return evidence_stopped(c);
    if (sizes == TREE_TOO_DEEP || cheap == TREE_TOO_DEEP)
        return "the tree is deeper than this collector goes";
    if (sizes != TREE_WHOLE || cheap != TREE_WHOLE)
        return "not all of the tree could be read";
    if (!c->options->root && !c->host.init_cgroup_namespace)
        return "only cgroups of this cgroup namespace are visible";
    return NULL;
}

void cgroups_capture(struct capture *c, struct cgroups *g)
{
    enum tree_end sizes, cheap;
    const char *why;

    if (!g->root) {
        evidence_note(c, "sys/fs/cgroup", OUTCOME_ABSENT, 0, "no memory controller is mounted");
        return;
    }
    sizes = walk_part(c, g, PART_SIZE);
    for (unsigned i = 0; i < g->largest_count; i++) {
        if (is_done(g, g->largest[i].path) || evidence_stopped(c))
            continue;
        if (visit_one(c, g, g->largest[i].path, PART_NO_SIZE))
            add_done(g, g->largest[i].path);
    }
    reads_flush(&c->reads);
    cheap = walk_part(c, g, PART_CHEAP);
    why = why_incomplete(c, sizes, cheap);
    if ((sizes != TREE_WHOLE && sizes != TREE_STUCK) ||
        (cheap != TREE_WHOLE && cheap != TREE_STUCK)) /* a stuck one is noted already */
        evidence_note(c, g->root, OUTCOME_OVER_BUDGET, 0, why);
    manifest_table(&c->manifest, TABLE_CGROUPS, g->seen, g->captured, why);
}

static void visit_stat(struct capture *c, void *state, const char *folder, const char *name)
{
    if (c->rstat_us < REST_RSTAT_US && reads_is_open(&c->reads, COST_RSTAT))
        visit_name(c, state, folder, name);
}

static void walk_other(struct capture *c, const char *root, unsigned first, unsigned last)
{
    struct cgroups other = {.root = root, .first = first, .last = last};
    struct visit v = {.tree = &other, .first = first, .last = last, .part = PART_ALL};

    if (tree_walk(c, root, visit_name, &v) == TREE_UNREADABLE)
        evidence_note(c, root, OUTCOME_ABSENT, 0, NULL);
    reads_flush(&c->reads);
}

void cgroups_rest(struct capture *c, struct cgroups *g)
{
    struct visit v = {
        .tree = g, .first = g->first, .last = g->last, .part = PART_STAT, .skip_done = true};

    if (!g->root)
        return;
    c->rstat_us = 0;
    tree_walk(c, g->root, visit_stat, &v);
    reads_flush(&c->reads);
    if (c->rstat_us >= REST_RSTAT_US || !reads_is_open(&c->reads, COST_RSTAT))
        evidence_note(c, "sys/fs/cgroup/**/memory.stat", OUTCOME_OVER_BUDGET, 0,
                      "memory.stat is slow here: read of named and large cgroups first");
    if (c->host.cgroup == HOST_CGROUP_V2)
        return;
    walk_other(c, "sys/fs/cgroup/cpuset", PLAN_CGROUP_CPUSET_MEMS, PLAN_CGROUP_CPUSET_EFFECTIVE);
    walk_other(c, "sys/fs/cgroup/pids", PLAN_CGROUP_PIDS1_CURRENT, PLAN_CGROUP_PIDS1_MAX);
    walk_other(c, "sys/fs/cgroup/hugetlb", PLAN_CGROUP_HUGETLB1_USAGE,
               PLAN_CGROUP_HUGETLB1_FAILCNT);
    if (c->host.cgroup == HOST_CGROUP_HYBRID)
        walk_other(c, "sys/fs/cgroup/unified", PLAN_CGROUP_UNIFIED_PRESSURE,
                   PLAN_CGROUP_UNIFIED_EVENTS);
}

void cgroups_sample(struct capture *c, struct cgroups *g, const struct names *names)
{
    char folder[PATH_MAX];
    const char *name;

    if (!g->root)
        return;
    g->done_count = 0;
    visit_one(c, g, g->root, PART_MOVING);
    add_done(g, g->root);
    for (unsigned i = 0; (name = names_get(names, i)); i++) {
        folder_of(g, name, strlen(name), folder);
        if (!is_done(g, folder) && visit_one(c, g, folder, PART_MOVING))
            add_done(g, folder);
    }
    for (unsigned i = 0; i < g->largest_count; i++)
        if (!is_done(g, g->largest[i].path))
            visit_one(c, g, g->largest[i].path, PART_MOVING);
    reads_flush(&c->reads);
}
