/* SPDX-License-Identifier: MIT */
#include "tmpfs.h"
#include "bundle.h"
#include "evidence.h"

#include <string.h>
#include <sys/statfs.h>

#define POINTS_BYTES 24576 /* 24 KiB */

static char points[POINTS_BYTES]; /* mount points of tmpfs, each with its NUL, no leading slash */
static size_t points_used;

/* "tmpfs /dev/shm tmpfs rw,relatime,size=24684096k 0 0": field i, counted from 0. */
static const char *field(const char *p, const char *end, int i, size_t *ret_len)
{
    for (; i && p; i--) {
        p = memchr(p, ' ', (size_t)(end - p));
        if (p)
            p++;
    }
    if (p) {
        const char *blank = memchr(p, ' ', (size_t)(end - p));

        *ret_len = (size_t)((blank ? blank : end) - p);
    }
    return p;
}

static bool is_type(const char *p, const char *end, const char *type)
{
    size_t len;
    const char *at = field(p, end, 2, &len);

    return at && strlen(type) == len && memcmp(at, type, len) == 0;
}

static const char *line_end(const char *p, const char *end)
{
    const char *nl = memchr(p, '\n', (size_t)(end - p));

    return nl ? nl : end;
}

void tmpfs_rows(struct text *t, const char *s, size_t n)
{
    static const char *const types[] = {"tmpfs",  "ramfs",   "hugetlbfs", "devtmpfs",
                                        "cgroup", "cgroup2", "proc"};

    for (const char *p = s, *stop; p < s + n; p = stop + 1) {
        stop = line_end(p, s + n);
        for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
            if (is_type(p, stop, types[i])) {
                text_raw(t, p, (size_t)(stop - p));
                text_char(t, '\n');
            }
        }
    }
}

static bool is_octal(const char *p)
{
    return p[0] >= '0' && p[0] <= '3' && p[1] >= '0' && p[1] <= '7' && p[2] >= '0' && p[2] <= '7';
}

/* Blank, tab, newline and '\' of a mount point stand as \040, \011, \012, \134. */
static void add_point(const char *p, size_t len)
{
    if (len < 2 || len >= POINTS_BYTES - points_used)
        return;
    for (size_t i = 1; i < len; i++) {
        char c = p[i];

        if (c == '\\' && i + 3 < len && is_octal(p + i + 1)) {
            c = (char)((p[i + 1] - '0') << 6 | (p[i + 2] - '0') << 3 | (p[i + 3] - '0'));
            i += 3;
        }
        points[points_used++] = c;
    }
    points[points_used++] = '\0';
}

static void take_mounts(void *context, const struct job *job, const struct result *result,
                        const char *data)
{
    const char *end = data + result->length;

    for (const char *p = data, *stop; p < end; p = stop + 1) {
        size_t len;
        const char *at;

        stop = line_end(p, end);
        at = is_type(p, stop, "tmpfs") ? field(p, stop, 1, &len) : NULL;
        if (at)
            add_point(at, len);
    }
    evidence_done(context, job, result, data);
}

/* collect/tmpfs.jsonl in the making. */
static struct text rows;
static char rows_buffer[48 * 1024];

static void take_statfs(void *context, const struct job *job, const struct result *result,
                        const char *data)
{
    struct capture *c = context;
    const char *path = reads_path(&c->reads, job);
    char name[PATH_MAX];
    struct text t = TEXT_ON(name);
    struct statfs fs;
    uint64_t unit;

    if (result->outcome != OUTCOME_OK)
        return;
    memcpy(&fs, data, sizeof(fs));
    unit = (uint64_t)fs.f_bsize;
    text_char(&t, '/');
    if (c->pseudonym.on)
        pseudonym_path(&c->pseudonym, &t, path, strlen(path));
    else
        text_str(&t, path);
    text_char(&rows, '{');
    text_key(&rows, "mount");
    text_json(&rows, t.p, t.n);
    text_key_u64(&rows, "size_bytes", fs.f_blocks * unit);
    text_key_u64(&rows, "used_bytes", (fs.f_blocks - fs.f_bfree) * unit);
    text_key_u64(&rows, "inodes", fs.f_files);
    text_key_u64(&rows, "inodes_used", fs.f_files - fs.f_ffree);
    text_raw(&rows, "}\n", 2);
}

void tmpfs_capture(struct capture *c)
{
    struct job *job;

    reads_wide(&c->reads);
    job = evidence_read(c, PLAN_MOUNTS, "", plan_pattern(PLAN_MOUNTS));
    points_used = 0;
    rows = TEXT_ON(rows_buffer);
    if (job)
        job->done = take_mounts;
    reads_flush(&c->reads);
    /* Of another root, what it says of its mounts does not hold here. */
    if (c->options->root)
        return;
    for (size_t at = 0; at < points_used; at += strlen(points + at) + 1) {
        job = evidence_read(c, PLAN_MOUNTS, "", points + at);
        if (job) {
            job->kind = JOB_STATFS;
            job->done = take_statfs;
        }
    }
    reads_flush(&c->reads);
    evidence_member(c, BUNDLE_TMPFS, rows.p, rows.n, rows.cut ? "the first mounts only" : NULL);
}
