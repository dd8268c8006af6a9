/* SPDX-License-Identifier: MIT */
#include "tree.h"
#include "evidence.h"
#include "listing.h"

#include <string.h>

static char records[32 * 1024];

static enum tree_end end_of(const struct capture *c, const struct listing *l, enum tree_end end)
{
    if (evidence_stopped(c))
        return TREE_STOPPED;
    if (l->outcome == OUTCOME_TIMEOUT || l->outcome == OUTCOME_ABANDONED)
        return TREE_STUCK;
    return l->outcome == OUTCOME_OK ? end : TREE_UNREADABLE;
}

enum tree_end tree_walk(struct capture *c, const char *root, tree_visit visit, void *state)
{
    char folder[PATH_MAX];
    enum tree_end end = TREE_WHOLE;
    struct listing l;
    const char *record;

    listing_open(c, &l, root, false, records, sizeof(records));
    while (!evidence_stopped(c) && (record = listing_next(c, &l))) {
        switch (*record++) {
        case WALK_ENTERED:
            c->budget.inodes++;
            memcpy(folder, record, strlen(record) + 1);
            visit(c, state, folder, NULL);
            break;
        case WALK_NAME:
            visit(c, state, folder, record);
            break;
        default: /* WALK_BROKEN */
            end = *record == 'd' ? TREE_TOO_DEEP : TREE_UNREADABLE;
        }
    }
    return end_of(c, &l, end);
}

bool tree_folder(struct capture *c, const char *folder, tree_visit visit, void *state)
{
    struct listing l;
    const char *record;

    if (!listing_open(c, &l, folder, true, records, sizeof(records)))
        return false;
    visit(c, state, folder, NULL);
    while ((record = listing_next(c, &l)))
        if (*record == WALK_NAME)
            visit(c, state, folder, record + 1);
    return true;
}
