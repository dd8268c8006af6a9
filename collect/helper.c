/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "helper.h"
#include "clock.h"
#include "folder.h"
#include "outcome.h"
#include "path.h"
#include "shmem.h"
#include "text.h"
#include "walk.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

struct helper {
    struct shared *shared;
    int root_fd;
    bool confined;
    int dir_fd; /* folder of the last job, -1 if none */
    char dir[SLOT_PATHS];
    int chunk_fd;
};

/* One job in work. */
struct task {
    const struct job *job;
    const char *path;
    char *data;
    uint32_t room; /* in data */
    struct result *result;
    _Atomic uint64_t *beat; /* when it began, for the parent's clock */
};

static void set_error(struct result *r, int error)
{
    r->error = error;
    r->outcome = (uint8_t)outcome_of_errno(error);
}

/* A process's files are opened through one descriptor of its folder, which stays that process's
 * even where its pid is used again. */
static int open_folder(struct helper *h, const struct job *job, const char *path)
{
    size_t len = job->name;

    if (h->dir_fd >= 0 && memcmp(h->dir, path, len) == 0 && h->dir[len] == '\0')
        return h->dir_fd;
    if (h->dir_fd >= 0)
        close(h->dir_fd);
    memcpy(h->dir, path, len);
    h->dir[len] = '\0';
    h->dir_fd = openat(h->root_fd, h->dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
    return h->dir_fd;
}

static int open_file(struct helper *h, const struct job *job, const char *path)
{
    int flags = O_RDONLY | (job->flags & JOB_LINK ? 0 : O_NOFOLLOW);
    int dir_fd;

    if (h->confined || !(job->flags & JOB_FOLDER))
        return path_open(h->root_fd, h->confined, path, flags);
    dir_fd = open_folder(h, job, path);
    return dir_fd < 0 ? -1 : path_open(dir_fd, false, path + job->name, flags);
}

/* ENOENT of a process's or cgroup's file: has the kernel no such file, or is its owner gone? */
static bool is_gone(struct helper *h, const struct job *job, const char *path)
{
    char probe[SLOT_PATHS + 16];
    struct text t = TEXT_ON(probe);
    int fd;

    if (!(job->flags & JOB_MAY_EXIT))
        return false;
    text_raw(&t, path, job->name);
    text_str(&t, job->pid ? "stat" : "cgroup.procs");
    fd = path_open(h->root_fd, h->confined, text_end(&t), O_PATH | O_NOFOLLOW);
    if (fd >= 0)
        close(fd);
    return fd < 0;
}

static bool is_regular(int fd)
{
    struct stat st;

    return fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

static int open_job(struct helper *h, const struct job *job, const char *path, struct result *r)
{
    int fd = open_file(h, job, path);

    if (fd < 0) {
        set_error(r, errno);
        if (r->outcome == OUTCOME_ABSENT && is_gone(h, job, path))
            r->outcome = OUTCOME_EXITED;
    } else if (job->flags & JOB_REGULAR && !is_regular(fd)) {
        close(fd);
        set_error(r, ENXIO);
        fd = -1;
    }
    return fd;
}

/* Reads to the end or until the room is used up; one byte more than cap tells that it goes on. */
static void read_all(int fd, const struct task *t, uint32_t cap)
{
    bool one_read = t->job->flags & JOB_ONE_READ;
    uint32_t want = cap < t->room ? cap + 1 : t->room;
    struct result *r = t->result;

    while (r->length < want) {
        ssize_t n = read(fd, t->data + r->length, want - r->length);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            set_error(r, errno);
            if (r->length)
                r->outcome = OUTCOME_TRUNCATED;
            return;
        }
        if (n == 0)
            return;
        r->length += (uint32_t)n;
        if (one_read && r->length < want)
            return;
    }
    r->more = true;
    if (r->length > cap)
        r->length = cap;
}

static void count(int fd, const struct task *t)
{
    struct result *r = t->result;
    ssize_t n;

    while (r->value < t->job->cap_bytes && (n = read(fd, t->data, t->room)) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            set_error(r, errno);
            return;
        }
        r->value += (uint64_t)n;
    }
}

static struct folder fds; /* of a process, being listed */

/* Counts by listing, which leaves an inode for each. */
static void list_fds(struct helper *h, const struct task *t)
{
    struct folder *f = &fds;
    struct result *r = t->result;

    if (!folder_open(f, h->root_fd, h->confined, t->path)) {
        set_error(r, errno);
        return;
    }
    while (r->value < t->job->cap_bytes && folder_next(f, NULL))
        r->value++;
    if (f->error || r->value == t->job->cap_bytes)
        r->outcome = OUTCOME_UNSUPPORTED;
    folder_close(f);
}

/* The folder's size is the count since 6.2. */
static void do_fds(struct helper *h, const struct task *t)
{
    struct stat st;

    if (fstatat(h->root_fd, t->path, &st, AT_SYMLINK_NOFOLLOW) != 0)
        set_error(t->result, errno);
    else if (st.st_size == 0)
        list_fds(h, t);
    else
        t->result->value = (uint64_t)st.st_size;
    t->result->more = st.st_size == 0;
}

static void do_statfs(struct helper *h, const struct task *t)
{
    struct statfs fs;
    int fd = path_open(h->root_fd, h->confined, t->path, O_PATH | O_DIRECTORY | O_NOFOLLOW);
    int failed = fd < 0 ? -1 : fstatfs(fd, &fs);

    if (failed && fd >= 0 && errno == EBADF) { /* a path of O_PATH, before 3.12 */
        close(fd);
        fd = path_open(h->root_fd, h->confined, t->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
        failed = fd < 0 ? -1 : fstatfs(fd, &fs);
    }
    if (failed) {
        set_error(t->result, errno);
    } else {
        memcpy(t->data, &fs, sizeof(fs));
        t->result->length = sizeof(fs);
    }
    if (fd >= 0)
        close(fd);
}

static void do_chunk(struct helper *h, const struct task *t)
{
    if (t->job->kind == JOB_CHUNK) {
        if (h->chunk_fd >= 0)
            close(h->chunk_fd);
        h->chunk_fd = open_job(h, t->job, t->path, t->result);
    }
    if (h->chunk_fd >= 0)
        read_all(h->chunk_fd, t, t->room);
}

static void do_walk(struct helper *h, const struct task *t)
{
    const struct walk_ask ask = {.root_fd = h->root_fd,
                                 .confined = h->confined,
                                 .flat = t->job->flags & JOB_FLAT,
                                 .path = t->path,
                                 .skip = t->job->expect,
                                 .where = h->shared->walking,
                                 .avoid = h->shared->avoid,
                                 .beat = t->beat};
    uint32_t room = t->job->cap_bytes < t->room ? t->job->cap_bytes : t->room;
    int error = walk_on(&ask, t->data, room, &t->result->length, &t->result->more);

    if (error)
        set_error(t->result, error);
}

static void do_file(struct helper *h, const struct task *t)
{
    const struct job *job = t->job;
    struct result *r = t->result;
    int fd = open_job(h, job, t->path, r);

    if (fd < 0)
        return;
    if (job->flags & JOB_TAIL && lseek(fd, -(off_t)job->cap_bytes, SEEK_END) > 0)
        r->value = 1;
    if (job->kind == JOB_COUNT)
        count(fd, t);
    else
        read_all(fd, t, job->cap_bytes);
    close(fd);
    if (r->outcome == OUTCOME_OK && job->kind == JOB_READ && r->length == 0)
        r->outcome = OUTCOME_EMPTY;
}

static void do_job(struct helper *h, const struct task *t)
{
    switch (t->job->kind) {
    case JOB_SKIP:
        t->result->outcome = OUTCOME_OVER_BUDGET;
        return;
    case JOB_STATFS:
        do_statfs(h, t);
        return;
    case JOB_SHMEM:
        shmem_list(h->root_fd, t->path, t->job->cap_bytes, t->data, t->room, t->result);
        return;
    case JOB_WALK:
        do_walk(h, t);
        return;
    case JOB_FDS:
        do_fds(h, t);
        return;
    case JOB_CHUNK:
    case JOB_MORE:
        do_chunk(h, t);
        return;
    default:
        do_file(h, t);
    }
}

/* Works through the slot; stops early where the data has no room left for the next file. */
static void do_slot(struct helper *h, struct slot *s)
{
    uint32_t used = 0;
    uint64_t start = clock_now_ns();

    for (uint32_t i = s->first; i < s->count; i++) {
        const struct job *job = &s->jobs[i];
        struct result r = {.offset = used};
        uint64_t end;

        atomic_store(&s->at, i);
        atomic_store(&s->started_ns, start);
        do_job(h, &(struct task){.job = job,
                                 .path = s->paths + job->path,
                                 .data = h->shared->data + s->data + used,
                                 .room = s->data_bytes - used,
                                 .result = &r,
                                 .beat = &s->started_ns});
        if (r.more && used > 0 && r.length < job->cap_bytes)
            return; /* it would have fitted into an empty slot */
        end = clock_now_ns();
        if (job->kind == JOB_WALK) /* of many folders: the last one */
            start = atomic_load(&s->started_ns);
        r.us = (uint32_t)((end - start) / 1000);
        start = end;
        s->results[i] = r;
        used += r.length;
        atomic_store(&s->started_ns, 0);
        atomic_store(&s->finished, i + 1);
    }
}

_Noreturn void helper_run(struct shared *shared, int root_fd, bool confined, int from_parent,
                          int to_parent)
{
    static struct helper h;
    uint64_t token;

    h.shared = shared;
    h.root_fd = root_fd;
    h.confined = confined;
    h.dir_fd = h.chunk_fd = -1;
    while (read(from_parent, &token, sizeof(token)) == sizeof(token)) {
        do_slot(&h, &shared->slots[(token - 1) & 1]);
        if (write(to_parent, &token, sizeof(token)) != sizeof(token))
            break;
    }
    _exit(0);
}
