/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_COLLECT_HELPER_H
#define OOMSCOPE_COLLECT_HELPER_H

#include <limits.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "walk.h"

/*
 * The helper is a forked process that does all reads of evidence. Any of them may block, some of
 * them past SIGKILL; the parent only watches the clock and can go on without the helper.
 * Jobs and what they read travel in shared memory, a batch (slot) at a time.
 */
#define SLOT_JOBS  128
#define SLOT_PATHS 12288   /* 12 KiB */
#define SLOT_DATA  196608u /* 192 KiB */

enum job_kind {
    JOB_READ,   /* the file from its start, up to cap_bytes */
    JOB_COUNT,  /* its length: reads and discards */
    JOB_CHUNK,  /* opens, then reads as much as fits */
    JOB_MORE,   /* reads on in the file of the last JOB_CHUNK */
    JOB_STATFS, /* struct statfs of a mount point */
    JOB_WALK,   /* the next records of a walk (walk.h), cap_bytes of them at most */
    JOB_FDS,    /* number of open files of a process, listing at most cap_bytes of them */
    JOB_SHMEM,  /* struct shmem_file of the nameless files of a process, of cap_bytes open ones */
    JOB_SKIP    /* nothing: its class of cost was closed */
};

enum {
    JOB_MAY_EXIT = 1, /* of a process or cgroup: ENOENT may mean that it went away */
    JOB_ONE_READ = 2, /* made by one show function: a short read is the end */
    JOB_LINK = 4,     /* the last component may be a link */
    JOB_REGULAR = 8,  /* anything but a regular file is refused */
    JOB_FOLDER = 16,  /* more files of its folder follow: open that once */
    JOB_TAIL = 32,    /* the last cap_bytes of a regular file */
    JOB_FLAT = 64,    /* of a walk: one folder only */
};

struct result {
    uint8_t outcome;
    int32_t error;
    uint32_t offset; /* of the bytes read, in the slot's data */
    uint32_t length;
    uint32_t us;
    bool more;      /* the file goes on; JOB_FDS: they were listed */
    uint64_t value; /* JOB_COUNT, JOB_FDS, JOB_SHMEM: open files looked at */
};

/* JOB_SHMEM: one after another, not aligned; behind each its name and a NUL. */
struct shmem_file {
    uint64_t inode;
    uint64_t used_bytes;
};

struct job;
/* Takes the outcome of one job, in the order of the jobs; data is valid during the call only. */
typedef void (*job_done)(void *context, const struct job *job, const struct result *result,
                         const char *data);

struct job {
    uint8_t kind;
    uint8_t flags;
    uint8_t cost;
    uint16_t row;  /* plan_id */
    uint16_t path; /* offset in the slot's paths */
    uint16_t name; /* length of the path's folder with its slash */
    uint32_t cap_bytes;
    uint32_t deadline_ms;
    int32_t pid;
    uint64_t expect; /* JOB_WALK: records to skip; else for the one who takes the result */
    job_done done;
};

struct slot {
    uint32_t count;
    uint32_t first; /* job to begin with */
    uint32_t data;  /* offset of this slot's data */
    uint32_t data_bytes;
    uint32_t paths_used;
    _Atomic uint32_t at;         /* job in work */
    _Atomic uint64_t started_ns; /* when that began, monotonic; 0 between two jobs */
    _Atomic uint32_t finished;   /* jobs before it have results */
    struct job jobs[SLOT_JOBS];
    struct result results[SLOT_JOBS];
    char paths[SLOT_PATHS];
};

struct shared {
    struct slot slots[2];
    char walking[PATH_MAX];       /* folder of the walk in work */
    uint64_t avoid[WALK_AVOIDED]; /* text_hash of folders whose listing hung */
    char data[2 * SLOT_DATA];
};

/* The helper's life: takes slot numbers, counted from 1, from one eventfd and returns them on the
 * other. Never returns. */
_Noreturn void helper_run(struct shared *shared, int root_fd, bool confined, int from_parent,
                          int to_parent);

#endif
