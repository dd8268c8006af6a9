/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_COLLECT_OUTCOME_H
#define OOMSCOPE_COLLECT_OUTCOME_H

#include <stdbool.h>

/* Outcome of one attempt; the words of bundle.h. */
enum outcome {
    OUTCOME_OK,
    OUTCOME_EMPTY,
    OUTCOME_ABSENT,
    OUTCOME_EXITED,
    OUTCOME_DENIED,
    OUTCOME_UNSUPPORTED,
    OUTCOME_TIMEOUT,
    OUTCOME_ABANDONED,
    OUTCOME_TRUNCATED,
    OUTCOME_OVER_BUDGET,
    OUTCOME_CHANGED,
    OUTCOME_ERROR,
    OUTCOME_COUNT
};

/* The status word of the manifest. */
const char *outcome_word(enum outcome outcome);
/* Outcome of a failed open or read: ENOENT is absent, ESRCH and ENODEV exited. */
enum outcome outcome_of_errno(int error);
/* True where a member stands in the tar. */
bool outcome_has_member(enum outcome outcome);
/* True where evidence is missing that the plan holds; a size cap is part of the plan. */
bool outcome_is_cut(enum outcome outcome);

#endif
