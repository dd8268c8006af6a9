/* SPDX-License-Identifier: MIT */
#include "parse/header.h"

#include "base/arena.h"
#include "base/lines.h"
#include "collect/bundle.h"
#include "parse/files.h"
#include "parse/observe.h"

struct header {
    struct parse *parse;
    struct store *store;
    struct where where;
    struct json_object object, host, clocks, environment;
};

bool clocks_read(const struct json_object *object, struct clocks *ret_clocks)
{
    int64_t realtime, boottime;
    if (!object_number(object, "realtime_ns", &realtime) ||
        !object_number(object, "boottime_ns", &boottime))
        return false;
    *ret_clocks = (struct clocks){realtime / 1000, boottime / 1000};
    return true;
}

static void put_text(struct header *h, const struct json_object *object, const char *key,
                     enum field_id field)
{
    struct span text;
    if (object_text(object, key, store_arena(h->store), &text))
        store_set_text(h->store, field, 0, text, h->where);
}

static void put_number(struct header *h, const struct json_object *object, const char *key,
                       enum field_id field)
{
    int64_t number;
    if (object_number(object, key, &number))
        store_set(h->store, field, 0, number, h->where);
}

static void put_host(struct header *h)
{
    put_text(h, &h->host, "hostname", F_host_hostname);
    put_text(h, &h->host, "boot_id", F_host_boot_id);
    put_text(h, &h->host, "kernel_release", F_host_kernel);
    put_text(h, &h->host, "machine", F_host_machine);
    put_number(h, &h->host, "page_size_bytes", F_host_page_size);
    put_number(h, &h->host, "cpus", F_host_cpus);
    put_text(h, &h->environment, "container", F_host_container);
    put_text(h, &h->environment, "cgroup", F_host_cgroup_mode);
    put_number(h, &h->environment, "euid", F_host_euid);
    struct clocks clocks;
    if (clocks_read(&h->clocks, &clocks)) {
        store_set(h->store, F_capture_time, 0, clocks.boottime_us, h->where);
        store_set(h->store, F_capture_wall, 0, clocks.realtime_us, h->where);
    }
}

static bool is_page_size(int64_t bytes)
{
    return bytes >= 1024 && bytes <= 1 << 20 && (bytes & (bytes - 1)) == 0;
}

static enum cgroup_mode mode_of(struct span word)
{
    if (span_is(word, "v1"))
        return CGROUP_MODE_V1;
    if (span_is(word, "hybrid"))
        return CGROUP_MODE_HYBRID;
    return span_is(word, "v2") ? CGROUP_MODE_V2 : CGROUP_MODE_UNKNOWN;
}

static bool open_header(struct header *h, const char *name)
{
    const struct file *file = parse_file(h->parse, name);
    struct span format;
    int64_t version;
    if (!file)
        return false;
    h->where = (struct where){file->member, 1};
    if (!object_of(file->text, &h->object) ||
        !object_text(&h->object, "format", store_arena(h->store), &format) ||
        !span_is(format, BUNDLE_FORMAT)) {
        observe(h->store, OBS_MALFORMED, h->where, "not the header of a bundle", SPAN_NONE);
        return false;
    }
    if (!object_number(&h->object, "format_version", &version) || version != BUNDLE_FORMAT_VERSION)
        observe(h->store, OBS_UNKNOWN, h->where,
                "the bundle is of a format version that this program does not know", SPAN_NONE);
    object_sub(&h->object, "host", &h->host);
    object_sub(&h->object, "clocks", &h->clocks);
    object_sub(&h->object, "environment", &h->environment);
    return true;
}

/* One line of a file, trimmed, as a fact: proc/sys/kernel/hostname. */
static void put_line(struct header *h, const char *name, enum field_id field)
{
    const struct file *file = parse_file(h->parse, name);
    if (!file)
        return;
    struct span line = span_trim(lines_at(file->text, 1));
    if (line.n && store_fact(h->store, field, 0).state == FACT_ABSENT)
        store_set_text(h->store, field, 0, line, (struct where){file->member, 1});
}

/* "Linux version 6.1.0-18-amd64 (debian-kernel@...) ..." */
static void put_version(struct header *h)
{
    const struct file *file = parse_file(h->parse, "proc/version");
    if (!file)
        return;
    struct span line = file->text;
    if (span_eat(&line, "Linux version ") &&
        store_fact(h->store, F_host_kernel, 0).state == FACT_ABSENT)
        store_set_text(h->store, F_host_kernel, 0, span_word(&line),
                       (struct where){file->member, 1});
}

static void put_from_proc(struct header *h)
{
    put_line(h, "proc/sys/kernel/osrelease", F_host_kernel);
    put_version(h);
    put_line(h, "proc/sys/kernel/hostname", F_host_hostname);
    put_line(h, "etc/hostname", F_host_hostname);
    put_line(h, "sos_commands/host/hostname", F_host_hostname);
    put_line(h, "proc/sys/kernel/random/boot_id", F_host_boot_id);
}

static bool is_same_boot(struct header *h, struct header *old)
{
    struct span id;
    struct fact now = store_fact(h->store, F_host_boot_id, 0);
    return now.state == FACT_KNOWN &&
           object_text(&old->host, "boot_id", store_arena(h->store), &id) && span_eq(id, now.text);
}

void header_read(struct parse *parse)
{
    struct header h = {.parse = parse, .store = parse->store};
    if (open_header(&h, BUNDLE_JSON))
        put_host(&h);
    put_from_proc(&h);
    struct fact size = store_fact(parse->store, F_host_page_size, 0);
    if (size.state == FACT_KNOWN && is_page_size(size.number))
        parse->page_size_bytes = size.number;
    struct fact mode = store_fact(parse->store, F_host_cgroup_mode, 0);
    parse->mode = mode_of(mode.text);
    struct header old = {.parse = parse, .store = parse->store};
    if (open_header(&old, OLD_PREFIX BUNDLE_JSON))
        parse->same_boot = is_same_boot(&h, &old);
}
