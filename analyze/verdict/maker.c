/* SPDX-License-Identifier: MIT */
#include "verdict/say.h"

#include <string.h>

void *maker_room(struct maker *m, void *items, size_t n, size_t *room, size_t size_bytes)
{
    if (n < *room)
        return items;
    *room = *room ? *room * 2 : 4;
    void *grown = arena_array(m->arena, *room, size_bytes);
    if (n)
        memcpy(grown, items, n * size_bytes);
    return grown;
}

struct quantity quantity_of(const struct maker *m, enum field_id field, uint32_t row)
{
    struct quantity quantity = {0};
    if (row == ROW_NONE)
        return quantity;
    struct fact fact = store_fact(m->store, field, row);
    quantity.known = fact.state == FACT_KNOWN;
    quantity.unlimited = fact.state == FACT_UNLIMITED;
    quantity.value = quantity.known ? fact.number : 0;
    return quantity;
}

int64_t number_or(const struct maker *m, enum field_id field, uint32_t row, int64_t otherwise)
{
    struct quantity quantity = quantity_of(m, field, row);
    return quantity.known ? quantity.value : otherwise;
}

bool flag_of(const struct maker *m, enum field_id field, uint32_t row)
{
    return number_or(m, field, row, 0) != 0;
}

struct span text_of(const struct maker *m, enum field_id field, uint32_t row)
{
    if (row == ROW_NONE)
        return SPAN_LIT("");
    struct fact fact = store_fact(m->store, field, row);
    return fact.state == FACT_KNOWN ? fact.text : SPAN_LIT("");
}

bool is_known(const struct maker *m, enum field_id field, uint32_t row)
{
    if (row == ROW_NONE)
        return false;
    enum fact_state state = store_fact(m->store, field, row).state;
    return state == FACT_KNOWN || state == FACT_UNLIMITED;
}

static void disagreements_make(struct maker *m)
{
    for (uint32_t i = 0; i < store_observation_count(m->store); i++) {
        const struct observation *observation = store_observation(m->store, i);
        if (observation->kind != OBS_DISAGREEMENT)
            continue;
        struct statement *statement = statements_add(m, &m->verdict->disagreements);
        quote_add(m, &statement->text, observation->text);
        statement_cite_place(m, statement, observation->where);
    }
}

/* What evidence says of an incident, before the rules are heard. */
static void incident_measure(struct maker *m, struct incident *incident)
{
    limit_make(m, incident);
    attributions_make(m, incident);
    holders_make(m, incident);
    victim_make(m, incident);
}

static void incident_tell(struct maker *m, struct incident *incident, bool is_first)
{
    userspace_make(m, incident);
    timeline_make(m, incident, is_first);
    growth_make(m, incident);
    why_make(m, incident);
    ruled_out_make(m, incident);
    unknowns_make(m, incident, is_first);
    title_make(m, incident);
    summary_make(m, incident);
    advice_make(m, incident);
    steps_make(m, incident);
    grids_make(m, incident, is_first);
}

struct verdict *verdict_make(struct store *store, const struct findings *findings,
                             struct arena *arena)
{
    struct verdict *verdict = arena_alloc(arena, sizeof(*verdict));
    struct maker m = {store, arena, findings, verdict};
    verdict->store = store;
    verdict->findings = findings;
    for (size_t i = 0; i < findings->n; i++)
        verdict->outcomes[findings->items[i].outcome]++;
    incidents_make(&m);
    for (size_t i = 0; i < verdict->n_incidents; i++)
        incident_measure(&m, &verdict->incidents[i]);
    rankings_make(&m);
    for (size_t i = 0; i < verdict->n_incidents; i++)
        incident_tell(&m, &verdict->incidents[i], i == 0);
    disagreements_make(&m);
    joins_make(&m);
    return verdict;
}

const char *incident_kind_name(enum incident_kind kind)
{
    static const char *const names[] = {"kill", "no-kill", "lost", "pressure", "none", "unknown"};
    return names[kind];
}

const char *incident_scope_name(enum incident_scope scope)
{
    static const char *const names[] = {"unknown", "host",      "cgroup", "ancestor",
                                        "cpuset",  "mempolicy", "manual", "none"};
    return names[scope];
}

const char *holder_kind_name(enum holder_kind kind)
{
    static const char *const names[] = {"process", "cgroup", "mount", "shm",
                                        "file",    "slab",   "pool"};
    return names[kind];
}

const char *finding_role_name(enum finding_role role)
{
    static const char *const names[] = {"scope", "cause", "contributing", "mistake", "risk"};
    return names[role];
}
