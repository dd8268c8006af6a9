/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_LOG_ENTRY_H
#define OOMSCOPE_LOG_ENTRY_H

#include "base/buf.h"
#include "log/record.h"

/* A journal entry, or an entry of dmesg -J, that comes as fields on lines of their own. */
struct entry {
    struct buf message, ident, stamp;
    struct record record;
    bool has_message, has_transport, has_facility, is_kernel_transport, ident_is_kernel;
    uint64_t facility;
    uint64_t wanted; /* bytes of a binary field still to come, its length and line feed included */
    struct buf binary; /* length and data of a binary field */
    bool binary_is_message, open;
    bool in_array, array_is_message; /* of json-pretty: a number a line */
    uint32_t line;                   /* physical line being read, set by the caller */
};

enum entry_result {
    ENTRY_FOREIGN,    /* the line is not part of an entry */
    ENTRY_TAKEN,      /* noted */
    ENTRY_DONE,       /* *ret is ready */
    ENTRY_DONE_AGAIN, /* *ret is ready, and the line begins the next entry: give it again */
};

/* The finished record; false when the entry has no message. */
bool entry_finish(struct entry *entry, struct record *ret);
void entry_free(struct entry *entry);

/* One line of journalctl -o export or -o verbose. */
enum entry_result entry_export_line(struct entry *entry, struct span line, struct record *ret);
/* One line of dmesg -J or journalctl -o json-pretty: `"msg": "text"`. */
enum entry_result entry_pretty_line(struct entry *entry, struct span line, struct record *ret);
/* One line that is a whole JSON object: of the journal, of dmesg -J, of a container's log.
 * *ret_inner is set, and the result false, when its text is itself a line of a log to be peeled. */
bool entry_json_line(struct entry *entry, struct span line, struct record *ret,
                     struct span *ret_inner);

#endif
