/* SPDX-License-Identifier: MIT */
#include "parse/value.h"

#include "base/num.h"
#include "parse/parse_parts.h"
#include "parse/observe.h"

/* Limits that the kernel prints for "none": LLONG_MAX and ULLONG_MAX of the
 * old res_counter, ULONG_MAX - 2^24 of kernel.shmmax, and PAGE_COUNTER_MAX pages, which is 2^63
 * less one page on 64 bit (pages of up to 64 KiB) and LONG_MAX pages on 32 bit. */
static bool is_no_limit(const struct parse *parse, uint64_t bytes)
{
    if (bytes >= (uint64_t)INT64_MAX - 65535)
        return true;
    if (bytes != UINT64_C(2147483647) * 4096)
        return false;
    struct fact machine = store_fact(parse->store, F_host_machine, 0);
    return machine.state == FACT_KNOWN && !span_ends(machine.text, "64") &&
           !span_starts(machine.text, "s390");
}

static struct value bad(void)
{
    return (struct value){.state = VALUE_BAD};
}

static struct value number(int64_t n)
{
    return (struct value){.state = VALUE_OK, .number = n};
}

/* An amount: no kernel prints one below zero. */
static struct value scaled(struct span text, int64_t factor)
{
    int64_t n;
    return num_i64(text, &n) && n >= 0 && num_mul(n, factor, &n) ? number(n) : bad();
}

static struct value bytes_value(const struct parse *parse, struct span text)
{
    uint64_t n;
    if (span_is(text, "max") || span_is(text, "unlimited"))
        return (struct value){.state = VALUE_UNLIMITED};
    if (!num_u64(text, &n))
        return bad();
    return is_no_limit(parse, n) ? (struct value){.state = VALUE_UNLIMITED} : number((int64_t)n);
}

struct value value_pages(const struct parse *parse, uint64_t pages)
{
    uint64_t bytes;
    if (pages >= (uint64_t)INT64_MAX)
        return (struct value){.state = VALUE_UNLIMITED};
    if (parse->page_size_bytes == 0)
        return (struct value){.state = VALUE_UNKNOWN};
    if (__builtin_mul_overflow(pages, (uint64_t)parse->page_size_bytes, &bytes) ||
        bytes > INT64_MAX)
        return (struct value){.state = VALUE_UNLIMITED};
    return number((int64_t)bytes);
}

/* "always [madvise] never" */
static struct value choice(struct span text)
{
    struct span head, tail, word;
    if (!span_cut(text, '[', &head, &tail) || !span_cut(tail, ']', &word, &tail) || word.n == 0)
        return bad();
    return (struct value){.state = VALUE_OK, .text = word};
}

static struct value flag(struct span text)
{
    if (span_is(text, "1") || span_is(text, "Y"))
        return number(1);
    return span_is(text, "0") || span_is(text, "N") ? number(0) : bad();
}

static struct value one(struct span text)
{
    int64_t n;
    if (span_is(text, "max") || span_is(text, "unlimited"))
        return (struct value){.state = VALUE_UNLIMITED};
    return num_i64(text, &n) ? number(n) : bad();
}

struct value value_read(const struct parse *parse, enum source_unit unit, struct span text,
                        bool has_unit)
{
    uint64_t pages;
    int64_t n;
    switch (unit) {
    case UNIT_ONE:
        return one(text);
    case UNIT_KIB:
        if (has_unit && !span_ends(text, " kB"))
            return bad();
        return scaled(has_unit ? span_trim(span_slice(text, 0, text.n - 3)) : text, 1024);
    case UNIT_PAGES:
        return num_u64(text, &pages) ? value_pages(parse, pages) : bad();
    case UNIT_BYTES:
        return bytes_value(parse, text);
    case UNIT_USEC:
        return scaled(text, 1);
    case UNIT_SEC:
        return scaled(text, 1000000);
    case UNIT_TICKS:
        return scaled(text, 10000);
    case UNIT_PERCENT:
        return num_fixed(text, 2, &n) && n >= 0 ? number(n) : bad();
    case UNIT_FLAG:
        return flag(text);
    case UNIT_TEXT:
        return (struct value){.state = VALUE_OK, .text = text};
    case UNIT_CHOICE:
        return choice(text);
    }
    return bad();
}

static void put(const struct reading *r, enum field_id field, uint32_t row, struct value value,
                uint32_t line)
{
    struct where where = place(r, line);
    if (value.state == VALUE_UNLIMITED)
        store_set_unlimited(r->store, field, row, where);
    else if (value.state == VALUE_BAD || value.state == VALUE_CUT)
        store_set_unreadable(r->store, field, row, where);
    else if (value.state == VALUE_OK && schema_field(field)->type == FACT_TEXT)
        store_set_text(r->store, field, row, value.text, where);
    else if (value.state == VALUE_OK)
        store_set(r->store, field, row, value.number, where);
}

/* Counters begin anew with each boot: of an older bundle of another boot, only amounts compare. */
static bool is_other_count(const struct reading *r, enum field_id field)
{
    return r->file->from == FROM_OLD_BUNDLE && !r->parse->same_boot &&
           schema_field(field)->type != FACT_BYTES;
}

void value_put(const struct reading *r, enum field_id field, struct value value, uint32_t line,
               struct span what)
{
    bool may_be_negative = field == F_processes_oom_score_adj; /* alone of all that is counted */
    if (r->file->sample != SAMPLE_ROOT)
        field = schema_field(field)->sample;
    uint32_t row = r->file->sample == SAMPLE_ROOT ? r->row : r->sample_row;
    if (value.state == VALUE_OK && value.number < 0 && !may_be_negative)
        value = bad();
    if (field == FIELD_NONE || row == ROW_NONE || is_other_count(r, field))
        return;
    if (value.state == VALUE_BAD)
        observe(r->store, OBS_MALFORMED, place(r, line),
                "the value of this key is not what the kernel "
                "prints there: ",
                what);
    put(r, field, row, value, line);
}

void value_put_row(const struct reading *r, enum field_id field, uint32_t row, struct value value,
                   uint32_t line)
{
    put(r, field, row, value, line);
}
