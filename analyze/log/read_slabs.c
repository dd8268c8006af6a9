/* SPDX-License-Identifier: MIT */
#include "log/read.h"

#include "base/num.h"

/* "kmalloc-64           12KB         16KB", mm/slab_common.c dump_unreclaimable_slab. The name may
 * hold blanks. */
static void read_slab(struct reading *in)
{
    struct span t = span_trim(in->text), name;
    int64_t value[2];
    for (int i = 1; i >= 0; i--) {
        size_t blank = t.n;
        while (blank > 0 && t.p[blank - 1] != ' ')
            blank--;
        struct span word = span_skip(t, blank);
        if (!span_ends(word, "KB") || !num_i64(span_slice(word, 0, word.n - 2), &value[i]) ||
            value[i] > INT64_MAX / 1024)
            return;
        t = span_trim(span_slice(t, 0, blank));
    }
    name = t;
    struct child *row = report_child(in->report, T_oom_slabs);
    child_set_text(in->report, row, F_oom_slabs_name, name, in->where);
    child_set(row, F_oom_slabs_used, value[0] * 1024, in->where);
    child_set(row, F_oom_slabs_total, value[1] * 1024, in->where);
}

/* "38.4 MiB", three digits: lib/string_helpers.c string_get_size, binary units */
static bool read_size(struct span number, struct span unit, int64_t *ret_bytes)
{
    static const char letters[] = "BKMGTP";
    int64_t hundredths, scale = 1;
    size_t power = unit.n ? span_find_char(SPAN_LIT("BKMGTP"), unit.p[0]) : sizeof(letters);
    if (power >= sizeof(letters) - 1 || !num_fixed(number, 2, &hundredths))
        return false;
    for (size_t i = 0; i < power; i++)
        scale *= 1024;
    *ret_bytes = num_muldiv(hundredths, scale, 100);
    return true;
}

/* "    38.4 MiB     1234 mm/slub.c:2317 func:alloc_slab_page" (6.10 and later) */
static void read_allocation(struct reading *in)
{
    struct span t = in->text, number = span_word(&t), unit = span_word(&t), calls = span_word(&t);
    int64_t bytes, n;
    if (!read_size(number, unit, &bytes) || !num_i64(calls, &n))
        return;
    struct child *row = report_child(in->report, T_oom_allocations);
    child_set_text(in->report, row, F_oom_allocations_site, span_trim(t), in->where);
    child_set(row, F_oom_allocations_bytes, bytes, in->where);
    child_set(row, F_oom_allocations_calls, n, in->where);
}

void read_slabs(struct reading *in, enum line_kind kind)
{
    struct report *r = in->report;
    if (kind == LINE_SLAB_HEAD || kind == LINE_ALLOC_HEAD) {
        r->block = kind;
        r->is_plain |= kind == LINE_SLAB_HEAD; /* only for memory of the machine, dump_header */
    } else if (kind == LINE_SLAB && r->block == LINE_SLAB_HEAD) {
        read_slab(in);
    } else if (kind == LINE_ALLOC && r->block == LINE_ALLOC_HEAD) {
        read_allocation(in);
    }
}
