/* SPDX-License-Identifier: MIT */
#include "derive/buddy.h"

#include "base/num.h"

static bool letters_usable(struct span letters, bool movable)
{
    for (size_t i = 0; i < letters.n; i++) {
        char c = letters.p[i];
        if (c == 'U' || c == 'M' || c == 'E' || (c == 'C' && movable))
            return true;
    }
    return false;
}

/* Eats "212*8kB" and, where it stands, " (UM)". */
static bool eat_term(struct span *row, bool movable, bool *ret_usable)
{
    uint64_t blocks, kib;
    struct span letters;

    *row = span_trim_left(*row);
    if (!num_eat_u64(row, &blocks) || !span_eat(row, "*") || !num_eat_u64(row, &kib) ||
        !span_eat(row, "kB"))
        return false;
    *ret_usable = blocks > 0;
    if (!span_eat(row, " ("))
        return true;
    if (!span_cut(*row, ')', &letters, row))
        return false;
    *ret_usable = blocks > 0 && letters_usable(letters, movable);
    return true;
}

int buddy_largest_order(struct span row, bool movable)
{
    int largest = BUDDY_NONE;
    bool usable;

    for (int order = 0;; order++) {
        if (span_eat(&row, " =") || span_eat(&row, "="))
            return order > 0 ? largest : BUDDY_UNREADABLE;
        if (!eat_term(&row, movable, &usable))
            return BUDDY_UNREADABLE;
        if (usable)
            largest = order;
    }
}
