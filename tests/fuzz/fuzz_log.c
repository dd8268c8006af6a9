/* SPDX-License-Identifier: MIT */
/* Kernel logs: carriers, joining of lines, reports. The first byte chooses how the text is cut into
 * chunks and whether it is taken for dev/kmsg. Cutting must not change a fact: the same text in one
 * piece and in many gives the same number of events and facts. */
#include "base/arena.h"
#include "fact/store.h"
#include "log/log.h"

#include <stdlib.h>

struct counts {
    uint32_t events, others, tasks, victims, facts;
};

static void count_fact(void *context, struct ref ref)
{
    (void)ref;
    ++*(uint32_t *)context;
}

static struct counts read_in(struct span text, size_t piece, enum log_hint hint)
{
    struct arena *arena = arena_new();
    struct store *store = store_new(arena);
    struct log *log = log_new(store);
    struct counts counts = {0};
    log_begin(log, SPAN_LIT("var/log/kern.log"), hint);
    for (struct span rest = text; rest.n > 0; rest = span_skip(rest, piece))
        log_feed(log, span_slice(rest, 0, piece));
    log_end(log, piece == 1);
    log_finish(log);
    counts.events = store_row_count(store, T_oom_events);
    counts.others = store_row_count(store, T_log_events);
    counts.tasks = store_row_count(store, T_oom_tasks);
    counts.victims = store_row_count(store, T_oom_victims);
    store_each_fact(store, count_fact, &counts.facts);
    store_free(store);
    arena_free(arena);
    return counts;
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    if (size < 2)
        return 0;
    struct span text = {(const char *)data + 1, size - 1};
    enum log_hint hint = data[0] & 1 ? LOG_KMSG : LOG_ANY;
    struct counts whole = read_in(text, text.n, hint);
    struct counts parts = read_in(text, 2 + data[0] / 2, hint);
    if (whole.events != parts.events || whole.others != parts.others ||
        whole.tasks != parts.tasks || whole.victims != parts.victims || whole.facts != parts.facts)
        abort();
    return 0;
}
