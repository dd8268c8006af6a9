/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "history.h"
#include "bundle.h"
#include "clock.h"
#include "path.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

static const enum plan_id files[HISTORY_FILES] = {PLAN_MEMINFO, PLAN_VMSTAT, PLAN_PSI_MEMORY};

struct history *history_map(void)
{
    void *p = mmap(NULL, sizeof(struct history), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                   -1, 0);

    return p == MAP_FAILED ? NULL : p;
}

static uint32_t read_file(int root_fd, const char *path, char *to, uint32_t room)
{
    int fd = path_open(root_fd, false, path, O_RDONLY);
    uint32_t len = 0;
    ssize_t n;

    if (fd < 0)
        return 0;
    while (len < room && (n = read(fd, to + len, room - len)) != 0) {
        if (n < 0 && errno != EINTR)
            break;
        len += n > 0 ? (uint32_t)n : 0;
    }
    close(fd);
    return len;
}

const struct history_entry *history_add(struct history *h, int root_fd)
{
    struct history_entry *e = &h->entries[h->count % HISTORY_ENTRIES];
    uint32_t used = 0;

    e->realtime_ns = clock_ns(CLOCK_REALTIME);
    e->monotonic_ns = clock_ns(CLOCK_MONOTONIC);
    e->boottime_ns = clock_ns(CLOCK_BOOTTIME);
    for (unsigned i = 0; i < HISTORY_FILES; i++) {
        e->length[i] =
            read_file(root_fd, plan_pattern(files[i]), e->data + used, HISTORY_BYTES - used);
        used += e->length[i];
    }
    h->count++;
    return e;
}

const char *history_file(const struct history_entry *e, unsigned i, uint32_t *ret_length)
{
    const char *at = e->data;

    for (unsigned before = 0; before < i; before++)
        at += e->length[before];
    *ret_length = e->length[i];
    return at;
}

static void write_clocks(struct capture *c, const struct history_entry *e)
{
    char buffer[160];
    struct text t = TEXT_ON(buffer);

    text_char(&t, '{');
    text_key_u64(&t, "realtime_ns", e->realtime_ns);
    text_key_u64(&t, "monotonic_ns", e->monotonic_ns);
    text_key_u64(&t, "boottime_ns", e->boottime_ns);
    text_raw(&t, "}\n", 2);
    evidence_member(c, BUNDLE_CLOCKS, t.p, t.n, NULL);
}

void history_write(struct capture *c, const struct history *h)
{
    uint64_t first = h->count > HISTORY_ENTRIES ? h->count - HISTORY_ENTRIES : 0;

    for (uint64_t n = first; n < h->count; n++) {
        const struct history_entry *e = &h->entries[n % HISTORY_ENTRIES];
        struct text t = TEXT_ON(c->sample);

        text_str(&t, BUNDLE_BEFORE_DIR);
        text_u64(&t, n - first + 1);
        text_char(&t, '/');
        text_end(&t);
        write_clocks(c, e);
        for (unsigned i = 0; i < HISTORY_FILES; i++) {
            uint32_t length;
            const char *data = history_file(e, i, &length);

            if (length)
                evidence_member(c, plan_pattern(files[i]), data, length, NULL);
        }
    }
    c->sample[0] = '\0';
}
