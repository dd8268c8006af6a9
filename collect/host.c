/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "host.h"
#include "outcome.h"
#include "path.h"
#include "reads.h"
#include "scan.h"
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

/* Inode numbers of the first namespaces, include/linux/proc_ns.h. */
#define INIT_PID_NS    "pid:[4026531836]"
#define INIT_CGROUP_NS "cgroup:[4026531835]"

bool host_file(int root_fd, bool confined, const char *path, char *buffer, size_t size)
{
    int fd = path_open(root_fd, confined, path, O_RDONLY);
    size_t len = 0;
    ssize_t n = 0;

    if (fd < 0)
        return false;
    while (len < size - 1 && (n = read(fd, buffer + len, size - 1 - len)) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            break;
        len += (size_t)n;
    }
    close(fd);
    while (len && buffer[len - 1] == '\n')
        len--;
    buffer[len] = '\0';
    return n >= 0 && len > 0;
}

bool host_has(int root_fd, bool confined, const char *path)
{
    int fd = path_open(root_fd, confined, path, O_PATH);

    if (fd < 0)
        return false;
    close(fd);
    return true;
}

/* The file that the helper reads for text or has. */
static struct {
    char *buffer;
    bool ok;
    bool there; /* whether or not it could be read */
} wanted;

static void take_text(void *context, const struct job *job, const struct result *result,
                      const char *data)
{
    size_t len = result->length;

    (void)context;
    (void)job;
    wanted.there = result->outcome == OUTCOME_OK || result->outcome == OUTCOME_EMPTY ||
                   result->outcome == OUTCOME_DENIED || result->outcome == OUTCOME_ERROR;
    while (len && data[len - 1] == '\n')
        len--;
    wanted.ok = result->outcome == OUTCOME_OK && len > 0;
    memcpy(wanted.buffer, data, len);
    wanted.buffer[len] = '\0';
}

/* As host_file. */
static bool text(struct reads *r, const char *path, char *buffer, size_t size)
{
    struct job *job = reads_job(r, PLAN_MEMINFO, "", path);

    buffer[0] = '\0';
    if (!job && (r->helper || r->abandoned))
        return false; /* the capture is ending, or this read might never end */
    if (!job)
        return host_file(r->root_fd, r->confined, path, buffer, size);
    wanted.buffer = buffer;
    job->cap_bytes = (uint32_t)size - 1;
    job->done = take_text;
    reads_flush(r);
    return wanted.ok;
}

static bool has(struct reads *r, const char *path)
{
    char byte[2];

    if (!r->helper && !r->abandoned)
        return host_has(r->root_fd, r->confined, path);
    wanted.there = false;
    text(r, path, byte, sizeof(byte));
    return wanted.there;
}

bool host_is_running(pid_t pid)
{
    char path[32], stat[128];
    struct text t = TEXT_ON(path);
    const char *state; /* of "123 (collect) R ..." */

    text_str(&t, "/proc/");
    text_i64(&t, pid);
    text_str(&t, "/stat");
    if (!host_file(AT_FDCWD, false, text_end(&t), stat, sizeof(stat)))
        return false;
    state = scan_find(stat, strlen(stat), ") ");
    return state && state[2] == 'R';
}

static void copy(char *to, size_t size, const char *from, size_t n)
{
    n = n < size - 1 ? n : size - 1;
    memcpy(to, from, n);
    to[n] = '\0';
}

static void copy_string(char *to, size_t size, const char *from)
{
    copy(to, size, from, strlen(from));
}

static bool is_namespace(const char *link, const char *first)
{
    char buffer[64];
    ssize_t n = readlink(link, buffer, sizeof(buffer) - 1);

    if (n < 0)
        return errno == ENOENT; /* a kernel without this kind of namespace */
    buffer[n] = '\0';
    return strcmp(buffer, first) == 0;
}

/* This process's own name of its environment; other processes' environ is never read. */
static const char *find_container(const char *own_cgroups)
{
    static const struct {
        const char *sign, *name;
    } signs[] = {{"kubepods", "kubernetes"},
                 {"libpod", "podman"},
                 {"docker", "docker"},
                 {"/lxc", "lxc"},
                 {"machine.slice/", "systemd-nspawn"}};
    char word[32];

    if (getenv("KUBERNETES_SERVICE_HOST"))
        return "kubernetes";
    if (host_file(AT_FDCWD, false, "/run/systemd/container", word, sizeof(word))) {
        for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
            if (strcmp(word, signs[i].name) == 0)
                return signs[i].name;
        return "unknown";
    }
    if (host_has(AT_FDCWD, false, "/run/.containerenv"))
        return "podman";
    if (host_has(AT_FDCWD, false, "/.dockerenv"))
        return "docker";
    for (size_t i = 0; i + 1 < sizeof(signs) / sizeof(signs[0]); i++)
        if (scan_find(own_cgroups, strlen(own_cgroups), signs[i].sign))
            return signs[i].name;
    return NULL;
}

/* "4:memory:/a/b" on v1 and hybrid, "0::/a/b" on v2. */
static void find_own_cgroup(struct host *h, const char *own_cgroups)
{
    size_t n = strlen(own_cgroups), len;
    const char *at = scan_find(own_cgroups, n, ":memory:");

    if (at) {
        at += sizeof(":memory:") - 1;
        len = strcspn(at, "\n");
    } else if (!(at = scan_line(own_cgroups, n, "0::", &len))) {
        return;
    }
    if (len < sizeof(h->own_cgroup) && !scan_find(at, len, "/.."))
        copy(h->own_cgroup, sizeof(h->own_cgroup), at, len);
}

/* Of several mounts on /proc the last one is seen. */
static void find_hidepid(struct host *h, const char *mounts)
{
    size_t n = strlen(mounts), len;
    const char *row, *at;

    for (const char *p = mounts;
         (row = scan_line(p, n - (size_t)(p - mounts), "proc /proc proc ", &len)); p = row + len) {
        at = scan_find(row, len, "hidepid=");
        h->hides_processes = at && at[8] != '0' && at[8] != 'o' && h->euid != 0;
    }
}

static void read_here(struct host *h, struct reads *r)
{
    static char buffer[16 * 1024];
    struct utsname u;
    const char *container = NULL;

    uname(&u);
    copy_string(h->hostname, sizeof(h->hostname), u.nodename);
    copy_string(h->release, sizeof(h->release), u.release);
    copy_string(h->version, sizeof(h->version), u.version);
    copy_string(h->machine, sizeof(h->machine), u.machine);
    h->page_size_bytes = (uint64_t)getpagesize();
    h->init_pid_namespace = is_namespace("/proc/self/ns/pid", INIT_PID_NS);
    h->init_cgroup_namespace = is_namespace("/proc/self/ns/cgroup", INIT_CGROUP_NS);
    if (host_file(AT_FDCWD, false, "/proc/self/cgroup", buffer, sizeof(buffer))) {
        find_own_cgroup(h, buffer);
        container = find_container(buffer);
    }
    h->container = container ? container : h->init_pid_namespace ? "none" : "unknown";
    if (text(r, "proc/self/mounts", buffer, sizeof(buffer))) {
        find_hidepid(h, buffer);
        h->foreign_loadavg = scan_find(buffer, strlen(buffer), " /proc/loadavg ");
    }
}

static void read_root(struct host *h, struct reads *r)
{
    char version[512];

    text(r, "proc/sys/kernel/hostname", h->hostname, sizeof(h->hostname));
    if (!h->hostname[0])
        text(r, "etc/hostname", h->hostname, sizeof(h->hostname));
    text(r, "proc/sys/kernel/osrelease", h->release, sizeof(h->release));
    text(r, "proc/sys/kernel/version", h->version, sizeof(h->version));
    if (!h->release[0] && text(r, "proc/version", version, sizeof(version))) {
        size_t len;
        const char *at = scan_line(version, strlen(version), "Linux version ", &len);

        if (at)
            copy(h->release, sizeof(h->release), at, strcspn(at, " \n"));
    }
    h->container = "unknown";
}

/* "0-3,8-11" */
static uint64_t count_cpus(struct reads *r)
{
    char list[256];
    const char *at = list, *end;
    uint64_t from, to, cpus = 0;

    if (!text(r, "sys/devices/system/cpu/online", list, sizeof(list)))
        return 0;
    end = list + strlen(list);
    while (scan_u64(&at, end, &from)) {
        to = from;
        if (at < end && *at == '-' && ++at && !scan_u64(&at, end, &to))
            break;
        cpus += to >= from ? to - from + 1 : 0;
        at += at < end;
    }
    return cpus;
}

/* The version 2 tree stands at sys/fs/cgroup, on hybrid hosts beside the version 1 trees. */
enum host_cgroup host_find_cgroup(struct reads *r)
{
    bool v1 = has(r, "sys/fs/cgroup/memory/memory.limit_in_bytes");

    if (has(r, "sys/fs/cgroup/cgroup.controllers"))
        return HOST_CGROUP_V2;
    if (v1 && has(r, "sys/fs/cgroup/unified/cgroup.controllers"))
        return HOST_CGROUP_HYBRID;
    return v1 ? HOST_CGROUP_V1 : HOST_CGROUP_NONE;
}

uint64_t host_meminfo_bytes(struct reads *r, const char *key)
{
    char meminfo[4096];
    uint64_t kib;

    if (!text(r, "proc/meminfo", meminfo, sizeof(meminfo)) ||
        !scan_key(meminfo, strlen(meminfo), key, &kib))
        return 0;
    return kib * 1024;
}

void host_read(struct host *h, struct reads *r)
{
    char status[4096];
    size_t len;
    const char *at;

    memset(h, 0, sizeof(*h));
    h->euid = geteuid();
    if (host_file(AT_FDCWD, false, "/proc/self/status", status, sizeof(status)) &&
        (at = scan_line(status, strlen(status), "CapEff:\t", &len)))
        copy(h->capabilities, sizeof(h->capabilities), at, len);
    if (r->confined)
        read_root(h, r);
    else
        read_here(h, r);
    text(r, "proc/sys/kernel/random/boot_id", h->boot_id, sizeof(h->boot_id));
    h->cpus = count_cpus(r);
    h->cgroup = host_find_cgroup(r);
    h->memory_bytes = host_meminfo_bytes(r, "MemTotal:");
}

const char *host_cgroup_name(enum host_cgroup cgroup)
{
    static const char *const names[] = {"none", "v1", "v2", "hybrid"};

    return names[cgroup];
}
