/* SPDX-License-Identifier: MIT */
/* Cgroup paths and titles of rules as they stand in sentences. */
#include "verdict/say.h"

#include "base/buf.h"

enum { PATH_SHOWN_BYTES = 48, CONTAINER_ID_DIGITS = 32, ID_SHOWN_DIGITS = 12 };

void ids_short_write(struct span path, struct buf *out)
{
    for (size_t i = 0; i < path.n;) {
        size_t end = i;
        while (end < path.n && ((path.p[end] >= '0' && path.p[end] <= '9') ||
                                (path.p[end] >= 'a' && path.p[end] <= 'f')))
            end++;
        bool is_id = end - i >= CONTAINER_ID_DIGITS;
        buf_add(out, span_slice(path, i, is_id ? i + ID_SHOWN_DIGITS : end));
        if (is_id)
            buf_str(out, "\xe2\x80\xa6");
        if (end < path.n && end == i)
            buf_char(out, path.p[end++]);
        i = end;
    }
}

static struct span ids_short(struct maker *m, struct span path)
{
    struct buf out = {0};
    ids_short_write(path, &out);
    struct span copy = arena_copy(m->arena, buf_span(&out));
    buf_free(&out);
    return copy;
}

/* The end of a long cgroup path: a pod's path fills a line before it says anything. */
struct span path_short(struct maker *m, struct span path)
{
    path = ids_short(m, path);
    if (path.n <= PATH_SHOWN_BYTES)
        return path;
    struct span head = span_slice(path, 0, path.n - 1);
    size_t slash = span_rfind_char(head, '/');
    if (slash == 0 || slash == head.n)
        return path;
    struct span tail = span_skip(path, slash);
    return span_of(arena_printf(m->arena, "\xe2\x80\xa6" SPAN_FMT, SPAN_ARG(tail)));
}

static struct span last_part(struct span path)
{
    size_t slash = span_rfind_char(path, '/');
    return slash == path.n ? path : span_skip(path, slash + 1);
}

const char *path_words(struct span path)
{
    static const char *const containers[] = {"docker-", "cri-containerd-", "crio-", "libpod-"};
    struct span name = last_part(path);
    for (size_t i = 0; i < sizeof(containers) / sizeof(*containers); i++)
        if (span_starts(name, containers[i]))
            return "the container ";
    if (span_starts(path, "/docker/"))
        return "the container ";
    bool in_kubernetes = span_has(path, "kubepods");
    if (in_kubernetes && (span_has(name, "-pod") || span_starts(name, "pod")))
        return "the pod ";
    return "";
}

bool path_is_under(struct span path, struct span ancestor)
{
    if (span_eq(path, ancestor) || span_is(ancestor, "/"))
        return true;
    return path.n > ancestor.n && span_eq(span_slice(path, 0, ancestor.n), ancestor) &&
           path.p[ancestor.n] == '/';
}

/* "A cgroup sits ..." -> "a cgroup sits ..."; "NUMA ..." stays. */
struct span title_within(struct maker *m, struct span title)
{
    bool is_word = title.n > 1 && !(title.p[1] >= 'A' && title.p[1] <= 'Z');
    if (!is_word || title.p[0] < 'A' || title.p[0] > 'Z')
        return title;
    char first = (char)(title.p[0] - 'A' + 'a');
    return span_of(arena_printf(m->arena, "%c" SPAN_FMT, first, SPAN_ARG(span_skip(title, 1))));
}
