/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_LOG_TAG_H
#define OOMSCOPE_LOG_TAG_H

#include "log/record.h"

/* Who wrote a line of syslog, as its prefix says: each eats it from the front of *s into ret->ident
 * and ret->ident_pid. False, and nothing eaten, when s does not begin with one. */
bool tag_eat_host(struct span *s, struct record *ret); /* behind a stamp: "host tag[pid]: " */
bool tag_eat_rfc5424(struct span *s,
                     struct record *ret); /* "1 2024-01-01T00:00:00Z host app ..." */

#endif
