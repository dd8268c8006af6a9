/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_CLI_TAP_H
#define OOMSCOPE_CLI_TAP_H

#include "base/buf.h"

#include <stdint.h>

/* Results of cases as TAP 13 and as JUnit XML. `differences` is empty for a case that is as
 * expected, else lines that a person reads; `skipped` is a folder without a case. */
void tap_case(struct buf *out, uint32_t number, const char *name, bool skipped,
              struct span differences);
void tap_plan(struct buf *out, struct span cases, uint32_t n, uint32_t failed);
void junit_case(struct buf *out, const char *name, bool skipped, struct span differences);
void junit_suite(struct buf *out, struct span cases, uint32_t n, uint32_t failed, uint32_t skipped);

#endif
