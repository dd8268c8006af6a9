/* SPDX-License-Identifier: MIT */
#include "outcome.h"
#include "bundle.h"

#include <errno.h>

const char *outcome_word(enum outcome outcome)
{
    static const char *const words[OUTCOME_COUNT] = {
        STATUS_OK,        STATUS_EMPTY,       STATUS_ABSENT,  STATUS_EXITED,
        STATUS_DENIED,    STATUS_UNSUPPORTED, STATUS_TIMEOUT, STATUS_ABANDONED,
        STATUS_TRUNCATED, STATUS_OVER_BUDGET, STATUS_CHANGED, STATUS_ERROR};

    return words[outcome];
}

enum outcome outcome_of_errno(int error)
{
    switch (error) {
    case ENOENT:
    case ENOTDIR:
        return OUTCOME_ABSENT;
    case ESRCH:
    case ENODEV:
        return OUTCOME_EXITED;
    case EACCES:
    case EPERM:
        return OUTCOME_DENIED;
    case EOPNOTSUPP:
    case EINVAL:
    case ENOSYS:
    case ELOOP:
    case ENXIO:
        return OUTCOME_UNSUPPORTED;
    case ETIMEDOUT:
        return OUTCOME_TIMEOUT;
    default:
        return OUTCOME_ERROR;
    }
}

bool outcome_is_cut(enum outcome outcome)
{
    return outcome == OUTCOME_OVER_BUDGET || outcome == OUTCOME_TIMEOUT ||
           outcome == OUTCOME_ABANDONED;
}

bool outcome_has_member(enum outcome outcome)
{
    return outcome == OUTCOME_OK || outcome == OUTCOME_EMPTY || outcome == OUTCOME_TRUNCATED ||
           outcome == OUTCOME_CHANGED;
}
