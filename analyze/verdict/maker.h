/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_VERDICT_MAKER_H
#define OOMSCOPE_VERDICT_MAKER_H

#include "base/arena.h"
#include "verdict/verdict.h"

/* Private to verdict/: what every part needs while a verdict is made. */
struct maker {
    struct store *store;
    struct arena *arena;
    const struct findings *findings;
    struct verdict *verdict;
};

/* Room for one more in an array of the arena; the elements stay, the old array is left behind. */
void *maker_room(struct maker *m, void *items, size_t n, size_t *room, size_t size_bytes);

/* Less than this over the samples is noise: allocators and caches breathe. */
static const int64_t growth_worth_bytes = 1 << 20;

/* ---- numbers of the store */
struct quantity quantity_of(const struct maker *m, enum field_id field, uint32_t row);
int64_t number_or(const struct maker *m, enum field_id field, uint32_t row, int64_t otherwise);
bool flag_of(const struct maker *m, enum field_id field, uint32_t row);        /* known and true */
struct span text_of(const struct maker *m, enum field_id field, uint32_t row); /* "" when absent */
bool is_known(const struct maker *m, enum field_id field, uint32_t row);       /* or unlimited */

/* ---- parts of an incident, in the order in which they are made */
void incidents_make(struct maker *m);
void limit_make(struct maker *m, struct incident *incident);
/* The cgroup whose counters say that its limit was hit most often; ROW_NONE when none says so. */
uint32_t limit_by_counters(const struct maker *m);
void attributions_make(struct maker *m, struct incident *incident);
void holders_make(struct maker *m, struct incident *incident);
void victim_make(struct maker *m, struct incident *incident);
void growth_make(struct maker *m, struct incident *incident);
/* Tells into `out` the facts that the rule wants shown beside its finding; with `rows_only` the
 * lists of largest rows alone, behind what `out` says. Nothing where none is known. */
void context_tell(struct maker *m, struct statement *out, const struct finding *finding,
                  bool rows_only);
/* "; at this rate the limit 64.0 MiB of X is 3 min away": `before` is "; at" or " At". Nothing
 * where the process does not grow. */
void say_time_left(struct maker *m, struct statement *growth, uint32_t process, const char *before);
void rankings_make(struct maker *m); /* of all incidents */
void userspace_make(struct maker *m, struct incident *incident);
void why_make(struct maker *m, struct incident *incident);
void ruled_out_make(struct maker *m, struct incident *incident);
void unknowns_make(struct maker *m, struct incident *incident, bool is_first);
void unknowns_of_verdict(struct maker *m, struct incident *incident, size_t *room);
struct unknown *unknown_add(struct maker *m, struct unknowns *unknowns, size_t *room);
/* Why a fact of several samples is missing: the manifest's word, or which samples there are; ""
 * when neither tells. Sets where that stands. */
struct span samples_lack(struct maker *m, struct ref ref, struct lack *lack);
struct span log_member(const struct maker *m);
void timeline_make(struct maker *m, struct incident *incident, bool is_first);
void steps_make(struct maker *m, struct incident *incident);
/* A failed allocation of the log, where nothing worse is: the first whose zones are known, else the
 * first; ROW_NONE when there is none. */
uint32_t failure_pick(const struct maker *m);
/* What the rules found of it; NULL = nothing, or no such failure. */
const struct ranked *failure_finding(const struct incident *incident);
void failure_title(struct maker *m, const struct incident *incident, struct statement *title);
void failure_summary(struct maker *m, const struct incident *incident, struct statement *summary);
void failure_why(struct maker *m, struct incident *incident);
/* How many cgroups a series is about: containers of one unit have a cgroup each. */
int64_t owners_of(struct maker *m, const struct series *series);
void title_make(struct maker *m, struct incident *incident);
/* The finding that the title of a kill is made of, or that explains a shortage which was none of
 * memory; NULL when scope and limit say it all. */
const struct ranked *title_finding(const struct maker *m, const struct incident *incident);
void summary_make(struct maker *m, struct incident *incident);
void advice_make(struct maker *m, struct incident *incident);
/* The finding that a verdict without a kill is about: the worst that is more than a notice. */
const struct ranked *first_alarm(const struct incident *incident);
void grids_make(struct maker *m, struct incident *incident, bool is_first);

/* What log, cgroup tree and counters say about the same thing: agreement goes to the reasons,
 * difference to the disagreements. */
void joins_make(struct maker *m);

#endif
