/* SPDX-License-Identifier: MIT */
#include "names.h"
#include "scan.h"

#include <stdbool.h>
#include <string.h>

/*
 * mm/oom_kill.c, mm/memcontrol.c:
 *   oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=b,mems_allowed=0,oom_memcg=/a,
 *     task_memcg=/a/b,task=x,pid=7,uid=0                                            (5.0 and later)
 *   Task in /a/b killed as a result of limit of /a                                  (up to 4.20)
 *   Memory cgroup stats for /a:                                                     (3.9 and later)
 *   Tasks in /a are going to be killed due to memory.oom.group set                  (4.19 and
 * later)
 */
static const struct {
    const char *before;
    const char *after;
} places[] = {{"oom_memcg=", ","},
              {"task_memcg=", ","},
              {"Task in ", " killed as a result of limit of "},
              {" killed as a result of limit of ", NULL},
              {"Memory cgroup stats for ", ":"},
              {"Tasks in ", " are going to be killed"}};

#define PLACES (sizeof(places) / sizeof(places[0]))

static bool is_path(const char *p, size_t n)
{
    if (n < 2 || n >= NAMES_MAX_BYTES || p[0] != '/')
        return false;
    for (size_t i = 0; i + 1 < n; i++)
        if (p[i] == '/' && p[i + 1] == '.' && i + 2 < n && p[i + 2] == '.' &&
            (i + 3 == n || p[i + 3] == '/'))
            return false;
    return memchr(p, '\0', n) == NULL;
}

static int hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* /dev/kmsg writes bytes that are not printable, and '\', as \xNN: "\x5cx2d" is "\x2d". */
size_t names_unescape(const char *p, size_t n, char *to)
{
    size_t len = 0;

    for (size_t i = 0; i < n; i++) {
        bool is_escape = i + 3 < n && p[i] == '\\' && p[i + 1] == 'x';
        int high = is_escape ? hex_digit(p[i + 2]) : -1, low = is_escape ? hex_digit(p[i + 3]) : -1;

        if (high >= 0 && low >= 0) {
            to[len++] = (char)(high << 4 | low);
            i += 3;
        } else {
            to[len++] = p[i];
        }
    }
    return len;
}

void names_add(struct names *names, const char *path, size_t n)
{
    char *to;

    if (!is_path(path, n))
        return;
    for (unsigned i = 0; names_get(names, i); i++)
        if (strlen(names_get(names, i)) == n && memcmp(names_get(names, i), path, n) == 0)
            return;
    to = names->path[names->count++ % NAMES_MAX];
    memcpy(to, path, n);
    to[n] = '\0';
}

/* The name at place i, NULL where the record has none. */
static const char *place(const char *record, size_t n, size_t i, size_t *ret_len)
{
    const char *at = scan_find(record, n, places[i].before), *stop = record + n;

    if (!at)
        return NULL;
    at += strlen(places[i].before);
    if (places[i].after)
        stop = scan_find(at, (size_t)(stop - at), places[i].after);
    if (!stop)
        return NULL;
    *ret_len = (size_t)(stop - at);
    return at;
}

static size_t line_length(const char *record, size_t n)
{
    const char *nl = memchr(record, '\n', n);

    return nl ? (size_t)(nl - record) : n;
}

void names_scan(struct names *names, const char *record, size_t n)
{
    char path[NAMES_MAX_BYTES];
    size_t len;

    /* Lines behind the first are the record's dictionary. */
    n = line_length(record, n);
    for (size_t i = 0; i < PLACES; i++) {
        const char *at = place(record, n, i, &len);

        if (at && len < sizeof(path))
            names_add(names, path, names_unescape(at, len, path));
    }
}

const char *names_place(const char *record, size_t n, size_t *ret_len)
{
    const char *first = NULL;

    *ret_len = 0;

    for (size_t i = 0; i < PLACES; i++) {
        size_t len;
        const char *at = place(record, n, i, &len);

        if (at && len && *at == '/' && (!first || at < first)) {
            first = at;
            *ret_len = len;
        }
    }
    return first;
}

void names_scan_lines(struct names *names, const char *p, size_t n)
{
    const char *end = p + n;

    while (p < end) {
        const char *nl = memchr(p, '\n', (size_t)(end - p));
        const char *stop = nl ? nl + 1 : end;

        names_scan(names, p, (size_t)(stop - p));
        p = stop;
    }
}

const char *names_get(const struct names *names, unsigned i)
{
    if (i >= NAMES_MAX || i >= names->count)
        return NULL;
    return names->path[(names->count - 1 - i) % NAMES_MAX];
}
