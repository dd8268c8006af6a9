/* SPDX-License-Identifier: MIT */
#include "derive/growth.h"

#include "base/num.h"
#include "derive/change.h"

#define P(name) F_processes_##name
#define C(name) F_cgroups_##name

struct growth_def {
    enum field_id result, sample;
};

static const struct growth_def process_growth[] = {
    {P(rss_growth), F_process_samples_rss},
    {P(pss_growth), F_process_samples_pss},
    {P(anon_growth), F_process_samples_rss_anon},
    {P(private_dirty_growth), F_process_samples_private_dirty},
};

static const struct growth_def cgroup_growth[] = {
    {C(current_growth), F_cgroup_samples_current},
    {C(anon_growth), F_cgroup_samples_anon},
    {C(shmem_growth), F_cgroup_samples_shmem},
    {C(high_events_growth), F_cgroup_samples_events_high},
};

static void set_growth(struct store *store, const struct growth_def *defs, size_t n, uint32_t row)
{
    struct change change;

    for (size_t i = 0; i < n; i++)
        if (change_read(store, defs[i].sample, row, &change))
            change_set_amount(&change, store, defs[i].result, row);
}

static void set_rate(struct store *store, enum field_id result, enum field_id sample, uint32_t row)
{
    struct change change;

    if (change_read(store, sample, row, &change))
        change_set_rate(&change, store, result, row, 1);
}

static void set_page_rate(struct store *store, enum field_id result, enum field_id sample,
                          uint32_t row)
{
    struct change change;
    int64_t page_bytes;

    if (change_read(store, sample, row, &change) &&
        cites_number(&change.cites, store, F_host_page_size, 0, &page_bytes))
        change_set_rate(&change, store, result, row, page_bytes);
    cites_free(&change.cites);
}

/* The course of RSS over the samples of a process. */
struct course {
    int64_t first, last, middle; /* middle: the first of the second half */
    int64_t first_us, last_us, middle_us;
    uint32_t n;
    bool rises; /* in every interval */
    bool stays; /* within the second half, all within two percent of the middle */
    struct cites cites;
};

enum { FLAT_PERCENT = 2 };

static bool is_near(int64_t a, int64_t b)
{
    int64_t apart = a > b ? a - b : b - a;
    return apart <= INT64_MAX / 100 && apart * 100 < b * FLAT_PERCENT;
}

static uint32_t sample_count(const struct store *store, uint32_t process)
{
    uint32_t n = 0;

    for (uint32_t row = ROW_NONE;
         (row = store_row_next(store, T_process_samples, process, row)) != ROW_NONE;)
        n++;
    return n;
}

/* False when the RSS of a sample is not known: a hole could hide a fall. */
static bool course_read(const struct store *store, uint32_t process, struct course *course)
{
    uint32_t samples = sample_count(store, process);
    int64_t rss, time_us;

    *course = (struct course){.rises = true, .stays = true};
    cites_add(&course->cites, ref_complete(T_process_samples, process));
    for (uint32_t row = ROW_NONE;
         (row = store_row_next(store, T_process_samples, process, row)) != ROW_NONE;) {
        if (!cites_number(&course->cites, store, F_process_samples_rss, row, &rss) ||
            !cites_number(&course->cites, store, F_process_samples_time, row, &time_us))
            return false;
        if (course->n == 0)
            course->first = rss, course->first_us = time_us;
        else if (rss <= course->last)
            course->rises = false;
        if (course->n == samples / 2)
            course->middle = rss, course->middle_us = time_us;
        else if (course->n > samples / 2 && !is_near(rss, course->middle))
            course->stays = false;
        course->last = rss;
        course->last_us = time_us;
        course->n++;
    }
    return course->n >= 3 && store_is_complete(store, T_process_samples, process);
}

enum flatness { NOT_FLAT, FLAT, FLAT_UNKNOWN };

/* A tenth of the mean rate, or less, is left at the end. Where the samples are far from even (an
 * older bundle, then a moment of this one) the end is too short to call it a plateau. */
static enum flatness flatness_of(const struct course *course)
{
    int64_t span_us = course->last_us - course->first_us;
    int64_t tail_us = course->last_us - course->middle_us;
    if (!course->stays || span_us <= 0 || tail_us <= 0)
        return NOT_FLAT;
    if (!is_near(course->last, course->first)) {
        int64_t mean = num_muldiv(course->last - course->first, tail_us, span_us);
        int64_t tail = course->last - course->middle;
        if (tail > mean / 10 && mean > 0)
            return NOT_FLAT;
    }
    return tail_us >= span_us / 4 ? FLAT : FLAT_UNKNOWN;
}

static void set_course(struct store *store, uint32_t process)
{
    struct course course;

    if (course_read(store, process, &course)) {
        enum flatness flatness = flatness_of(&course);
        store_compute(store, P(growth_steady), process, course.rises, course.cites.refs,
                      course.cites.n);
        if (flatness != FLAT_UNKNOWN)
            store_compute(store, P(growth_flat), process, flatness == FLAT, course.cites.refs,
                          course.cites.n);
    }
    cites_free(&course.cites);
}

void derive_growth(struct store *store)
{
    for (uint32_t row = ROW_NONE; (row = store_row_next(store, T_processes, 0, row)) != ROW_NONE;) {
        set_growth(store, process_growth, sizeof(process_growth) / sizeof(*process_growth), row);
        set_rate(store, P(growth_rate), F_process_samples_rss, row);
        set_course(store, row);
    }
    for (uint32_t row = ROW_NONE; (row = store_row_next(store, T_cgroups, 0, row)) != ROW_NONE;) {
        set_growth(store, cgroup_growth, sizeof(cgroup_growth) / sizeof(*cgroup_growth), row);
        set_rate(store, C(growth_rate), F_cgroup_samples_current, row);
        set_page_rate(store, C(refault_rate), F_cgroup_samples_workingset_refault_file, row);
    }
}
