/* SPDX-License-Identifier: MIT */
#include "derive/cgroup_path.h"

#include "base/glob.h"

struct span cgroup_parent(struct span path)
{
    size_t slash = span_rfind_char(path, '/');
    if (slash == path.n || path.n < 2)
        return SPAN_NONE;
    return span_slice(path, 0, slash ? slash : 1);
}

enum { CONTAINER_ID_HEX = 32 }; /* ids are 64 hex digits, some runtimes shorten or use a UUID */

static bool is_container_id(struct span name)
{
    size_t hex = 0;
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))
            hex++;
        else if (c != '-')
            return false;
    }
    return hex >= CONTAINER_ID_HEX;
}

/* Names that systemd, container engines, kubelet and batch systems give. */
static bool is_known(struct span name)
{
    static const char *const patterns[] = {
        "*.service", "*.scope",  "*.slice",      "*.socket",     "*.mount",
        "*.swap",    "pod*-*-*", "lxc.payload*", "lxc.monitor*", "libpod-*",
        "crio-*",    "job_*",    "step_*",       "container_*",  "machine-*"};
    for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++)
        if (glob_match(name, span_of(patterns[i])))
            return true;
    return is_container_id(name);
}

struct span cgroup_name(struct span path)
{
    for (; path.n > 1; path = cgroup_parent(path)) {
        struct span name = span_skip(path, span_rfind_char(path, '/') + 1);
        if (is_known(name))
            return name;
    }
    return SPAN_NONE;
}
