/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_LOG_PEEL_H
#define OOMSCOPE_LOG_PEEL_H

#include "base/buf.h"
#include "log/entry.h"
#include "log/record.h"

/* Peels physical lines out of whatever wraps them. Detects the carrier of each line anew: quoting
 * and HTML of pastes, JSON, container prefixes, <N>, syslog tags, time stamps, caller ids. */
struct peeler {
    struct buf text, scratch, tagged, colors; /* unescaped text of the record returned last */
    struct entry entry;
    bool only_kmsg; /* lines of other carriers are not the kernel's */
    bool is_users;  /* the last record was a program's: lines indented deeper are its text */
    bool is_rest;   /* the last record goes on: what follows its prefix is text, blanks and all */
    size_t indent;  /* of the last record */
};

enum peeled {
    PEELED_RECORD,  /* the line begins (or is) a record of a carrier */
    PEELED_BARE,    /* no prefix: message text alone, or the continuation of a record */
    PEELED_NOTHING, /* consumed: part of an entry still open, or a separator */
};

/* `number` is the physical line. *ret_again: the line must be given once more. */
enum peeled peel_line(struct peeler *peeler, struct span line, uint32_t number, struct record *ret,
                      bool *ret_again);
/* The entry that is still open at the end of a log. */
bool peel_rest(struct peeler *peeler, struct record *ret);
void peel_free(struct peeler *peeler);

/* \xNN of /dev/kmsg; #NNN of rsyslog; &lt; of web pages. */
void peel_unescape_kmsg(struct span s, struct buf *out);
void peel_unescape_rsyslog(struct span s, struct buf *out);
void peel_unescape_html(struct span s, struct buf *out);

#endif
