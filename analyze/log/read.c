/* SPDX-License-Identifier: MIT */
#include "log/read.h"

#include "base/num.h"

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n';
}

static struct span next_word(struct span *s)
{
    while (s->n > 0 && is_blank(s->p[0]))
        *s = span_skip(*s, 1);
    size_t n = 0;
    while (n < s->n && !is_blank(s->p[n]))
        n++;
    struct span word = span_slice(*s, 0, n);
    *s = span_skip(*s, n);
    return word;
}

bool pair_next(struct span *s, struct pair *ret)
{
    struct span word;
    while ((word = next_word(s)).n > 0) {
        size_t colon = span_rfind_char(word, ':');
        if (colon == word.n || colon == 0)
            continue;
        struct span value = span_skip(word, colon + 1), rest = *s;
        if (value.n == 0) { /* "shmem_thp: 0kB" of 4.8 to 6.5 */
            value = next_word(&rest);
        }
        uint64_t n;
        bool minus = span_eat(&value, "-");
        if (!num_eat_u64(&value, &n) || n > INT64_MAX)
            continue;
        if (word.n == colon + 1)
            *s = rest;
        ret->key = span_slice(word, 0, colon);
        ret->value = minus ? -(int64_t)n : (int64_t)n;
        ret->has_unit = span_starts(value, "kB") || span_starts(value, "KB");
        return true;
    }
    return false;
}

bool read_after(struct span text, const char *key, int64_t *ret)
{
    size_t at = span_find(text, span_of(key));
    if (at == text.n)
        return false;
    struct span t = span_skip(text, at + span_of(key).n);
    uint64_t n;
    if (span_starts(t, "0x")) {
        size_t end = 2;
        while (end < t.n && ((t.p[end] >= '0' && t.p[end] <= '9') ||
                             ((t.p[end] | 32) >= 'a' && (t.p[end] | 32) <= 'f')))
            end++;
        if (!num_hex(span_slice(t, 0, end), &n) || n > INT64_MAX)
            return false;
        *ret = (int64_t)n;
        return true;
    }
    bool minus = span_eat(&t, "-");
    if (!num_eat_u64(&t, &n) || n > INT64_MAX)
        return false;
    *ret = minus ? -(int64_t)n : (int64_t)n;
    return true;
}

struct where read_place(const struct reading *in, const char *at)
{
    struct where where = in->where;
    uint32_t feeds = 0, before = 0;
    for (size_t i = 0; in->last_line > where.line && i < in->text.n; i++)
        if (in->text.p[i] == '\n') {
            feeds++;
            before += in->text.p + i < at;
        }
    if (feeds == in->last_line - where.line) /* else some of them are of the message itself */
        where.line += before;
    return where;
}

bool read_between(struct span text, const char *key, const char *end, struct span *ret)
{
    size_t at = span_find(text, span_of(key));
    if (at == text.n)
        return false;
    struct span t = span_skip(text, at + span_of(key).n);
    *ret = span_slice(t, 0, end ? span_find(t, span_of(end)) : t.n);
    return true;
}

bool read_pid_and_name(struct span text, int64_t *ret_pid, struct span *ret_name,
                       struct span *ret_rest)
{
    static const char *const after[] = {
        ") total-vm:",       ") vsz:",           "), UID ",
        ") score ",          "), now anon-rss:", ") is already exiting",
        "). But continuing", "), but continuing"};
    struct span t = text;
    uint64_t pid;
    if (!num_eat_u64(&t, &pid) || pid > INT32_MAX)
        return false;
    *ret_pid = (int64_t)pid;
    size_t open = span_find_char(t, '(');
    if (open > 24 || open == t.n)
        return false;
    t = span_skip(t, open + 1);
    size_t end = t.n;
    for (size_t i = 0; i < sizeof(after) / sizeof(*after); i++) {
        size_t at = span_rfind(t, span_of(after[i]));
        if (at < t.n && (end == t.n || at > end))
            end = at;
    }
    if (end == t.n)
        end = span_rfind_char(t, ')');
    *ret_name = span_slice(t, 0, end);
    *ret_rest = end < t.n ? span_skip(t, end + 1) : SPAN_NONE;
    return true;
}

void read_line(struct reading *in, enum line_kind kind)
{
    switch (kind) {
    case LINE_INVOKED:
    case LINE_FAILURE:
    case LINE_CPUSET:
    case LINE_CPU:
    case LINE_TRACE:
        read_head(in, kind);
        break;
    case LINE_TASK_IN:
    case LINE_REACHED:
    case LINE_USAGE:
    case LINE_STATS:
    case LINE_STAT:
    case LINE_PROTECTION:
        read_memcg(in, kind);
        break;
    case LINE_MEMINFO:
    case LINE_COUNTERS:
    case LINE_TOTAL:
        read_meminfo(in, kind);
        break;
    case LINE_NODE:
    case LINE_ZONE:
    case LINE_RESERVE:
    case LINE_BUDDY:
    case LINE_HUGEPAGES:
        read_zone(in, kind);
        break;
    case LINE_SLAB_HEAD:
    case LINE_SLAB:
    case LINE_ALLOC_HEAD:
    case LINE_ALLOC:
        read_slabs(in, kind);
        break;
    case LINE_TASKS:
    case LINE_TASK:
        read_tasks(in, kind);
        break;
    default:
        read_kill(in, kind);
    }
}
