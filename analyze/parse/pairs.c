/* SPDX-License-Identifier: MIT */
#include "parse/pairs.h"

#include <string.h>

/* The rest of the line is one value. */
static bool take_rest(struct span *rest, struct pair *pair, struct span key, struct span value)
{
    pair->key = key;
    pair->value = span_trim(value);
    *rest = SPAN_NONE;
    return true;
}

bool pair_colon(struct span *rest, struct pair *pair)
{
    struct span key, value;
    if (!span_cut(*rest, ':', &key, &value))
        return false;
    return take_rest(rest, pair, key, value);
}

/* fs/proc/array.c proc_pid_status: "State:\tS (sleeping)", "Uid:\t1000\t1000\t1000\t1000" */
bool pair_status(struct span *rest, struct pair *pair)
{
    if (!pair_colon(rest, pair))
        return false;
    if (span_is(pair->key, "Uid"))
        span_cut(pair->value, '\t', &pair->value, &(struct span){0});
    else if (span_is(pair->key, "State"))
        pair->value = span_slice(pair->value, 0, 1);
    return true;
}

bool pair_node(struct span *rest, struct pair *pair)
{
    if (!span_eat(rest, "Node "))
        return false;
    span_word(rest);
    *rest = span_trim_left(*rest);
    return pair_colon(rest, pair);
}

bool pair_blank(struct span *rest, struct pair *pair)
{
    struct span key, value;
    if (!span_cut(*rest, ' ', &key, &value))
        return false;
    return take_rest(rest, pair, key, value);
}

bool pair_kstat(struct span *rest, struct pair *pair)
{
    struct span key = span_word(rest);
    span_word(rest);
    return rest->n && take_rest(rest, pair, key, *rest);
}

static bool join(struct pair *pair, struct span name)
{
    size_t n = pair->group.n + 1 + name.n;
    if (n > sizeof(pair->room))
        return false;
    memcpy(pair->room, pair->group.p, pair->group.n);
    pair->room[pair->group.n] = ' ';
    memcpy(pair->room + pair->group.n + 1, name.p, name.n);
    pair->key = (struct span){pair->room, n};
    return true;
}

/* kernel/sched/psi.c psi_show: "some avg10=0.12 avg60=0.34 avg300=0.56 total=1234" */
bool pair_psi(struct span *rest, struct pair *pair)
{
    struct span name;
    if (pair->index == 0)
        pair->group = span_word(rest);
    struct span word = span_word(rest);
    return word.n && pair->group.n && span_cut(word, '=', &name, &pair->value) && join(pair, name);
}

/* net/ipv4/proc.c sockstat_seq_show: "TCP: inuse 5 orphan 0 tw 0 alloc 7 mem 3" */
bool pair_sockets(struct span *rest, struct pair *pair)
{
    if (pair->index == 0 && !span_cut(*rest, ':', &pair->group, rest))
        return false;
    struct span name = span_word(rest);
    pair->value = span_word(rest);
    return pair->value.n && pair->group.n && join(pair, name);
}

/* fs/proc/base.c proc_pid_limits: "%-25s %-20s %-20s %-10s\n", so that the soft limit begins at 26
 */
bool pair_limits(struct span *rest, struct pair *pair)
{
    struct span key = span_trim(span_slice(*rest, 0, 25)), value = span_skip(*rest, 26);
    return value.n && take_rest(rest, pair, key, span_word(&value));
}

/* The key of a field without a name: its number. Every process has fifty of them. */
static void name_by_number(struct pair *pair, unsigned number)
{
    char *end = pair->room + sizeof(pair->room), *p = end;
    do
        *--p = (char)('0' + number % 10);
    while ((number /= 10) != 0);
    pair->key = (struct span){p, (size_t)(end - p)};
}

bool pair_columns(struct span *rest, struct pair *pair)
{
    pair->value = span_word(rest);
    name_by_number(pair, pair->index);
    return pair->value.n != 0;
}

/* fs/proc/array.c do_task_stat. Field 2 is the name in parentheses; it may hold blanks and ')', so
 * that the last ')' of the line ends it: no field behind it has one. */
bool pair_stat(struct span *rest, struct pair *pair)
{
    struct span line = *rest;
    pair->value = span_word(rest);
    if (pair->index == 0) {
        size_t end = span_rfind_char(line, ')');
        if (end == line.n)
            return false;
        *rest = span_skip(line, end + 1);
    }
    name_by_number(pair, pair->index == 0 ? 1 : pair->index + 2);
    return pair->value.n != 0;
}

bool pair_single(struct span *rest, struct pair *pair)
{
    return pair->index == 0 && take_rest(rest, pair, SPAN_LIT(""), *rest);
}
