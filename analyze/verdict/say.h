/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_VERDICT_SAY_H
#define OOMSCOPE_VERDICT_SAY_H

#include "verdict/maker.h"

/* Sentences from templates. Our words stand in the template; a marker takes the next argument:
 *   {}  struct ref     the value of a fact in its own unit; cites it
 *   {@} struct ref     nothing shown; cites it
 *   {b} int64_t bytes  {n} int64_t count  {r} int64_t ratio  {d} int64_t us  {v} int64_t bytes/s
 *   {s} struct span    evidence          {p} struct span a cgroup path, shortened to its end
 *   {w} const char *   our own word      {t} const struct moment *
 *   {c} int64_t count, const char *one, const char *many: "1 process", "2 processes"
 */
struct statement *tell(struct maker *m, struct statements *list, const char *format, ...);
void tell_into(struct maker *m, struct statement *statement, const char *format, ...);
struct statement *statements_add(struct maker *m, struct statements *list);

void statement_cite(struct maker *m, struct statement *statement, struct ref ref);
void statement_cite_refs(struct maker *m, struct statement *statement, const struct ref *refs,
                         size_t n);
void statement_cite_fact(struct maker *m, struct statement *statement, enum field_id field,
                         uint32_t row);
void statement_cite_place(struct maker *m, struct statement *statement, struct where where);
void statement_cite_all(struct maker *m, struct statement *statement, const struct statement *from);

/* The end of a long cgroup path, ids of containers cut to what their tools show; and "the pod ",
 * "the container " or "", by what the path says it is. */
struct span path_short(struct maker *m, struct span path);
const char *path_words(struct span path);
bool path_is_under(struct span path, struct span ancestor); /* or equal */
/* The title of a rule inside a sentence. */
struct span title_within(struct maker *m, struct span title);

void quote_add(struct maker *m, struct phrase *phrase, struct span evidence);

/* The time of an event, of the capture, or of a point on the boot clock. */
struct moment moment_of_event(const struct maker *m, uint32_t event);
struct moment moment_of_failure(const struct maker *m, uint32_t failure);
struct moment moment_of_log_event(const struct maker *m, uint32_t event);
struct moment moment_of_capture(const struct maker *m);
bool moment_gap(const struct moment *from, const struct moment *to, int64_t *ret_us);

#endif
