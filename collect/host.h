/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_COLLECT_HOST_H
#define OOMSCOPE_COLLECT_HOST_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct reads;

enum host_cgroup { HOST_CGROUP_NONE, HOST_CGROUP_V1, HOST_CGROUP_V2, HOST_CGROUP_HYBRID };

/* Who and where: what bundle.json says. An empty string or 0 is unknown. */
struct host {
    char hostname[65];
    char boot_id[40];
    char release[128];
    char version[256];
    char machine[65];
    uint64_t page_size_bytes;
    uint64_t cpus;
    uint64_t memory_bytes;
    uint64_t euid;
    char capabilities[20];
    const char *container;
    bool init_pid_namespace;
    bool init_cgroup_namespace;
    bool hides_processes; /* hidepid without the right to see through it */
    bool foreign_loadavg; /* another file system serves /proc/loadavg */
    enum host_cgroup cgroup;
    char own_cgroup[512]; /* in the memory hierarchy, with its leading slash; "" unknown */
};

/* Finds out. The helper reads, where there is one, since a file of another root, or one that lxcfs
 * serves, may block for ever. Confined: all comes from that root, nothing from this machine. */
void host_read(struct host *h, struct reads *r);
/* Which trees of cgroups are mounted. */
enum host_cgroup host_find_cgroup(struct reads *r);
/* "v1", "v2", "hybrid" or "none". */
const char *host_cgroup_name(enum host_cgroup cgroup);
/* A small file's first bytes, NUL-terminated, trailing newline cut; false where it is unreadable.
 */
bool host_file(int root_fd, bool confined, const char *path, char *buffer, size_t size);
/* True where path is there. */
bool host_has(int root_fd, bool confined, const char *path);
/* True where a process of this machine runs or waits for a processor, state R. */
bool host_is_running(pid_t pid);
/* A row of meminfo, "Shmem:"; 0 where unknown. */
uint64_t host_meminfo_bytes(struct reads *r, const char *key);

#endif
