/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_CLI_EXPECT_H
#define OOMSCOPE_CLI_EXPECT_H

#include "base/buf.h"
#include "base/err.h"
#include "rule/rule.h"

#include <jansson.h>

/* expect.yaml of a case: what the verdict over its bundle must say. All keys but format and bundle
 * are optional; what is not named is not compared.
 *
 *   format: 1
 *   bundle: bundle.tar.xz         a file or folder beside expect.yaml, in any form analyze reads
 *   before: before.tar.xz         an older bundle of the same host, as --before takes it
 *   exit: 1
 *   incidents:                    exactly these, in any order; [] = no memory incident
 *     - kind: oom_kill            kill, no-kill, lost, pressure; oom_kill is kill
 *       scope: memcg              host, cgroup, ancestor, ...; memcg is cgroup or ancestor
 *       cgroup: /a.slice          owner of the limit
 *       victim: app               comm of the process killed
 *       holder: app               the largest holder
 *       cause: anonymous          the largest class of memory, or the start of its name
 *   match: [host-oom]             rules that must match
 *   silent: [cgroup-oom]          rules that must not match
 *   may_be_unknown: [page-tables] where given, no other rule may be unknown */

enum { EXPECT_FIELDS = 6 };
extern const char *const expect_fields[EXPECT_FIELDS]; /* kind ... cause */

struct expect_incident {
    struct span field[EXPECT_FIELDS]; /* p NULL: not said */
    uint32_t line;
};

struct expect {
    struct span bundle, before;
    bool has_exit, has_incidents, has_unknown;
    int exit;
    struct expect_incident *incidents;
    size_t n_incidents;
    struct text_list match, silent, may_be_unknown;
};

/* False with file:line:column in err. Everything lives in the arena and in text. */
bool expect_read(struct expect *expect, const char *file, struct span text, struct arena *arena,
                 struct err *err);

/* Nothing is expected yet: only format and bundle are there. */
bool expect_is_empty(const struct expect *expect);

/* Compares with a verdict as --json writes it and the exit code; a line for each difference. */
void expect_compare(const struct expect *expect, const json_t *verdict, int exit,
                    const struct ruleset *rules, struct buf *out);

/* The expectation that this verdict would fulfil. What it is silent about is kept from the old one,
 * as far as it still holds. */
void expect_write(const struct expect *old, const json_t *verdict, int exit, struct buf *out);

/* A field of an incident of the verdict, by index in expect_fields; "" where it has none. */
struct span expect_actual(const json_t *incident, int field);
/* Incidents of the verdict that are ones: none and unknown are not. */
bool expect_is_incident(const json_t *incident);

#endif
