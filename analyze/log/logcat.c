/* SPDX-License-Identifier: MIT */
#include "log/logcat.h"
#include "log/stamp.h"

#include "base/num.h"

static bool is_level(struct span word)
{
    return word.n == 1 && span_find_char(SPAN_LIT("VDIWEFS"), word.p[0]) < 7;
}

/* "[uid] pid tid level tag: text" */
static bool eat_owner(struct span *s, uint64_t *ret_pid, struct span *ret_tag)
{
    struct span t = *s, word = span_word(&t), tag;
    uint64_t tid;
    if (!num_u64(word,
                 ret_pid)) /* "root", "1000" would be taken for the pid: then the level fails */
        word = span_word(&t);
    struct span second = span_word(&t), level = span_word(&t);
    if (!num_u64(word, ret_pid) || !num_u64(second, &tid))
        return false;
    if (!is_level(level)) { /* a uid in digits came first */
        *ret_pid = tid;
        if (!num_u64(level, &tid) || !is_level(span_word(&t)))
            return false;
    }
    size_t colon = span_find_char(t, ':');
    if (colon == t.n || colon > 80)
        return false;
    tag = span_trim(span_slice(t, 0, colon));
    *ret_tag = tag;
    *s = span_skip(t, colon + 1);
    span_eat(s, " ");
    return true;
}

bool logcat_eat(struct span *s, struct record *ret, struct buf *scratch)
{
    struct span t = *s, tag;
    struct record stamped = *ret;
    uint64_t pid;
    if (!stamp_eat_logcat(&t, &stamped) || !eat_owner(&t, &pid, &tag))
        return false;
    *ret = stamped;
    ret->carrier = "logcat";
    if (pid != 0) {
        ret->ident = tag.n ? tag : SPAN_LIT("unknown");
        ret->ident_pid = pid;
    } else {
        ret->ident = SPAN_LIT("kernel");
        if (tag.n > 0) {
            scratch->n = 0;
            buf_add(scratch, tag);
            buf_str(scratch, ": ");
            buf_add(scratch, t);
            t = buf_span(scratch);
        }
    }
    *s = t;
    return true;
}
