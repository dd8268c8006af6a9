/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_LOG_RECORD_H
#define OOMSCOPE_LOG_RECORD_H

#include "base/span.h"

#include <stdbool.h>
#include <stdint.h>

/* Who wrote a record, as far as the carrier proves it. */
enum writer {
    WRITER_UNKNOWN, /* plain dmesg text, RFC 3164 files, pastes */
    WRITER_KERNEL,  /* facility 0 in kmsg or <N>, _TRANSPORT=kernel */
    WRITER_USER,    /* another facility, or the tag of a program */
};

/* One message, peeled out of its carrier. The spans are borrowed and live until the next line. */
struct record {
    struct span text;  /* the message; may hold line feeds that the record itself held */
    struct span ident; /* syslog tag or SYSLOG_IDENTIFIER, "kernel" for the kernel; may be empty */
    struct span stamp; /* the time stamp as printed; may be empty */
    const char *carrier; /* for logs.carrier: "kmsg", "dmesg", ...; NULL = bare text */
    enum writer writer;
    bool has_prefix; /* the line bears a prefix of a carrier: it begins a record */
    bool goes_on;    /* cut by the carrier: the next record of it is the rest of this one */
    bool is_rest;    /* of such a record */
    bool has_time, has_wall, has_clock, has_seq, has_boot;
    int64_t time_us;    /* since boot */
    int64_t wall_us;    /* since 1970 UTC: only where the zone is known */
    int64_t clock_us;   /* a clock of unknown zone or year: only differences mean something */
    uint64_t seq;       /* of kmsg */
    uint64_t boot_hash; /* of _BOOT_ID */
    uint64_t caller;    /* T<pid>: pid; C<cpu>: cpu with the top bit set; 0 = none */
    uint64_t ident_pid;
    uint32_t line, last_line; /* physical lines, from 1 */
};

#endif
