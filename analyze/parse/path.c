/* SPDX-License-Identifier: MIT */
#include "parse/path.h"

#include "base/glob.h"
#include "base/num.h"

#include <limits.h>

static bool starts_known_root(struct span s)
{
    static const char *const folders[] = {
        "proc/",   "sys/",      "dev/kmsg",      "collect/",     "samples/",       "before/",
        "var/log", "manifest/", "manifest.json", "etc/hostname", "etc/os-release", "sos_commands/"};
    for (size_t i = 0; s.n && i < sizeof(folders) / sizeof(folders[0]); i++)
        if (s.p[0] == folders[i][0] && span_starts(s, folders[i]))
            return true;
    return span_is(s, "bundle.json");
}

static struct span strip_front(struct span path)
{
    while (span_eat(&path, "./") || span_eat(&path, "/"))
        ;
    return path;
}

bool path_split(struct span path, struct span *ret_folder, struct span *ret_name)
{
    path = strip_front(path);
    struct span rest = path;
    for (;;) {
        if (starts_known_root(rest)) {
            *ret_folder = span_slice(path, 0, path.n - rest.n);
            *ret_name = rest;
            return true;
        }
        size_t slash = span_find_char(rest, '/');
        if (slash == rest.n) {
            *ret_folder = span_slice(path, 0, path.n - path_last(path).n);
            *ret_name = path_last(path);
            return false;
        }
        rest = span_skip(rest, slash + 1);
    }
}

bool path_sample(struct span name, const char *dir, int32_t *ret_number, struct span *ret_path)
{
    uint64_t number;
    if (!span_eat(&name, dir) || !num_eat_u64(&name, &number) || number > INT16_MAX ||
        !span_eat(&name, "/") || name.n == 0)
        return false;
    *ret_number = (int32_t)number;
    *ret_path = name;
    return true;
}

struct span path_last(struct span path)
{
    size_t slash = span_rfind_char(path, '/');
    return slash == path.n ? path : span_skip(path, slash + 1);
}

bool path_is_log(struct span name)
{
    /* sos_commands/kernel/dmesg_-T, sos_commands/logs/journalctl_--no-pager_--boot,
     * var/log/kern.log.1, sys/fs/pstore/dmesg-efi-1, and plain files beside a tree */
    static const char *const patterns[] = {
        "dev/kmsg",
        "collect/syslog",
        "sys/fs/pstore/dmesg-*",
        "sys/fs/pstore/console-*",
        "var/log/messages*",
        "var/log/syslog*",
        "var/log/kern*",
        "var/log/dmesg*",
        "var/log/journal*.log",
        "sos_commands/kernel/dmesg*",
        "sos_commands/logs/journalctl*",
    };
    for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++)
        if (name.n && name.p[0] == patterns[i][0] && glob_match(name, span_of(patterns[i])))
            return true;
    return false;
}
