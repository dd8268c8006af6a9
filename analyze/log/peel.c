/* SPDX-License-Identifier: MIT */
#include "log/peel.h"
#include "log/logcat.h"
#include "log/paste.h"
#include "log/stamp.h"
#include "log/tag.h"

#include "base/num.h"

/* CONTINUATION_BYTES: journalctl and dmesg put the further lines of a message below its first one,
 * behind blanks instead of the prefix, and no prefix is shorter. */
enum { LOOK_FOR_STAMP_BYTES = 200, CONTINUATION_BYTES = 8 };

static void note_priority(struct record *ret, uint64_t priority)
{
    ret->writer = priority >> 3 == 0 ? WRITER_KERNEL : WRITER_USER;
}

/* "[ T464] ", "[    C0] " of CONFIG_PRINTK_CALLER */
static void eat_caller(struct span *s, struct record *ret)
{
    struct span t = span_trim_left(*s), inner, rest;
    if (t.n < 4 || t.p[0] != '[' || !span_cut(span_skip(t, 1), ']', &inner, &rest))
        return;
    inner = span_trim(inner);
    uint64_t id;
    if (inner.n < 2 || inner.n > 12 || (inner.p[0] != 'T' && inner.p[0] != 'C') ||
        !num_u64(span_skip(inner, 1), &id))
        return;
    ret->caller = inner.p[0] == 'T' ? id : id | 1ull << 63;
    *s = rest;
}

/* "ncfrag=0/1500": netconsole cuts what is longer than a packet, drivers/net/netconsole.c */
static void note_fragment(struct span head, struct span text, struct record *ret)
{
    struct span part;
    uint64_t offset, length;
    if (!span_cut(span_skip(head, span_find(head, SPAN_LIT("ncfrag="))), '=', &part, &part) ||
        !num_eat_u64(&part, &offset) || !span_eat(&part, "/") || !num_eat_u64(&part, &length))
        return;
    ret->goes_on = offset + text.n < length;
    ret->is_rest = offset > 0;
}

/* "4,1234,5678901234,-,caller=T464;text", kernel/printk/printk.c info_print_ext_header */
static bool eat_kmsg(struct span *s, struct record *ret)
{
    struct span head, rest, part;
    uint64_t priority, seq, us;
    if (s->n == 0 || s->p[0] < '0' || s->p[0] > '9' || !span_cut(*s, ';', &head, &rest) ||
        head.n > 120)
        return false;
    if (!span_cut(head, ',', &part, &head) || !num_u64(part, &priority) ||
        !span_cut(head, ',', &part, &head) || !num_u64(part, &seq) ||
        !span_cut(head, ',', &part, &head) || !num_u64(part, &us) || us > INT64_MAX)
        return false;
    ret->stamp = part;
    ret->seq = seq;
    ret->has_seq = ret->has_time = true;
    ret->time_us = (int64_t)us;
    note_priority(ret, priority);
    size_t at = span_find(head, SPAN_LIT("caller="));
    if (at < head.n) {
        struct span id = span_skip(head, at + 7);
        span_cut(id, ',', &id, &part);
        uint64_t value;
        if (id.n > 1 && num_u64(span_skip(id, 1), &value))
            ret->caller = id.p[0] == 'T' ? value : value | 1ull << 63;
    }
    *s = rest;
    note_fragment(head, rest, ret);
    return true;
}

/* "<4>" */
static bool eat_priority(struct span *s, struct record *ret)
{
    struct span digits, rest;
    uint64_t priority;
    if (s->n < 3 || s->p[0] != '<' || !span_cut(span_skip(*s, 1), '>', &digits, &rest) ||
        digits.n > 3 || !num_u64(digits, &priority))
        return false;
    if (!ret->has_prefix || priority >> 3 != 0) /* a container prints what it likes */
        note_priority(ret, priority);
    *s = rest;
    return true;
}

/* "kern  :warn  : " of dmesg -x */
static bool eat_decoded(struct span *s, struct record *ret)
{
    static const char *const facilities[] = {"kern",   "user", "mail", "daemon", "auth",
                                             "syslog", "lpr",  "news", "uucp",   "cron"};
    struct span facility, level, rest;
    if (!span_cut(*s, ':', &facility, &rest) || facility.n > 9 ||
        !span_cut(rest, ':', &level, &rest) || level.n > 7 || level.n < 3)
        return false;
    facility = span_trim(facility);
    for (size_t i = 0; i < sizeof(facilities) / sizeof(*facilities); i++)
        if (span_is(facility, facilities[i])) {
            ret->writer = i == 0 ? WRITER_KERNEL : WRITER_USER;
            *s = span_trim_left(rest);
            return true;
        }
    return false;
}

static bool is_kernel_tag(struct span ident)
{
    return span_is(ident, "kernel") || span_is(ident, "klogd");
}

/* A stamp and what follows it in that carrier. Names the carrier. */
static bool eat_syslog_like(struct span *s, struct record *ret)
{
    struct span t = *s;
    if (stamp_eat_syslog(&t, ret)) {
        ret->carrier = "syslog";
    } else if (stamp_eat_iso(&t, ret)) {
        struct span stream = span_trim_left(t);
        bool comma = span_find_char(ret->stamp, ',') < ret->stamp.n;
        if (span_eat(&stream, "stdout ") || span_eat(&stream, "stderr ")) {
            ret->goes_on = span_is(span_word(&stream), "P"); /* F ends what P began */
            ret->carrier = "container-cri";
            *s = span_skip(stream, 1);
            return true;
        }
        ret->carrier = comma ? "dmesg-iso" : "syslog-iso";
        if (comma)
            eat_caller(&t, ret);
        if (comma || !tag_eat_host(&t, ret)) {
            *s = span_trim_left(t);
            return true;
        }
        *s = t;
        return true;
    } else if (stamp_eat_full(&t, ret)) {
        ret->carrier = "journal-full";
    } else if (stamp_eat_unix(&t, ret)) {
        ret->carrier = "journal-unix";
    } else {
        return false;
    }
    if (!tag_eat_host(&t, ret))
        t = span_trim_left(t);
    *s = t;
    return true;
}

/* "192.0.2.1: kern: warning: [2024-01-01T00:00:00.1Z]: text" of Talos;
 * "warning|kernel[-]|[2919920.4] text" of other shippers; "... kernel: text" of edited pastes */
static bool eat_shipper(struct span *s, struct record *ret)
{
    struct span t = *s, rest;
    size_t at = span_find(span_slice(t, 0, 64), SPAN_LIT(" kern: "));
    if (at < 48 && at < t.n) {
        t = span_skip(t, at + 7);
        if (span_cut(t, '[', &rest, &t) && rest.n < 16 && stamp_eat_iso(&t, ret) &&
            span_eat(&t, "]: ")) {
            ret->carrier = "talos";
            ret->writer = WRITER_KERNEL;
            *s = t;
            return true;
        }
        t = *s;
    }
    at = span_find(span_slice(t, 0, 32), SPAN_LIT("|kernel[-]|"));
    if (at < t.n && at < 21) {
        ret->ident = SPAN_LIT("kernel");
        *s = span_skip(t, at + 11);
        return true;
    }
    if (span_eat(&t, "... kernel: ") || span_eat(&t, "kernel: ") || span_eat(&t, "kernel:[")) {
        ret->ident = SPAN_LIT("kernel");
        ret->carrier = "syslog";
        if (t.p[-1] == '[')
            t = (struct span){t.p - 1, t.n + 1};
        *s = t;
        return true;
    }
    return false;
}

/* A record that begins in the middle of a line, behind what another program wrote without a line
 * feed: "Creating journal: [   35.4] mkfs invoked" */
static bool eat_up_to_stamp(struct span *s, struct record *ret)
{
    struct span window = span_slice(*s, 0, LOOK_FOR_STAMP_BYTES);
    for (size_t i = 1; i < window.n; i++) {
        struct span t = span_skip(*s, i);
        if (s->p[i] == '[' && (s->p[i - 1] == ' ' || s->p[i - 1] == '|') &&
            stamp_eat_boot(&t, ret)) {
            *s = t;
            return true;
        }
    }
    return false;
}

static void eat_dmesg_rest(struct span *s, struct record *ret)
{
    struct span t;
    eat_caller(s, ret);
    *s = span_trim_left(*s);
    t = *s;
    /* short-monotonic: "[ 5678.901234] host kernel: text" */
    span_word(&t);
    t = span_trim_left(t);
    if (!ret->ident.n && span_eat(&t, "kernel: ")) {
        ret->ident = SPAN_LIT("kernel");
        ret->carrier = "journal-monotonic";
        *s = t;
    }
}

/* Peels one layer off. False when there is none left. */
static bool peel_layer(struct peeler *peeler, struct span *s, struct record *ret)
{
    bool is_tagged = ret->ident.n > 0;
    if (is_tagged && !is_kernel_tag(ret->ident))
        return false; /* a program's text is its own, whatever it looks like */
    if (!ret->has_prefix && eat_kmsg(s, ret)) {
        ret->carrier = "kmsg";
    } else if (!ret->has_prefix && logcat_eat(s, ret, &peeler->tagged)) {
        ;
    } else if (!is_tagged && !ret->has_time && eat_priority(s, ret)) {
        ret->carrier = tag_eat_rfc5424(s, ret) ? "syslog-5424" : "syslog-priority";
    } else if (!ret->has_time && stamp_eat_boot(s, ret)) {
        if (!ret->carrier || ret->carrier[0] == 'd')
            ret->carrier = "dmesg";
        eat_dmesg_rest(s, ret);
    } else if (!ret->has_time && !ret->has_clock && stamp_eat_date(s, ret)) {
        ret->carrier = "dmesg-T";
        eat_dmesg_rest(s, ret);
    } else if (!ret->has_prefix && stamp_eat_relative(s, ret)) {
        ret->carrier = "dmesg-reltime";
        eat_dmesg_rest(s, ret);
    } else if (!ret->has_clock && !is_tagged && eat_syslog_like(s, ret)) {
        ;
    } else if (!ret->has_prefix && tag_eat_rfc5424(s, ret)) {
        ret->carrier = "syslog-5424"; /* a file that leaves out the priority */
    } else if (!ret->has_prefix && (eat_decoded(s, ret) || eat_shipper(s, ret))) {
        if (!ret->carrier)
            ret->carrier = "dmesg-x";
    } else {
        return false;
    }
    ret->has_prefix = true;
    return true;
}

static bool is_separator(struct span s)
{
    return s.n == 0 || span_starts(s, "-- Logs begin") || span_starts(s, "-- Journal begins") ||
           span_starts(s, "-- No entries") || span_is(s, "--") || span_is(s, "...") ||
           span_starts(s, "Panic#") || span_starts(s, "Oops#") || span_starts(s, "====");
}

/* Undoes what the carrier did to the text. */
static void unescape(struct peeler *peeler, struct record *ret)
{
    bool is_kmsg = ret->has_seq && span_find_char(ret->text, '\\') < ret->text.n;
    bool is_rsyslog = ret->has_clock && !ret->has_seq && span_has(ret->text, "#0");
    if (!is_kmsg && !is_rsyslog)
        return;
    peeler->text.n = 0;
    if (is_kmsg)
        peel_unescape_kmsg(ret->text, &peeler->text);
    else
        peel_unescape_rsyslog(ret->text, &peeler->text);
    ret->text = buf_span(&peeler->text);
}

static enum peeled entry_line(enum entry_result result, bool *ret_again)
{
    *ret_again = result == ENTRY_DONE_AGAIN;
    return result == ENTRY_TAKEN ? PEELED_NOTHING : PEELED_RECORD;
}

/* The rest of a record that its carrier cut begins with a prefix too, and then with any text. */
static bool peel_rest_of_record(struct peeler *peeler, struct span *s, struct record *ret)
{
    if (!peeler->is_rest || !eat_syslog_like(s, ret) ||
        !span_is(span_of(ret->carrier), "container-cri"))
        return false;
    ret->has_prefix = ret->is_rest = true;
    return true;
}

static enum peeled peel_text(struct peeler *peeler, struct span s, struct record *ret)
{
    bool is_rest = peel_rest_of_record(peeler, &s, ret);
    for (unsigned layers = 0; !is_rest && layers < 6 && peel_layer(peeler, &s, ret); layers++)
        s = ret->has_seq ? s : span_trim_left(s);
    peeler->is_rest = ret->goes_on && !ret->has_seq;
    if (!ret->has_prefix && eat_up_to_stamp(&s, ret)) {
        ret->has_prefix = true;
        ret->carrier = "dmesg";
        eat_dmesg_rest(&s, ret);
    }
    if (ret->ident.n > 0 && !is_kernel_tag(ret->ident))
        ret->writer = WRITER_USER;
    if (peeler->only_kmsg && !ret->has_seq)
        ret->writer = WRITER_USER;
    ret->text = s;
    unescape(peeler, ret);
    return ret->has_prefix ? PEELED_RECORD : PEELED_BARE;
}

enum peeled peel_line(struct peeler *peeler, struct span line, uint32_t number, struct record *ret,
                      bool *ret_again)
{
    *ret = (struct record){.line = number, .last_line = number};
    *ret_again = false;
    peeler->entry.line = number;
    if (peeler->only_kmsg && line.n > 0 && line.p[0] == ' ')
        return PEELED_NOTHING; /* " SUBSYSTEM=pci" behind a record */
    if (!peeler->only_kmsg) {
        enum entry_result result = entry_export_line(&peeler->entry, line, ret);
        if (result == ENTRY_FOREIGN)
            result = entry_pretty_line(&peeler->entry, line, ret);
        if (result != ENTRY_FOREIGN)
            return entry_line(result, ret_again);
    }
    struct span s = paste_undo(peeler, line);
    if (is_separator(s))
        return PEELED_NOTHING;
    size_t indent = line.n - span_trim_left(line).n;
    bool is_users = peeler->is_users && indent > peeler->indent + CONTINUATION_BYTES;
    peeler->is_users = is_users;
    if (s.p[0] == '{' && s.n > 2) {
        struct span inner;
        if (entry_json_line(&peeler->entry, s, ret, &inner)) {
            ret->line = ret->last_line = number;
            return PEELED_RECORD;
        }
        if (!inner.p)
            return PEELED_NOTHING;
        ret->line = ret->last_line = number;
        ret->has_prefix = true;
        s = inner;
    }
    if (is_users) { /* whatever it looks like */
        ret->text = s;
        ret->writer = WRITER_USER;
        return PEELED_BARE;
    }
    enum peeled peeled = peel_text(peeler, s, ret);
    peeler->is_users = ret->writer == WRITER_USER && ret->has_prefix;
    peeler->indent = indent;
    return peeled;
}

bool peel_rest(struct peeler *peeler, struct record *ret)
{
    return peeler->entry.open && entry_finish(&peeler->entry, ret);
}

void peel_free(struct peeler *peeler)
{
    buf_free(&peeler->text);
    buf_free(&peeler->scratch);
    buf_free(&peeler->tagged);
    buf_free(&peeler->colors);
    entry_free(&peeler->entry);
}
