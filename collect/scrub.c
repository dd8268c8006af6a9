/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "mask.h"
#include "names.h"
#include "pseudonym.h"
#include "scan.h"
#include "tmpfs.h"

#include <string.h>
#include <strings.h>

#define ID_DIGITS 32 /* a run of so many hex digits is the id of a container or a machine */

static bool is_word_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '@' || c == '-' || c == ':' || c == '\\' || (unsigned char)c >= 0x80;
}

static bool is_hex_id(const char *s, size_t n)
{
    size_t digits = 0;

    for (size_t i = 0; i < n; i++) {
        bool hex = (s[i] >= '0' && s[i] <= '9') || (s[i] >= 'a' && s[i] <= 'f');

        if (!hex && s[i] != '-' && s[i] != '_')
            return false;
        digits += hex;
    }
    return digits >= ID_DIGITS;
}

/* True where the name of a unit or the head of a container's name makes it one of a cgroup. */
static bool is_cgroup_word(const char *s, size_t n)
{
    static const char *const signs[] = {".slice",  ".service",        ".scope", "kubepods",
                                        "docker-", "cri-containerd-", "crio-",  "libpod-"};

    for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
        if (scan_find(s, n, signs[i]))
            return true;
    return is_hex_id(s, n);
}

static bool is_host(const struct pseudonym *p, const char *s, size_t n)
{
    size_t whole = strlen(p->hostname), label = strcspn(p->hostname, ".");

    return n > 1 && ((n == whole && memcmp(s, p->hostname, n) == 0) ||
                     (n == label && memcmp(s, p->hostname, n) == 0));
}

static bool is_user_name(const char *s, size_t n)
{
    static const char *const others[] = {"space", "mode", "namespace", "process", "memory", "root"};

    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        if (strlen(others[i]) == n && memcmp(others[i], s, n) == 0)
            return false;
    return true;
}

/* user: a word before it says that it names one. */
static void put_word(const struct pseudonym *p, struct text *t, const char *s, size_t n, bool user)
{
    size_t stop = n;

    while (stop && (s[stop - 1] == '.' || s[stop - 1] == ':'))
        stop--;
    if (is_host(p, s, stop) || (user && is_user_name(s, stop)))
        pseudonym_word(p, t, s, stop);
    else if (is_cgroup_word(s, stop))
        pseudonym_path(p, t, s, stop);
    else
        text_raw(t, s, stop);
    text_raw(t, s + stop, n - stop);
}

static bool starts(const char *s, size_t n, const char *with)
{
    return n >= strlen(with) && memcmp(s, with, strlen(with)) == 0;
}

/* A path in a list of files; devices, System V segments and huge pages keep their names. */
static void put_file(const struct pseudonym *p, struct text *t, const char *s, size_t n)
{
    bool device = starts(s, n, "/dev/") && !memchr(s + 5, '/', n - 5);

    if (device || starts(s, n, "/SYSV") || starts(s, n, "/anon_hugepage"))
        text_raw(t, s, n);
    else
        pseudonym_path(p, t, s, n);
}

/* Length of the path that begins at i, 0 where none does: "root=/dev/sda1", but not "0x1/0x2". */
static size_t path_length(const char *s, size_t n, size_t i)
{
    size_t end = i + 1;

    if (s[i] != '/' || end == n || !is_word_byte(s[end]) || (i && is_word_byte(s[i - 1])))
        return 0;
    while (end < n && (s[end] == '/' || is_word_byte(s[end])))
        end++;
    while (s[end - 1] == '.' || s[end - 1] == ':')
        end--;
    return end - i;
}

static void put_log_path(const struct pseudonym *p, struct text *t, const char *s, size_t n)
{
    bool kernel = starts(s, n, "/proc/") || starts(s, n, "/sys/");

    if (kernel && !starts(s, n, "/sys/fs/cgroup/"))
        text_raw(t, s, n);
    else
        put_file(p, t, s, n);
}

/* Words behind which a name stands: "cpuset=NAME", "session of user NAME", "USER=NAME". */
enum before { BEFORE_NONE, BEFORE_CPUSET, BEFORE_USER };

static enum before announces(const char *s, size_t n)
{
    if (n == 6 && memcmp(s, "cpuset", 6) == 0)
        return BEFORE_CPUSET;
    return n == 4 && strncasecmp(s, "user", 4) == 0 ? BEFORE_USER : BEFORE_NONE;
}

static void put_run(const struct pseudonym *p, struct text *t, const char *s, size_t n,
                    enum before *before)
{
    enum before told = *before;

    *before = announces(s, n);
    if (told == BEFORE_CPUSET)
        pseudonym_path(p, t, s, n);
    else
        put_word(p, t, s, n, told == BEFORE_USER);
}

/* Text between places where the OOM killer names a cgroup. */
static void put_words(const struct pseudonym *p, struct text *t, const char *s, size_t n)
{
    enum before before = BEFORE_NONE;
    size_t i = 0;

    while (i < n) {
        size_t run = 0, path = path_length(s, n, i);

        while (i + run < n && is_word_byte(s[i + run]))
            run++;
        if (path) {
            put_log_path(p, t, s + i, path);
        } else if (run) {
            put_run(p, t, s + i, run, &before);
        } else {
            if (s[i] != '=' && s[i] != ' ' && s[i] != '"')
                before = BEFORE_NONE;
            text_char(t, s[i++]);
        }
        i += run + path;
    }
}

void pseudonym_log(const struct pseudonym *p, struct text *t, const char *s, size_t n)
{
    char plain[8192];
    size_t len;
    const char *at;

    while ((at = names_place(s, n, &len)) && len <= sizeof(plain)) {
        size_t before = (size_t)(at - s);

        put_words(p, t, s, before);
        pseudonym_path(p, t, plain, names_unescape(at, len, plain));
        s = at + len;
        n -= before + len;
    }
    put_words(p, t, s, n);
}

typedef void (*put_line)(const struct pseudonym *p, struct text *t, const char *s, size_t n);

static void each_line(const struct pseudonym *p, struct text *t, const char *s, size_t n,
                      put_line put)
{
    const char *end = s + n;

    while (s < end) {
        const char *nl = memchr(s, '\n', (size_t)(end - s));

        put(p, t, s, (size_t)((nl ? nl : end) - s));
        if (!nl)
            return;
        text_char(t, '\n');
        s = nl + 1;
    }
}

/* "4:memory:/a/b", "0::/a/b (deleted)" */
static void put_cgroup(const struct pseudonym *p, struct text *t, const char *s, size_t n)
{
    static const char deleted[] = " (deleted)";
    const char *at = scan_find(s, n, ":/");
    size_t head = at ? (size_t)(at - s) + 1 : n, tail = 0;

    if (n - head > sizeof(deleted) &&
        memcmp(s + n - (sizeof(deleted) - 1), deleted, sizeof(deleted) - 1) == 0)
        tail = sizeof(deleted) - 1;
    text_raw(t, s, head);
    pseudonym_path(p, t, s + head, n - head - tail);
    text_raw(t, s + n - tail, tail);
}

/* smaps "7f00-7f01 r--p 0 08:01 7   /usr/bin/x", numa_maps "7f00 default file=/usr/bin/x N0=1" */
static void put_map(const struct pseudonym *p, struct text *t, const char *s, size_t n)
{
    const char *at = scan_find(s, n, " /"), *file = scan_find(s, n, "file=/");
    size_t head, len;

    if (file)
        at = file + 4;
    if (!at) {
        text_raw(t, s, n);
        return;
    }
    head = (size_t)(at - s) + 1;
    len = n - head;
    if (file && memchr(s + head, ' ', len))
        len = (size_t)((const char *)memchr(s + head, ' ', len) - (s + head));
    text_raw(t, s, head);
    put_file(p, t, s + head, len);
    text_raw(t, s + head + len, n - head - len);
}

/* "/dev/sda2   partition 1 2 3", "/var/swap file 1 2 3" */
static void put_swap(const struct pseudonym *p, struct text *t, const char *s, size_t n)
{
    size_t len = 0;

    while (len < n && s[len] != ' ' && s[len] != '\t')
        len++;
    if (n && s[0] == '/')
        put_file(p, t, s, len);
    else
        text_raw(t, s, len);
    text_raw(t, s + len, n - len);
}

/* The first field of a mount is free text; the common ones name the type again. */
static void put_device(const struct pseudonym *p, struct text *t, const char *s, size_t n)
{
    static const char *const types[] = {"tmpfs", "none",    "proc",   "cgroup",
                                        "shm",   "cgroup2", "mqueue", "devtmpfs"};

    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        if (strlen(types[i]) == n && memcmp(types[i], s, n) == 0) {
            text_raw(t, s, n);
            return;
        }
    }
    pseudonym_word(p, t, s, n);
}

/* "tmpfs /run/user/1000 tmpfs rw 0 0": the first two fields. */
static void put_mount(const struct pseudonym *p, struct text *t, const char *s, size_t n)
{
    const char *at = memchr(s, ' ', n);
    const char *stop = at ? memchr(at + 1, ' ', n - (size_t)(at + 1 - s)) : NULL;

    if (!stop) {
        text_raw(t, s, n);
        return;
    }
    put_device(p, t, s, (size_t)(at - s));
    text_char(t, ' ');
    pseudonym_path(p, t, at + 1, (size_t)(stop - at - 1));
    text_raw(t, stop, n - (size_t)(stop - s));
}

static void put_mounts(const struct pseudonym *p, struct text *t, const char *s, size_t n)
{
    static char rows[64 * 1024];
    struct text kept = TEXT_ON(rows);

    if (!p->on) {
        tmpfs_rows(t, s, n);
        return;
    }
    tmpfs_rows(&kept, s, n);
    each_line(p, t, kept.p, kept.n, put_mount);
    t->cut |= kept.cut;
}

void pseudonym_content(const struct pseudonym *p, enum plan_scrub scrub, struct text *t,
                       const char *s, size_t n)
{
    switch (scrub) {
    case SCRUB_MOUNTS:
        put_mounts(p, t, s, n);
        return;
    case SCRUB_CMDLINE:
        mask_arguments(t, s, n);
        return;
    case SCRUB_LOG:
        each_line(p, t, s, n, pseudonym_log);
        return;
    case SCRUB_CGROUP:
        each_line(p, t, s, n, put_cgroup);
        return;
    case SCRUB_MAPS:
        each_line(p, t, s, n, put_map);
        return;
    case SCRUB_SWAPS:
        each_line(p, t, s, n, put_swap);
        return;
    default:
        text_raw(t, s, n);
    }
}
