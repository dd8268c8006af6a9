/* SPDX-License-Identifier: MIT */
#include "log/paste.h"

/* "\x1b[32m": the colours of dmesg --color=always and of terminals, on lines that begin with one */
static struct span without_colors(struct peeler *peeler, struct span s)
{
    if (!span_starts(s, "\x1b["))
        return s;
    peeler->colors.n = 0;
    while (s.n > 0) {
        if (span_starts(s, "\x1b[")) {
            size_t end = 2;
            while (end < s.n && ((s.p[end] >= '0' && s.p[end] <= '9') || s.p[end] == ';'))
                end++;
            if (end < s.n && (s.p[end] == 'm' || s.p[end] == 'K')) {
                s = span_skip(s, end + 1);
                continue;
            }
        }
        buf_char(&peeler->colors, s.p[0]);
        s = span_skip(s, 1);
    }
    return span_trim(buf_span(&peeler->colors));
}

/* What stands before a line of a whole file: a byte order mark, RS of RFC 7464 (journalctl -o
 * json-seq), "data: " of server-sent events (-o json-sse). */
static void eat_framing(struct span *s)
{
    struct span t = *s;
    span_eat(s, "\xef\xbb\xbf");
    span_eat(s, "\x1e");
    if (span_eat(&t, "data: ") && span_starts(t, "{"))
        *s = t;
}

/* Trailing blanks of terminals and CR of serial consoles; "> " of mails, also stacked. */
struct span paste_undo(struct peeler *peeler, struct span line)
{
    struct span s = span_trim(without_colors(peeler, span_trim(line)));
    eat_framing(&s);
    if (span_ends(s, "<br>") || span_ends(s, "<br/>") || span_ends(s, "<br />"))
        s = span_trim(span_slice(s, 0, span_rfind_char(s, '<')));
    while (s.n > 0 && s.p[0] == '>')
        s = span_trim_left(span_skip(s, 1));
    if (span_find_char(s, '&') == s.n ||
        !(span_has(s, "&lt;") || span_has(s, "&gt;") || span_has(s, "&amp;") ||
          span_has(s, "&quot;") || span_has(s, "&#") || span_has(s, "&nbsp;")))
        return s;
    peeler->scratch.n = 0;
    peel_unescape_html(s, &peeler->scratch);
    return buf_span(&peeler->scratch);
}
