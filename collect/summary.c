/* SPDX-License-Identifier: MIT */
#include "summary.h"
#include "clock.h"
#include "say.h"

#include <unistd.h>

static void put_missing(struct text *t, const struct manifest *m)
{
    static const enum outcome said[] = {OUTCOME_DENIED,    OUTCOME_TIMEOUT,     OUTCOME_ABANDONED,
                                        OUTCOME_TRUNCATED, OUTCOME_OVER_BUDGET, OUTCOME_ERROR};
    bool any = false;

    for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++) {
        if (!m->outcomes[said[i]])
            continue;
        text_str(t, any ? ", " : "collect: not all was read: ");
        text_u64(t, m->outcomes[said[i]]);
        text_char(t, ' ');
        text_str(t, outcome_word(said[i]));
        any = true;
    }
    if (any)
        text_str(t, m->outcomes[OUTCOME_DENIED] && geteuid()
                        ? " (root may read more); the manifest says which\n"
                        : "; the manifest says which\n");
}

void summary_say(const struct capture *c, int code)
{
    char line[512];
    struct text t = TEXT_ON(line);
    uint64_t ms = (clock_now_ns() - c->budget.start_ns) / NS_PER_MS;

    text_str(&t, code == EXIT_COMPLETE ? "collect: complete: " : "collect: partial: ");
    text_u64(&t, c->manifest.members);
    text_str(&t, " members, ");
    text_u64(&t, c->out.bytes_out / 1024);
    text_str(&t, " KiB, ");
    text_u64(&t, ms);
    text_str(&t, " ms\n");
    put_missing(&t, &c->manifest);
    if (capture_signal)
        text_str(&t, "collect: a signal ended the capture early\n");
    say_err(line, t.n);
}
