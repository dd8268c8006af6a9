/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_LOG_LOG_H
#define OOMSCOPE_LOG_LOG_H

#include "base/span.h"

#include <stdbool.h>
#include <stdint.h>

struct store;
struct log;

/* What the caller knows of a log before its first byte; carriers are still told line by line. */
enum log_hint {
    LOG_ANY,
    LOG_KMSG, /* dev/kmsg as records: a line of another shape is never the kernel's */
};

/* Reads kernel logs and journals in any carrier into the tables logs, oom_events and its children,
 * and log_events. Streaming: memory grows with the events, not with the logs. */
struct log *log_new(struct store *store);
void log_limit_line(struct log *log, int64_t line_bytes); /* before log_begin; default 64 KiB */
void log_begin(struct log *log, struct span member_path, enum log_hint hint);
void log_feed(struct log *log, struct span chunk); /* any chunking gives the same facts */
void log_end(struct log *log, bool truncated);     /* truncated: the text was cut by a limit */
/* Before log_finish: what was read may be forged, so no table is taken for whole. */
void log_distrust(struct log *log);
/* After the last member: numbers the events in time order, says which tables are complete, frees
 * the log. */
void log_finish(struct log *log);

/* The text is a log rather than some other file: one of its first lines is a record of a carrier or
 * a line of a report. */
bool log_recognises(struct span head);

#endif
