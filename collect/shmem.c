/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "shmem.h"
#include "bundle.h"
#include "evidence.h"
#include "folder.h"
#include "procs.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#define TMPFS_TYPE  0x01021994 /* linux/magic.h TMPFS_MAGIC */
#define LINKS_MOST  4096       /* of all processes: each leaves an inode */
#define LINKS_EACH  256
#define BATCH       16 /* processes */
#define SHMEM_PART  64 /* of the host's memory: so much of it shared is much */
#define DELETED     " (deleted)"
#define DELETED_LEN (sizeof(DELETED) - 1)

void shmem_keep(struct shmem_holders *h, const struct proc *proc)
{
    uint32_t at = h->count;

    if (at == SHMEM_HOLDERS && h->top[--at].rss_kib >= proc->rss_kib)
        return;
    if (h->count < SHMEM_HOLDERS)
        h->count++;
    for (; at && h->top[at - 1].rss_kib < proc->rss_kib; at--)
        h->top[at] = h->top[at - 1];
    h->top[at] = *proc;
}

/* The size of the file that a link of fd leads to, where it lives in memory. The file itself is not
 * opened. */
static bool look_at(int dir_fd, const char *name, struct shmem_file *ret)
{
    struct statfs fs;
    struct stat st;
    int fd = openat(dir_fd, name, O_PATH | O_CLOEXEC);
    bool found = fd >= 0 && fstatfs(fd, &fs) == 0 && fs.f_type == TMPFS_TYPE && fstat(fd, &st) == 0;

    if (fd >= 0)
        close(fd);
    if (found)
        *ret = (struct shmem_file){(uint64_t)st.st_ino, (uint64_t)st.st_blocks * 512};
    return found;
}

static bool has_inode(const char *data, uint32_t n, uint64_t inode)
{
    struct shmem_file file;

    for (uint32_t at = 0; at < n;
         at += (uint32_t)(sizeof(file) + strlen(data + at + sizeof(file)) + 1)) {
        memcpy(&file, data + at, sizeof(file));
        if (file.inode == inode)
            return true;
    }
    return false;
}

void shmem_list(int root_fd, const char *path, uint32_t most, char *data, uint32_t room,
                struct result *ret)
{
    static struct folder f;
    const char *name;
    char link[PATH_MAX];
    struct shmem_file file;

    if (!folder_open(&f, root_fd, false, path)) {
        ret->error = errno;
        ret->outcome = (uint8_t)outcome_of_errno(errno);
        return;
    }
    while (ret->value < most && (name = folder_next(&f, NULL))) {
        ssize_t n = readlinkat(f.fd, name, link, sizeof(link) - 1);

        ret->value++;
        if (n <= (ssize_t)DELETED_LEN ||
            memcmp(link + n - DELETED_LEN, DELETED, DELETED_LEN) != 0 ||
            !look_at(f.fd, name, &file) || has_inode(data, ret->length, file.inode) ||
            room - ret->length < sizeof(file) + (size_t)n + 1)
            continue;
        link[n] = '\0';
        memcpy(data + ret->length, &file, sizeof(file));
        memcpy(data + ret->length + sizeof(file), link, (size_t)n + 1);
        ret->length += (uint32_t)(sizeof(file) + (size_t)n + 1);
    }
    folder_close(&f);
}

/* The list in the making. */
static char buffer[32 * 1024];
static struct text rows;
static uint64_t links;
static bool denied;

static void put_row(struct capture *c, const struct job *job, const struct shmem_file *file,
                    const char *name)
{
    char path[PATH_MAX];
    struct text t = TEXT_ON(path);

    if (c->pseudonym.on)
        pseudonym_path(&c->pseudonym, &t, name, strlen(name));
    else
        text_str(&t, name);
    text_char(&rows, '{');
    text_key_u64(&rows, "pid", (uint64_t)job->pid);
    text_key_u64(&rows, "starttime_ticks", job->expect);
    text_key_u64(&rows, "inode", file->inode);
    text_key_u64(&rows, "used_bytes", file->used_bytes);
    text_key(&rows, "name");
    text_json(&rows, t.p, t.n);
    text_raw(&rows, "}\n", 2);
}

static void take_files(void *context, const struct job *job, const struct result *result,
                       const char *data)
{
    struct capture *c = context;
    struct shmem_file file;

    links += result->value;
    c->budget.inodes += result->value;
    denied |= result->outcome == OUTCOME_DENIED;
    c->partial |= outcome_is_cut(result->outcome);
    for (uint32_t at = 0; at < result->length;) {
        size_t whole = rows.n;

        memcpy(&file, data + at, sizeof(file));
        put_row(c, job, &file, data + at + sizeof(file));
        if (rows.cut)
            rows.n = whole;
        at += (uint32_t)(sizeof(file) + strlen(data + at + sizeof(file)) + 1);
    }
}

static bool is_among(const struct proc *procs, uint32_t n, int32_t pid)
{
    for (uint32_t i = 0; i < n; i++)
        if (procs[i].pid == pid)
            return true;
    return false;
}

/* All of procs but those that stand in known; false where that was too much. */
static bool list_all(struct capture *c, const struct proc *procs, uint32_t n,
                     const struct shmem_holders *known)
{
    char folder[32];

    for (uint32_t i = 0; i < n && procs[i].rss_kib; i++) {
        struct job *job;

        if (known && is_among(known->top, known->count, procs[i].pid))
            continue;
        if (i % BATCH == 0)
            reads_flush(&c->reads);
        if (links >= LINKS_MOST || rows.cut)
            return false;
        procs_folder(procs[i].pid, folder, sizeof(folder));
        job = evidence_read(c, PLAN_PROCESS_FD, folder, "fd");
        if (!job)
            return false;
        job->kind = JOB_SHMEM;
        job->cap_bytes = LINKS_EACH;
        job->pid = procs[i].pid;
        job->expect = procs[i].starttime_ticks;
        job->done = take_files;
    }
    reads_flush(&c->reads);
    return !rows.cut;
}

void shmem_capture(struct capture *c, const struct shmem_holders *h, const struct largest *l)
{
    bool whole;

    /* Of another root, a link leads nowhere. */
    if (c->options->root)
        return;
    rows = TEXT_ON(buffer);
    links = 0;
    denied = false;
    whole = list_all(c, h->top, h->count, NULL);
    if (whole && host_meminfo_bytes(&c->reads, "Shmem:") > c->host.memory_bytes / SHMEM_PART)
        whole = list_all(c, l->top, l->count, h);
    evidence_member(c, BUNDLE_SHMEM_FILES, rows.p, rows.n,
                    !whole   ? "of the largest processes only"
                    : denied ? "of some processes it could not be seen"
                             : NULL);
}
