/* SPDX-License-Identifier: MIT */
#include "evidence.h"
#include "listing.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

/* Why a folder could not be listed. */
struct gap {
    enum outcome outcome;
    int error;
};

/* Puts the names that match the first component with '*' in its place, and goes on behind it. */
static unsigned expand(struct capture *c, enum plan_id row, const char *head, const char *pattern,
                       struct gap *ret_gap)
{
    char path[PATH_MAX], records[2048];
    struct listing l;
    const char *star = strchr(pattern, '*'), *record;
    const char *part_start = star, *part_end;
    unsigned found = 0;
    size_t head_len = strlen(head);

    if (!star) {
        struct text t = TEXT_ON(path);

        text_str(&t, head);
        text_str(&t, pattern);
        evidence_read(c, row, "", text_end(&t));
        return 1;
    }
    while (part_start > pattern && part_start[-1] != '/')
        part_start--;
    part_end = star + strcspn(star, "/");
    if (head_len + strlen(pattern) + NAME_MAX + 2 > sizeof(path))
        return 0;
    memcpy(path, head, head_len);
    memcpy(path + head_len, pattern, (size_t)(part_start - pattern));
    head_len += (size_t)(part_start - pattern);
    path[head_len] = '\0';
    listing_open(c, &l, path, true, records, sizeof(records));
    while ((record = listing_next(c, &l))) {
        if (!plan_matches(part_start, (size_t)(part_end - part_start), record + 1))
            continue;
        memcpy(path + head_len, record + 1, strlen(record));
        found += expand(c, row, path, part_end, ret_gap);
        path[head_len] = '\0'; /* the listing's own again */
    }
    if (l.outcome != OUTCOME_OK)
        *ret_gap = (struct gap){l.outcome, l.error};
    return found;
}

unsigned evidence_glob(struct capture *c, enum plan_id row)
{
    const char *stopped = evidence_stopped(c);
    unsigned found = 0;
    struct gap gap = {OUTCOME_ABSENT, ENOENT};

    if (stopped)
        evidence_note(c, plan_pattern(row), OUTCOME_OVER_BUDGET, 0, stopped);
    else if ((found = expand(c, row, "", plan_pattern(row), &gap)) == 0)
        evidence_note(c, plan_pattern(row), gap.outcome, gap.error,
                      outcome_is_cut(gap.outcome) ? "its folder could not be listed" : NULL);
    return found;
}
