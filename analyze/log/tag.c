/* SPDX-License-Identifier: MIT */
#include "log/tag.h"
#include "log/stamp.h"

#include "base/num.h"

/* "ident:", "ident[123]:" */
static bool eat_tag(struct span *s, struct record *ret)
{
    struct span t = *s, tag, pid, rest;
    size_t colon = span_find_char(t, ':');
    if (colon == 0 || colon == t.n || colon > 80)
        return false;
    tag = span_slice(t, 0, colon);
    if (span_find_char(tag, ' ') < tag.n && span_find_char(tag, '[') == tag.n)
        return false;
    if (colon + 1 < t.n && t.p[colon + 1] != ' ' && t.p[colon + 1] != '[' &&
        !span_is(tag, "kernel"))
        return false;
    if (span_cut(tag, '[', &tag, &pid)) {
        if (!span_cut(pid, ']', &pid, &rest) || !num_u64(pid, &ret->ident_pid))
            ret->ident_pid = 0;
    }
    ret->ident = tag;
    *s = span_trim_left(span_skip(t, colon + 1));
    return true;
}

/* "host tag[pid]: text", with busybox's "kern.warn" in between */
bool tag_eat_host(struct span *s, struct record *ret)
{
    struct span t = span_trim_left(*s);
    struct span host = span_word(&t), after = span_trim_left(t);
    if (host.n == 0 || host.n > 255 || host.p[0] == '[')
        return false;
    /* "2024-01-01T00:00:00Z CPU: 1 PID: 2" of a container's log is no tag */
    bool has_iso_stamp = ret->stamp.n > 4 && ret->stamp.p[4] == '-';
    if (host.p[host.n - 1] == ':' && has_iso_stamp && !span_is(host, "kernel:"))
        return false;
    if (host.p[host.n - 1] == ':') { /* no host: "Jan  1 00:00:00 kernel: text" */
        after = span_trim_left(*s);
    } else {
        struct span facility = after, word = span_word(&facility);
        size_t dot = span_find_char(word, '.');
        if (dot > 0 && dot < word.n && dot <= 8 && span_find_char(word, ':') == word.n &&
            word.n <= 16)
            after = span_trim_left(facility);
    }
    if (!eat_tag(&after, ret))
        return false;
    *s = after;
    return true;
}

/* "1 2024-01-01T00:00:00.123456+00:00 host app procid msgid - text" behind "<4>" */
bool tag_eat_rfc5424(struct span *s, struct record *ret)
{
    struct span t = *s;
    if (!span_eat(&t, "1 ") || !stamp_eat_iso(&t, ret))
        return false;
    span_word(&t);
    ret->ident = span_word(&t);
    struct span pid = span_word(&t);
    num_u64(pid, &ret->ident_pid);
    span_word(&t);
    t = span_trim_left(t);
    if (t.n > 0 && t.p[0] == '[') { /* structured data; a ']' in a value is escaped */
        size_t end = span_find(t, SPAN_LIT("] "));
        t = span_skip(t, end < t.n ? end + 1 : t.n);
    } else {
        span_word(&t);
    }
    t = span_trim_left(t);
    span_eat(&t, "\xef\xbb\xbf");
    *s = t;
    return true;
}
