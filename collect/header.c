/* SPDX-License-Identifier: MIT */
#include "header.h"
#include "bundle.h"
#include "clock.h"
#include "evidence.h"
#include "history.h"

#include <string.h>

static void open_object(struct text *t, const char *key)
{
    text_key(t, key);
    text_char(t, '{');
}

static void key_known(struct text *t, const char *key, const char *s)
{
    if (s[0])
        text_key_str(t, key, s);
}

static void put_host(const struct capture *c, struct text *t)
{
    const struct host *h = &c->host;

    open_object(t, "host");
    if (h->hostname[0] && c->pseudonym.on) {
        text_key(t, "hostname");
        text_char(t, '"');
        pseudonym_word(&c->pseudonym, t, h->hostname, strlen(h->hostname));
        text_char(t, '"');
    } else {
        key_known(t, "hostname", h->hostname);
    }
    key_known(t, "boot_id", h->boot_id);
    key_known(t, "kernel_release", h->release);
    key_known(t, "kernel_version", h->version);
    key_known(t, "machine", h->machine);
    if (h->page_size_bytes)
        text_key_u64(t, "page_size_bytes", h->page_size_bytes);
    if (h->cpus)
        text_key_u64(t, "cpus", h->cpus);
    text_char(t, '}');
}

static void put_environment(const struct capture *c, struct text *t)
{
    const struct host *h = &c->host;

    open_object(t, "environment");
    text_key_u64(t, "euid", h->euid);
    text_key_str(t, "capabilities", h->capabilities);
    text_key_str(t, "container", h->container);
    text_key_bool(t, "init_pid_namespace", h->init_pid_namespace);
    text_key_bool(t, "init_cgroup_namespace", h->init_cgroup_namespace);
    text_key_bool(t, "processes_hidden", h->hides_processes);
    text_key_str(t, "cgroup", host_cgroup_name(h->cgroup));
    open_object(t, "protection");
    text_key(t, "oom_score_adj");
    text_i64(t, c->self.oom_score_adj);
    text_key(t, "nice");
    text_i64(t, c->self.nice);
    text_key_bool(t, "memory_locked", c->self.locked);
    text_raw(t, "}}", 2);
}

static void put_options(const struct capture *c, struct text *t)
{
    const struct options *o = c->options;

    open_object(t, "options");
    text_key_u64(t, "samples", o->samples);
    text_key_u64(t, "interval_ms", o->interval_ms);
    text_key_u64(t, "largest", o->largest);
    text_key_bool(t, "cmdline", o->cmdline);
    text_key_bool(t, "logs", o->logs);
    text_key_bool(t, "pseudonymize", o->pseudonymize);
    text_key_bool(t, "root", o->root != NULL);
    text_key_bool(t, "watch", o->action == ACTION_WATCH);
    text_key_u64(t, "wall_ms", o->wall_ms);
    text_key_u64(t, "tar_bytes", o->bytes);
    text_key_u64(t, "slab_bytes", c->budget.inodes_max * BUDGET_INODE_BYTES);
    text_key_u64(t, "lock_ms", o->lock_ms);
    text_key_u64(t, "deadline_ms", o->deadline_ms);
    text_char(t, '}');
}

/* Why a watch captured, and how often it would have since its last capture. */
static void put_watch(const struct capture *c, struct text *t)
{
    if (!c->history)
        return;
    open_object(t, "watch");
    text_key_str(t, "trigger", c->history->reason);
    text_key_u64(t, "coalesced", c->history->coalesced);
    text_char(t, '}');
}

static void put_class(struct text *t, const char *name)
{
    if (t->p[t->n - 1] != '[')
        text_char(t, ',');
    text_json(t, name, strlen(name));
}

/* Which classes of data about people and their business are in the bundle. */
static void put_privacy(const struct capture *c, struct text *t)
{
    const struct options *o = c->options;

    text_key(t, "privacy");
    text_char(t, '[');
    put_class(t, "comm");
    put_class(t, "uid");
    put_class(t, "kernel-log");
    if (o->pseudonymize) {
        put_class(t, "pseudonyms");
    } else {
        put_class(t, "hostname");
        put_class(t, "cgroup-names");
        put_class(t, "mount-points");
        put_class(t, "mapped-paths");
    }
    if (o->cmdline)
        put_class(t, "cmdline");
    if (o->logs)
        put_class(t, "system-log");
    text_char(t, ']');
}

void header_write(struct capture *c)
{
    char buffer[4096];
    struct text t = TEXT_ON(buffer);

    text_char(&t, '{');
    text_key_str(&t, "format", BUNDLE_FORMAT);
    text_key_u64(&t, "format_version", BUNDLE_FORMAT_VERSION);
    open_object(&t, "collector");
    text_key_str(&t, "name", "collect");
    text_key_str(&t, "version", COLLECT_VERSION);
    text_char(&t, '}');
    put_host(c, &t);
    text_key(&t, "clocks");
    clock_tuple(&t);
    put_environment(c, &t);
    put_options(c, &t);
    put_watch(c, &t);
    put_privacy(c, &t);
    text_raw(&t, "}\n", 2);
    evidence_member(c, BUNDLE_JSON, t.p, t.n, NULL);
}
