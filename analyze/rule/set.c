/* SPDX-License-Identifier: MIT */
#include "rule/body.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/sha256.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct ruleset {
    struct arena *arena;
    struct rule **rules; /* in order of id */
    size_t n, room;
    struct rule_limits limits;
    struct span digest; /* of these rules, when it is known */
};

struct ruleset *ruleset_new(struct arena *arena)
{
    struct ruleset *set = arena_alloc(arena, sizeof(*set));
    set->arena = arena;
    set->limits = rule_limits_default();
    return set;
}

struct rule_limits *ruleset_limits(struct ruleset *set)
{
    return &set->limits;
}

/* Where the id is, or where it would be put. */
static size_t position(const struct ruleset *set, struct span id, bool *ret_found)
{
    size_t low = 0, high = set->n;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (span_cmp(set->rules[mid]->id, id) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    *ret_found = low < set->n && span_eq(set->rules[low]->id, id);
    return low;
}

static void make_room(struct ruleset *set)
{
    if (set->n < set->room)
        return;
    set->room = set->room ? set->room * 2 : 64;
    struct rule **grown = arena_array(set->arena, set->room, sizeof(*grown));
    if (set->n)
        memcpy(grown, set->rules, set->n * sizeof(*grown));
    set->rules = grown;
}

void ruleset_put(struct ruleset *set, struct rule *rule)
{
    bool found;
    size_t at = position(set, rule->id, &found);
    if (!found) {
        make_room(set);
        memmove(set->rules + at + 1, set->rules + at, (set->n - at) * sizeof(*set->rules));
        set->n++;
    }
    set->rules[at] = rule;
    set->digest = SPAN_NONE;
}

bool ruleset_add(struct ruleset *set, const char *file, struct span yaml, struct err *err)
{
    struct rule *rule =
        rule_load(file, arena_copy(set->arena, yaml), &set->limits, set->arena, err);
    if (rule)
        ruleset_put(set, rule);
    return rule != NULL;
}

/* ---- directories */

static int is_rule_file(const struct dirent *entry)
{
    struct span name = span_of(entry->d_name);
    return entry->d_name[0] != '.' && span_ends(name, ".yaml");
}

/* By bytes, whatever the locale. */
static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static bool read_rule(const char *path, size_t limit, struct buf *buf, struct err *err)
{
    char chunk[4096];
    struct stat st;
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC); /* a FIFO would wait */
    bool ok = fd >= 0 && fstat(fd, &st) == 0;
    ssize_t n = 0;
    if (ok && !S_ISREG(st.st_mode)) {
        close(fd);
        return err_at(err, path, 0, 0, "not a regular file");
    }
    while (ok && buf->n <= limit && (n = read(fd, chunk, sizeof(chunk))) > 0)
        buf_add(buf, (struct span){chunk, (size_t)n});
    if (!ok || n < 0)
        ok = err_at(err, path, 0, 0, "%s", strerror(errno));
    if (fd >= 0)
        close(fd);
    return ok;
}

static bool add_file(struct ruleset *set, const char *directory, const char *name, struct err *err)
{
    const char *slash = span_ends(span_of(directory), "/") ? "" : "/";
    const char *path = arena_printf(set->arena, "%s%s%s", directory, slash, name);
    struct buf buf = {0};
    bool ok = read_rule(path, set->limits.bytes, &buf, err) &&
              ruleset_add(set, path, buf_span(&buf), err);
    buf_free(&buf);
    return ok;
}

bool ruleset_add_directory(struct ruleset *set, const char *directory, struct err *err)
{
    struct dirent **entries;
    int n = scandir(directory, &entries, is_rule_file, by_name);
    if (n < 0)
        return err_at(err, directory, 0, 0, "%s", strerror(errno));
    bool ok = n > 0 || err_at(err, directory, 0, 0, "no *.yaml in this directory");
    for (int i = 0; i < n; i++) {
        ok = ok && add_file(set, directory, entries[i]->d_name, err);
        free(entries[i]);
    }
    free(entries);
    return ok;
}

/* ---- reading */

size_t ruleset_count(const struct ruleset *set)
{
    return set->n;
}

const struct rule *ruleset_at(const struct ruleset *set, size_t index)
{
    return set->rules[index];
}

const struct rule *ruleset_find(const struct ruleset *set, struct span id)
{
    bool found;
    size_t at = position(set, id, &found);
    return found ? set->rules[at] : NULL;
}

void ruleset_know_digest(struct ruleset *set, struct span digest)
{
    set->digest = digest;
}

struct span ruleset_digest(const struct ruleset *set)
{
    if (set->digest.n)
        return set->digest;
    struct sha256 h;
    char hex[SHA256_HEX];
    sha256_start(&h);
    for (size_t i = 0; i < set->n; i++) {
        const struct rule *rule = set->rules[i];
        sha256_add(&h, rule->id.p, rule->id.n);
        sha256_add(&h, "\n", 1);
        sha256_add(&h, rule->body->yaml.p, rule->body->yaml.n);
        sha256_add(&h, "", 1);
    }
    sha256_hex(&h, hex);
    return arena_copy(set->arena, (struct span){hex, SHA256_HEX - 1});
}

/* ---- evaluation */

static int worst_first(const void *a, const void *b)
{
    const struct finding *x = a, *y = b;
    if (x->rule->severity != y->rule->severity)
        return x->rule->severity > y->rule->severity ? -1 : 1;
    int order = span_cmp(x->rule->id, y->rule->id);
    if (order)
        return order;
    return (x->row > y->row) - (x->row < y->row);
}

struct findings ruleset_eval(const struct ruleset *set, struct store *store, struct arena *arena)
{
    struct finding_list list = {0};
    for (size_t i = 0; i < set->n; i++)
        if (!span_is(set->rules[i]->status, "retired"))
            rule_judge(set->rules[i], store, &set->limits, arena, &list);
    struct finding *items = arena_array(arena, list.n ? list.n : 1, sizeof(*items));
    if (list.n) {
        memcpy(items, list.items, list.n * sizeof(*items));
        qsort(items, list.n, sizeof(*items), worst_first);
    }
    free(list.items);
    return (struct findings){items, list.n};
}
