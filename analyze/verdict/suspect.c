/* SPDX-License-Identifier: MIT */
/* The holder to look at first, and how it is called. */
#include "verdict/suspect.h"

/* Where the whole is not known the task table may be a part: a holder smaller than the victim, or
 * small at all, is none. Of some nodes' memory only the victim is known to have held any. */
static bool is_of_part(const struct incident *incident, const struct holder *holder)
{
    const struct quantity *victim = &incident->victim.bytes;
    bool of_nodes = incident->scope == SCOPE_CPUSET || incident->scope == SCOPE_MEMPOLICY;
    if (of_nodes && !holder->is_victim)
        return true;
    return incident->series.n && (holder->bytes < INT64_C(32) * 1024 * 1024 ||
                                  (victim->known && holder->bytes < victim->value));
}

const struct holder *suspect_of(const struct incident *incident)
{
    const struct holders *holders = &incident->holders;
    if (!holders->n)
        return NULL;
    const struct holder *suspect = &holders->items[0];
    if (!suspect->share && is_of_part(incident, suspect))
        return NULL;
    for (size_t i = 0; i < holders->n; i++) {
        const struct holder *holder = &holders->items[i];
        bool grew = holder->rate.known && holder->rate.value > 0 && holder->share > 500;
        if (grew && (!suspect->rate.known || holder->rate.value > suspect->rate.value))
            suspect = holder;
    }
    return suspect;
}

bool has_holders(const struct incident *incident)
{
    static const char *const held[] = {"anonymous", "shmem", "page tables", "slab unreclaimable",
                                       "slab reclaimable"};
    const struct attribution *a = incident->event.known ? &incident->event : &incident->capture;
    for (size_t i = 0; a->dominant && i < sizeof(held) / sizeof(*held); i++)
        if (span_is(span_of(a->dominant->name), held[i]))
            return true;
    return !a->known;
}

const char *whole_words(const struct incident *incident)
{
    switch (incident->scope) {
    case SCOPE_CGROUP:
    case SCOPE_ANCESTOR:
        return "what filled the limit";
    case SCOPE_CPUSET:
    case SCOPE_MEMPOLICY:
        return "the memory of the nodes allowed";
    case SCOPE_UNKNOWN:
    case SCOPE_HOST:
    case SCOPE_MANUAL:
    case SCOPE_NONE:
        break;
    }
    return incident->limit.owner.n ? "the cgroup's memory" : "the host's memory";
}

const char *holder_words(enum holder_kind kind)
{
    static const char *const words[] = {[HOLDER_PROCESS] = "",
                                        [HOLDER_CGROUP] = "the cgroup ",
                                        [HOLDER_MOUNT] = "the tmpfs ",
                                        [HOLDER_SHM] = "the shared memory segment ",
                                        [HOLDER_FILE] = "the open file ",
                                        [HOLDER_SLAB] = "the slab cache ",
                                        [HOLDER_POOL] = "the pool "};
    return words[kind];
}

bool is_counted_on_host(const struct incident *incident, const struct holder *holder)
{
    bool in_cgroup = incident->scope == SCOPE_CGROUP || incident->scope == SCOPE_ANCESTOR;
    return in_cgroup && holder->kind != HOLDER_PROCESS && holder->kind != HOLDER_CGROUP;
}

bool is_too_small(const struct incident *incident, const struct holder *top)
{
    bool grew = top->rate.known && top->rate.value > 0;
    int64_t least = has_holders(incident) ? incident->victim.share : start_share;
    return !grew && top->share && top->share < (least > 100 ? least : 100);
}
