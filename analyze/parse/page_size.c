/* SPDX-License-Identifier: MIT */
#include "parse/page_size.h"

#include "base/lines.h"
#include "base/num.h"
#include "parse/path.h"
#include "parse/parse_parts.h"
#include "parse/observe.h"

enum { SMALLEST_KIB = 4, LARGEST_KIB = 64 };

struct guess {
    int64_t kib; /* 0 = none yet */
    struct where where;
};

/* "KernelPageSize:        4 kB" of smaps: huge mappings have larger ones, so that the smallest
 * counts. */
static void from_smaps(const struct file *file, struct guess *guess)
{
    struct lines lines = lines_of(file->text);
    struct span line;
    int64_t kib;
    while (lines_next(&lines, &line)) {
        if (!span_eat(&line, "KernelPageSize:") || !span_ends(line, " kB"))
            continue;
        line = span_trim(span_slice(line, 0, line.n - 3));
        if (num_i64(line, &kib) && kib >= SMALLEST_KIB && kib <= LARGEST_KIB &&
            (guess->kib == 0 || kib < guess->kib))
            *guess = (struct guess){kib, {file->member, lines.number}};
    }
}

static bool read_after(struct span line, const char *key, int64_t *ret_number)
{
    line = span_trim(line);
    return span_eat(&line, key) && num_i64(span_trim(line), ret_number);
}

/* The managed pages of all zones are MemTotal (mm/page_alloc.c: totalram_pages); zones can be added
 * or taken between the two reads, so that a tenth is left between sizes that are a factor apart. */
static void from_zoneinfo(const struct parse *parse, struct guess *guess)
{
    const struct file *zoneinfo = parse_file(parse, "proc/zoneinfo");
    const struct file *meminfo = parse_file(parse, "proc/meminfo");
    struct span line;
    int64_t pages, total_pages = 0, total_kib = 0;
    if (!zoneinfo || !meminfo)
        return;
    struct lines lines = lines_of(zoneinfo->text);
    uint32_t at = 0;
    while (lines_next(&lines, &line))
        if (read_after(line, "managed", &pages) && pages < INT64_MAX / 1024 - total_pages) {
            total_pages += pages;
            at = lines.number;
        }
    lines = lines_of(meminfo->text);
    while (lines_next(&lines, &line))
        if (span_eat(&line, "MemTotal:") && span_ends(line, " kB"))
            num_i64(span_trim(span_slice(line, 0, line.n - 3)), &total_kib);
    for (int64_t kib = SMALLEST_KIB; kib <= LARGEST_KIB && total_pages; kib *= 2) {
        int64_t expect = total_pages * kib, difference = expect - total_kib;
        if (difference <= expect / 10 && difference >= -(expect / 10))
            *guess = (struct guess){kib, {zoneinfo->member, at}};
    }
}

void page_size_find(struct parse *parse)
{
    struct guess guess = {0};
    if (parse->page_size_bytes)
        return;
    for (uint32_t i = 0; i < parse->n_files && guess.kib != SMALLEST_KIB; i++)
        if (parse->files[i].sample == SAMPLE_ROOT && !parse->files[i].distrusted &&
            span_is(path_last(parse->files[i].path), "smaps"))
            from_smaps(&parse->files[i], &guess);
    if (guess.kib == 0)
        from_zoneinfo(parse, &guess);
    if (guess.kib == 0)
        return;
    parse->page_size_bytes = guess.kib * 1024;
    store_set(parse->store, F_host_page_size, 0, guess.kib * 1024, guess.where);
    observe(parse->store, OBS_NOTE, guess.where,
            "the page size is not stated; it is taken from this line", SPAN_NONE);
}
