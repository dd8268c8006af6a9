/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_LOG_JOIN_H
#define OOMSCOPE_LOG_JOIN_H

#include "base/buf.h"
#include "log/line.h"
#include "log/record.h"

/* A message with the lines that belong to it: the lines of a multi-line record that dmesg, journald
 * and consoles print without a prefix, and those that a mail wrapped. A line without a prefix can
 * add to a message, but it can never begin an event in a log whose records have prefixes: that is
 * how a task name with a line feed in it would look. */
struct joiner {
    struct buf text, ident, stamp;
    struct buf raw; /* the physical lines, each with its line feed */
    struct record record;
    enum line_kind kind;
    bool open;
    bool has_prefixes; /* a record with a prefix was seen in this log */
    uint32_t n_forged; /* lines without a prefix that look like a verdict */
    struct wrap {
        size_t last_bytes; /* of the physical line before */
        bool ends_blank;   /* it does */
        size_t width;      /* of the lines that were broken */
        unsigned n_alike;  /* of that width in a row */
        bool is_soft;      /* they differ: broken at blanks, as mailers do */
    } wrap;
};

/* Takes the next message or continuation. True when the message before it is finished: it is in
 * joiner->record until the next call, which is given the same line again. */
bool join_line(struct joiner *joiner, const struct record *record, struct span raw);
void join_begin(struct joiner *joiner, bool has_prefixes); /* another log */
void join_reset(struct joiner *joiner);                    /* forgets the open message */
void join_free(struct joiner *joiner);

#endif
