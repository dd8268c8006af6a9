/* SPDX-License-Identifier: MIT */
#include "base/glob.h"

bool glob_match(struct span text, struct span pattern)
{
    size_t t = 0, p = 0, star = (size_t)-1, resume = 0;
    while (t < text.n) {
        if (p < pattern.n && pattern.p[p] == '*') {
            star = p++;
            resume = t;
        } else if (p < pattern.n && (pattern.p[p] == '?' || pattern.p[p] == text.p[t])) {
            p++;
            t++;
        } else if (star != (size_t)-1) {
            p = star + 1;
            t = ++resume;
        } else {
            return false;
        }
    }
    while (p < pattern.n && pattern.p[p] == '*')
        p++;
    return p == pattern.n;
}

static size_t component_end(struct span s, size_t from)
{
    while (from < s.n && s.p[from] != '/')
        from++;
    return from;
}

/* Patterns and paths without "**": '*' stays inside a component. */
static bool match_flat(struct span path, struct span pattern, struct span *ret_key)
{
    bool first = true;
    size_t t = 0, p = 0;
    while (p < pattern.n) {
        if (pattern.p[p] != '*') {
            if (t >= path.n || path.p[t] != pattern.p[p])
                return false;
            t++;
            p++;
            continue;
        }
        size_t stop = component_end(pattern, p), tail = stop - p - 1;
        size_t end = component_end(path, t);
        struct span rest = span_slice(pattern, p + 1, stop);
        size_t inner = span_find_char(rest, '*');
        if (inner < rest.n) { /* a second star in the component: up to the text between them */
            struct span between = span_slice(rest, 0, inner);
            size_t at = span_find(span_slice(path, t, end), between);
            if (at >= end - t)
                return false;
            if (first)
                *ret_key = span_slice(path, t, t + at);
            first = false;
            t += at;
            p++;
            continue;
        }
        if (end < t + tail || !span_eq(span_slice(path, end - tail, end), rest) || end - tail == t)
            return false;
        if (first)
            *ret_key = span_slice(path, t, end - tail);
        first = false;
        t = end;
        p = stop;
    }
    return t == path.n;
}

bool glob_path(struct span path, struct span pattern, struct span *ret_key)
{
    *ret_key = SPAN_NONE;
    size_t at = span_find(pattern, SPAN_LIT("**"));
    if (at == pattern.n)
        return match_flat(path, pattern, ret_key);
    /* head always ends in '/', tail starts with '/': "sys/fs/cgroup/" "**" "/memory.stat" */
    struct span head = span_slice(pattern, 0, at), tail = span_skip(pattern, at + 2), inner;
    size_t slashes = 0;
    for (size_t i = 0; i < tail.n; i++)
        slashes += tail.p[i] == '/';
    size_t cut = path.n;
    for (size_t seen = 0; seen < slashes;) {
        if (cut == 0)
            return false;
        seen += path.p[--cut] == '/';
    }
    if (!match_flat(span_skip(path, cut), tail, &inner))
        return false;
    if (cut + 1 < head.n || !span_eq(span_slice(path, 0, head.n), head))
        return false;
    *ret_key = cut < head.n ? SPAN_LIT("/") : span_slice(path, head.n - 1, cut);
    return true;
}
