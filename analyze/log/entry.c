/* SPDX-License-Identifier: MIT */
#include "log/entry.h"
#include "log/json.h"
#include "log/stamp.h"

#include "base/num.h"

#include <string.h>

enum { ARRAY_BYTES = 1 << 16 };

static void entry_begin(struct entry *entry, const char *carrier)
{
    entry->message.n = entry->ident.n = entry->stamp.n = entry->binary.n = 0;
    entry->has_message = entry->has_transport = entry->has_facility = false;
    entry->is_kernel_transport = entry->ident_is_kernel = entry->in_array = false;
    entry->wanted = 0;
    entry->open = true;
    entry->record = (struct record){.carrier = carrier, .has_prefix = true};
}

void entry_free(struct entry *entry)
{
    buf_free(&entry->message);
    buf_free(&entry->ident);
    buf_free(&entry->stamp);
    buf_free(&entry->binary);
}

static void replace(struct buf *buf, struct span text)
{
    buf->n = 0;
    buf_add(buf, text);
}

static uint64_t hash(struct span s)
{
    uint64_t h = 1469598103934665603u;
    for (size_t i = 0; i < s.n; i++)
        h = (h ^ (unsigned char)s.p[i]) * 1099511628211u;
    return h;
}

/* dmesg -J: seconds with six digits behind the point, padded with blanks in front. */
static void note_seconds(struct record *record, struct span value)
{
    int64_t us;
    if (num_fixed(span_trim(value), 6, &us)) {
        record->time_us = us;
        record->has_time = true;
    }
}

static void note_time(struct entry *entry, struct span name, struct span value)
{
    struct record *record = &entry->record;
    uint64_t us;
    if (!num_u64(value, &us) || us > INT64_MAX / 2)
        return;
    if (span_is(name, "_SOURCE_MONOTONIC_TIMESTAMP")) {
        record->time_us = (int64_t)us;
        record->has_time = true;
    } else if (span_is(name, "__REALTIME_TIMESTAMP")) {
        record->wall_us = record->clock_us = (int64_t)us;
        record->has_wall = record->has_clock = true;
        replace(&entry->stamp, value);
    }
}

/* Notes one field; unknown names are ignored. */
static void entry_field(struct entry *entry, struct span name, struct span value)
{
    struct record *record = &entry->record;
    if (span_is(name, "MESSAGE") || span_is(name, "msg")) {
        replace(&entry->message, value);
        entry->has_message = true;
        record->line = record->last_line = entry->line;
    } else if (span_is(name, "_TRANSPORT")) {
        entry->has_transport = true;
        entry->is_kernel_transport = span_is(value, "kernel");
    } else if (span_is(name, "SYSLOG_FACILITY")) {
        entry->has_facility = num_u64(value, &entry->facility);
    } else if (span_is(name, "SYSLOG_IDENTIFIER")) {
        replace(&entry->ident, value);
    } else if (span_is(name, "_COMM") && entry->ident.n == 0) {
        replace(&entry->ident, value);
    } else if (span_is(name, "_PID")) {
        num_u64(value, &record->ident_pid);
    } else if (span_is(name, "_BOOT_ID")) {
        record->boot_hash = hash(value);
        record->has_boot = true;
    } else if (span_is(name, "time")) {
        note_seconds(record, value);
    } else if (span_is(name, "fac")) {
        entry->has_facility = true;
        entry->facility = span_is(value, "kern") ? 0 : 1;
    } else if (span_is(name, "pri")) {
        uint64_t priority; /* with -x a word, else facility * 8 + level */
        if (num_u64(value, &priority)) {
            entry->has_facility = true;
            entry->facility = priority >> 3;
        }
    } else if (span_is(name, "caller") && value.n > 1 && value.p[0] == 'T') {
        num_u64(span_skip(value, 1), &record->caller);
    } else {
        note_time(entry, name, value);
    }
}

static enum writer writer_of(const struct entry *entry)
{
    if (entry->has_transport)
        return entry->is_kernel_transport && (!entry->has_facility || entry->facility == 0)
                   ? WRITER_KERNEL
                   : WRITER_USER;
    if (entry->has_facility)
        return entry->facility == 0 && !entry->record.ident_pid ? WRITER_KERNEL : WRITER_USER;
    return entry->record.ident_pid ? WRITER_USER : WRITER_UNKNOWN;
}

bool entry_finish(struct entry *entry, struct record *ret)
{
    entry->open = false;
    if (!entry->has_message)
        return false;
    *ret = entry->record;
    ret->text = buf_span(&entry->message);
    ret->ident = buf_span(&entry->ident);
    ret->stamp = buf_span(&entry->stamp);
    ret->writer = writer_of(entry);
    return true;
}

static bool is_field_name(struct span name)
{
    for (size_t i = 0; i < name.n; i++)
        if (!(name.p[i] == '_' || (name.p[i] >= 'A' && name.p[i] <= 'Z') ||
              (name.p[i] >= '0' && name.p[i] <= '9' && i > 0)))
            return false;
    return name.n > 0 && name.n <= 64;
}

static bool starts_entry(struct span name)
{
    static const char *const names[] = {
        "__CURSOR", "__REALTIME_TIMESTAMP", "_BOOT_ID", "_TRANSPORT", "PRIORITY",
        "MESSAGE",  "_MACHINE_ID",          "_HOSTNAME"};
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        if (span_is(name, names[i]))
            return true;
    return false;
}

/* A field that holds a line feed: "MESSAGE\n", 64-bit little-endian length, data, "\n". */
static void binary_line(struct entry *entry, struct span line)
{
    enum { LENGTH_BYTES = 8, MOST_BYTES = 1 << 20 };
    buf_add(&entry->binary, line);
    buf_char(&entry->binary, '\n');
    if (entry->binary.n >= LENGTH_BYTES && entry->wanted == UINT64_MAX) {
        uint64_t n = 0;
        for (unsigned i = LENGTH_BYTES; i-- > 0;)
            n = n << 8 | (unsigned char)entry->binary.p[i];
        entry->wanted = n < MOST_BYTES ? n + LENGTH_BYTES + 1 : 0;
    }
    if (entry->wanted == UINT64_MAX || entry->binary.n < entry->wanted)
        return;
    if (entry->wanted > LENGTH_BYTES && entry->binary_is_message)
        entry_field(entry, SPAN_LIT("MESSAGE"),
                    span_slice(buf_span(&entry->binary), LENGTH_BYTES, entry->wanted - 1));
    entry->wanted = 0;
    entry->binary.n = 0;
}

enum entry_result entry_export_line(struct entry *entry, struct span line, struct record *ret)
{
    struct span name, value, trimmed = span_trim_left(line);
    if (entry->open && entry->wanted) {
        binary_line(entry, line);
        return ENTRY_TAKEN;
    }
    if (trimmed.n == 0)
        return !entry->open ? ENTRY_FOREIGN : entry_finish(entry, ret) ? ENTRY_DONE : ENTRY_TAKEN;
    if (!span_cut(trimmed, '=', &name, &value)) {
        if (!entry->open || !is_field_name(line))
            return ENTRY_FOREIGN;
        entry->wanted = UINT64_MAX;
        entry->binary_is_message = span_is(line, "MESSAGE");
        entry->binary.n = 0;
        return ENTRY_TAKEN;
    }
    if (!is_field_name(name) || (!entry->open && !starts_entry(name)))
        return ENTRY_FOREIGN;
    /* verbose output has no blank line between entries */
    if (entry->open &&
        (span_is(name, "__CURSOR") || (span_is(name, "MESSAGE") && entry->has_message)))
        return entry_finish(entry, ret) ? ENTRY_DONE_AGAIN : ENTRY_TAKEN;
    if (!entry->open)
        entry_begin(entry, "journal-export");
    entry_field(entry, name, value);
    return ENTRY_TAKEN;
}

/* `"MESSAGE" : [` and then a byte value a line, for a message that is no UTF-8 */
static bool pretty_array(struct entry *entry, struct span s)
{
    uint64_t byte;
    if (!entry->in_array) {
        if (s.n == 0 || s.p[0] != '"' || s.p[s.n - 1] != '[' || span_starts(s, "\"dmesg\""))
            return false;
        if (!entry->open)
            entry_begin(entry, "journal-json");
        entry->in_array = true;
        entry->array_is_message = span_starts(s, "\"MESSAGE\"");
        entry->binary.n = 0;
        return true;
    }
    if (s.n > 0 && s.p[0] == ']') {
        entry->in_array = false;
        if (entry->array_is_message)
            entry_field(entry, SPAN_LIT("MESSAGE"), buf_span(&entry->binary));
        entry->binary.n = 0;
    } else if (num_eat_u64(&s, &byte) && byte < 256 && entry->binary.n < ARRAY_BYTES) {
        buf_char(&entry->binary, (char)byte);
    }
    return true;
}

enum entry_result entry_pretty_line(struct entry *entry, struct span line, struct record *ret)
{
    struct span s = span_trim(line), name, value;
    struct buf text = {0};
    if (pretty_array(entry, s))
        return ENTRY_TAKEN;
    if (s.n > 0 && s.n <= 4 && (s.p[0] == '}' || s.p[0] == ']' || s.p[0] == '{')) {
        if (!entry->open)
            return ENTRY_FOREIGN;
        return s.p[0] == '}' && entry_finish(entry, ret) ? ENTRY_DONE : ENTRY_TAKEN;
    }
    if (s.n == 0 || s.p[0] != '"' || !json_member(&s, &name, &value))
        return ENTRY_FOREIGN;
    if (!entry->open)
        entry_begin(entry,
                    span_is(name, "pri") || span_is(name, "fac") ? "dmesg-json" : "journal-json");
    if (json_text(value, &text))
        entry_field(entry, name, buf_span(&text));
    buf_free(&text);
    return ENTRY_TAKEN;
}

bool entry_json_line(struct entry *entry, struct span line, struct record *ret,
                     struct span *ret_inner)
{
    struct span s = line, name, value;
    struct buf text = {0};
    bool is_container = false;
    *ret_inner = SPAN_NONE;
    entry_begin(entry, "journal-json");
    while (json_member(&s, &name, &value)) {
        text.n = 0;
        if (!json_text(value, &text))
            continue;
        /* docker: {"log":"text\n","stream":"stdout","time":"..."}; shippers have other names */
        if (span_is(name, "log") || span_is(name, "message") || span_is(name, "line")) {
            is_container = true;
            replace(&entry->message, span_trim(buf_span(&text)));
        } else if (span_is(name, "time") && is_container) {
            struct span iso = buf_span(&text);
            stamp_eat_iso(&iso, &entry->record);
            entry->record.stamp = SPAN_NONE;
        } else {
            if (span_is(name, "pri") || span_is(name, "fac"))
                entry->record.carrier = "dmesg-json";
            entry_field(entry, name, buf_span(&text));
        }
    }
    buf_free(&text);
    entry->open = false;
    if (is_container) {
        entry->record.carrier = "container-json";
        *ret = entry->record;
        *ret_inner = buf_span(&entry->message);
        return false;
    }
    return entry_finish(entry, ret);
}
