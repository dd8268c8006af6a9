/* SPDX-License-Identifier: MIT */
#include "evidence.h"

#include "bundle/path.h"

#include <stdio.h>
#include <sys/stat.h>

enum { MEMBERS_MAX = 64, BLOCK_BYTES = 512, NAME_BYTES = 100, PREFIX_BYTES = 155 };

#define MARK "=== "

struct member {
    struct span path, text;
};

struct evidence {
    struct member members[MEMBERS_MAX];
    size_t n;
};

static bool has(const struct evidence *evidence, struct span path)
{
    for (size_t i = 0; i < evidence->n; i++)
        if (span_eq(evidence->members[i].path, path))
            return true;
    return false;
}

/* Where the path is cut in two: 0 for a short one, its length for one that no header holds. */
static size_t prefix_of(struct span path)
{
    if (path.n <= NAME_BYTES)
        return 0;
    for (size_t i = path.n - NAME_BYTES - 1; i <= PREFIX_BYTES && i + 1 < path.n; i++)
        if (path.p[i] == '/')
            return i;
    return path.n;
}

/* Another spelling of a path could be that of a member before it, and one that ends in a slash is a
 * folder's, which has no text: what follows would be damage. */
static bool is_normal(struct span path)
{
    struct buf normal = {0};
    struct limits limits = limits_default();
    bool is = path_normal(path, &limits, &normal) == PATH_FINE && span_eq(path, buf_span(&normal));
    buf_free(&normal);
    return is;
}

/* The first of its path counts; a second one would make the order matter. */
static void add(struct evidence *evidence, struct span path, struct span text)
{
    if (evidence->n < MEMBERS_MAX && is_normal(path) && prefix_of(path) < path.n &&
        !has(evidence, path))
        evidence->members[evidence->n++] = (struct member){path, text};
}

static void cut_members(struct span rest, struct evidence *ret_now, struct evidence *ret_before)
{
    struct span piece, path, text;
    span_cut_str(rest, MARK, &piece, &rest);
    while (rest.n) {
        span_cut_str(rest, MARK, &piece, &rest);
        span_cut(piece, '\n', &path, &text);
        add(span_eat(&path, "before:") ? ret_before : ret_now, path, text);
    }
}

static void add_header(struct buf *tar, const struct member *member)
{
    char block[BLOCK_BYTES] = {0};
    unsigned sum = 0;
    size_t prefix = prefix_of(member->path);
    struct span name = span_skip(member->path, prefix ? prefix + 1 : 0);
    memcpy(block, name.p, name.n);
    memcpy(block + 345, member->path.p, prefix);
    snprintf(block + 124, 12, "%011zo", member->text.n);
    memset(block + 148, ' ', 8);
    block[156] = '0';
    memcpy(block + 257, "ustar\00000", 8);
    for (size_t i = 0; i < BLOCK_BYTES; i++)
        sum += (unsigned char)block[i];
    snprintf(block + 148, 7, "%06o", sum);
    buf_add(tar, (struct span){block, BLOCK_BYTES});
}

static void make_tar(const struct evidence *evidence, bool turned, struct buf *tar)
{
    static const char zeros[2 * BLOCK_BYTES];
    for (size_t i = 0; i < evidence->n; i++) {
        const struct member *member = &evidence->members[turned ? evidence->n - 1 - i : i];
        add_header(tar, member);
        buf_add(tar, member->text);
        buf_add(tar, (struct span){zeros, -member->text.n % BLOCK_BYTES});
    }
    buf_add(tar, (struct span){zeros, sizeof(zeros)});
}

void evidence_tars(struct span text, bool turned, struct buf *ret_now, struct buf *ret_before)
{
    struct evidence now = {0}, before = {0};
    cut_members(text, &now, &before);
    make_tar(&now, turned, ret_now);
    if (before.n)
        make_tar(&before, false, ret_before);
}

/* Its folders, then the file itself. */
static bool write_member(const struct member *member, const char *folder)
{
    char path[4096];
    int n = snprintf(path, sizeof(path), "%s/" SPAN_FMT, folder, SPAN_ARG(member->path));
    if (n >= (int)sizeof(path))
        return false;
    for (char *slash = path + strlen(folder) + 1; (slash = strchr(slash, '/')); *slash++ = '/') {
        *slash = '\0';
        mkdir(path, 0700);
    }
    FILE *file = fopen(path, "wx");
    if (!file)
        return false;
    bool ok = fwrite(member->text.p, 1, member->text.n, file) == member->text.n;
    return fclose(file) == 0 && ok;
}

bool evidence_files(struct span text, const char *folder)
{
    struct evidence now = {0}, before = {0};
    bool ok = true;
    cut_members(text, &now, &before);
    for (size_t i = 0; i < now.n && ok; i++)
        ok = write_member(&now.members[i], folder);
    return ok;
}
