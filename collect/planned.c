/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "planned.h"
#include "budget.h"
#include "folder.h"
#include "host.h"
#include "plan.h"
#include "reads.h"
#include "say.h"
#include "scan.h"
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* Typical figures of one read: open, read and close on an idle machine; a member with its header,
 * its padding and its line of the manifest. */
#define READ_US      15u
#define ROLLUP_US    60u
#define MEMBER_BYTES 1700u

/* What there is to read, and what that would cost. */
struct planned {
    uint64_t processes;
    uint64_t cgroups;
    enum host_cgroup version;
    uint64_t resident_kib; /* at most: memory that processes map */
    uint64_t memory_bytes;
    uint64_t files, inodes, us;
};

static uint64_t count_processes(int root_fd, bool confined)
{
    struct folder f;
    const char *name;
    int32_t pid;
    uint64_t n = 0;

    if (!folder_open(&f, root_fd, confined, "proc"))
        return 0;
    while ((name = folder_next(&f, NULL)))
        n += scan_pid(name, &pid);
    folder_close(&f);
    return n;
}

/* "#subsys_name hierarchy num_cgroups enabled\nmemory 4 96 1" */
static uint64_t count_cgroups(int root_fd, bool confined)
{
    char text[4096];
    size_t len;
    uint64_t n;
    const char *row, *end;

    if (host_file(root_fd, confined, "sys/fs/cgroup/cgroup.stat", text, sizeof(text)) &&
        scan_key(text, strlen(text), "nr_descendants ", &n))
        return n + 1;
    if (!host_file(root_fd, confined, "proc/cgroups", text, sizeof(text)))
        return 0;
    row = scan_line(text, strlen(text), "memory\t", &len);
    if (!row)
        return 0;
    end = row + len;
    row = memchr(row, '\t', len);
    return row && ++row && scan_u64(&row, end, &n) ? n : 0;
}

static uint64_t count_resident(const char *meminfo)
{
    static const char *const keys[] = {"AnonPages:", "Mapped:"};
    uint64_t sum = 0, kib;

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        if (scan_key(meminfo, strlen(meminfo), keys[i], &kib))
            sum += kib;
    return sum;
}

static void look(struct planned *p, int root_fd, bool confined)
{
    char meminfo[4096];
    uint64_t kib;

    memset(p, 0, sizeof(*p));
    p->processes = count_processes(root_fd, confined);
    p->cgroups = count_cgroups(root_fd, confined);
    p->version = host_find_cgroup(&(struct reads){.root_fd = root_fd, .confined = confined});
    if (!host_file(root_fd, confined, "proc/meminfo", meminfo, sizeof(meminfo)))
        return;
    p->resident_kib = count_resident(meminfo);
    if (scan_key(meminfo, strlen(meminfo), "MemTotal:", &kib))
        p->memory_bytes = kib * 1024;
}

/* The rows of the tree that is mounted; of the others there is nothing to read. */
static bool is_mounted(const struct planned *p, enum plan_id row)
{
    if (row <= PLAN_CGROUP2_HUGETLB_EVENTS)
        return p->version == HOST_CGROUP_V2;
    return p->version == HOST_CGROUP_V1 || p->version == HOST_CGROUP_HYBRID;
}

/* How many files the row stands for; chosen cgroups and largest processes are few. */
static uint64_t count_files(const struct planned *p, const struct options *o, enum plan_id row)
{
    const char *pattern = plan_pattern(row);

    if (plan_is(row, 'O'))
        return (plan[row].cost == COST_MMAP_LOCK ? o->cmdline : o->logs) ? 1 : 0;
    if (plan[row].tier == TIER_LARGEST)
        return o->largest < p->processes ? o->largest : p->processes;
    if (strncmp(pattern, "proc/*/", 7) == 0)
        return p->processes;
    if (plan[row].tier == TIER_CGROUP && !is_mounted(p, row))
        return 0;
    if (plan[row].tier == TIER_CGROUP)
        return plan_is(row, 'X') && p->cgroups > 64 ? 64 : p->cgroups;
    return 1;
}

static void put_column(struct text *t, size_t width, const char *s)
{
    size_t n = strlen(s);

    text_str(t, s);
    for (; n < width; n++)
        text_char(t, ' ');
    text_char(t, ' ');
}

static void put_number(struct text *t, size_t width, uint64_t v)
{
    char digits[24];
    struct text d = TEXT_ON(digits);

    text_u64(&d, v);
    for (size_t n = d.n; n < width; n++)
        text_char(t, ' ');
    put_column(t, 0, text_end(&d));
}

static void print_row(struct planned *p, const struct options *o, enum plan_id row)
{
    char line[256];
    struct text t = TEXT_ON(line);
    uint64_t files = count_files(p, o, row);

    put_column(&t, 8, plan_tier_name(plan[row].tier));
    put_column(&t, 10, plan_cost_name(plan[row].cost));
    put_column(&t, 6, plan_rights_name(plan[row].rights));
    put_number(&t, 5, plan[row].cap_bytes / 1024);
    put_number(&t, 7, files);
    text_str(&t, plan_pattern(row));
    text_char(&t, '\n');
    say_out(line, t.n);
    p->files += files;
    p->inodes += files;
    p->us += files * (row == PLAN_PROCESS_ROLLUP ? ROLLUP_US : READ_US);
}

static void print_line(const char *label, uint64_t value, const char *unit, uint64_t budget)
{
    char line[160];
    struct text t = TEXT_ON(line);

    text_char(&t, '#');
    text_char(&t, ' ');
    put_column(&t, 26, label);
    put_number(&t, 12, value);
    text_str(&t, unit);
    if (budget) {
        text_str(&t, ", budget ");
        text_u64(&t, budget);
    }
    text_char(&t, '\n');
    say_out(line, t.n);
}

static void print_sums(const struct planned *p, const struct options *o)
{
    struct budget b;

    budget_start(&b, o, p->memory_bytes);
    print_line("processes", p->processes, "", 0);
    print_line("cgroups", p->cgroups, "", 0);
    print_line("files, about", p->files, "", 0);
    print_line("time, about", p->us / 1000, "ms", o->wall_ms);
    print_line("tar, about", p->files * MEMBER_BYTES / 1024, "KiB", o->bytes / 1024);
    print_line("kernel memory, about",
               (p->inodes + p->processes + p->cgroups) * BUDGET_INODE_BYTES / 1024, "KiB",
               b.inodes_max * BUDGET_INODE_BYTES / 1024);
    print_line("mmap locks held, at most", p->resident_kib / 1024 * BUDGET_LOCK_US_PER_MIB / 1000,
               "ms", o->lock_ms);
}

int planned_print(const struct options *o)
{
    static const char head[] = "tier     cost       rights   KiB   files pattern\n";
    struct planned p;
    int root_fd = open(o->root ? o->root : "/", O_PATH | O_DIRECTORY | O_CLOEXEC);

    if (root_fd < 0) {
        say_error("cannot open", o->root, errno);
        return EXIT_USAGE;
    }
    look(&p, root_fd, o->root != NULL);
    close(root_fd);
    say_out(head, sizeof(head) - 1);
    for (enum plan_id row = 0; row < PLAN_COUNT; row++)
        print_row(&p, o, row);
    print_sums(&p, o);
    return EXIT_COMPLETE;
}
