/* SPDX-License-Identifier: MIT */
/* Why a fact that takes several samples is missing. */
#include "verdict/say.h"

static struct span sample_file(struct maker *m, struct ref ref, int64_t sample)
{
    struct span key = store_row_key(m->store, (enum table_id)ref.table, ref.row);
    return span_of(ref.table == T_processes
                       ? arena_printf(m->arena, "samples/%lld/proc/" SPAN_FMT "/status",
                                      (long long)sample, SPAN_ARG(key))
                       : arena_printf(m->arena,
                                      "samples/%lld/sys/fs/cgroup" SPAN_FMT "/memory.current",
                                      (long long)sample, SPAN_ARG(key)));
}

/* What the manifest says of the row in the first sample that has no such file. */
static const struct attempt *failed_attempt(struct maker *m, struct ref ref, int64_t samples)
{
    for (int64_t i = 1; i < samples; i++) {
        const struct attempt *attempt = store_attempt_find(m->store, sample_file(m, ref, i));
        if (attempt && !span_is(attempt->status, "ok"))
            return attempt;
    }
    return NULL;
}

/* "exited (pid 190)" */
static struct span word_of(struct maker *m, struct ref ref, struct span status)
{
    int64_t pid = number_or(m, F_processes_pid, ref.table == T_processes ? ref.row : ROW_NONE, 0);
    return pid ? span_of(arena_printf(m->arena, SPAN_FMT " (pid %lld)", SPAN_ARG(status),
                                      (long long)pid))
               : status;
}

static bool is_in_any(const struct maker *m, struct ref ref)
{
    enum table_id samples = ref.table == T_processes ? T_process_samples : T_cgroup_samples;
    size_t n = 0;
    for (uint32_t row = ROW_NONE;
         (row = store_row_next(m->store, samples, ref.row, row)) != ROW_NONE;)
        n++;
    return n > 1; /* the first is the capture itself */
}

struct span samples_lack(struct maker *m, struct ref ref, struct lack *lack)
{
    int64_t samples = number_or(m, F_capture_samples, 0, 1);
    bool has_row = ref.table == T_processes || ref.table == T_cgroups;
    if (samples < 2)
        return SPAN_LIT("the capture has one sample");
    if (has_row && ref.row != ROW_NONE) {
        const struct attempt *attempt = failed_attempt(m, ref, samples);
        if (attempt) {
            lack->where = attempt->where;
            return word_of(m, ref, attempt->status);
        }
        if (!is_in_any(m, ref))
            return word_of(m, ref, SPAN_LIT("the samples do not hold it"));
    }
    if (samples < 3)
        return SPAN_LIT("the capture has two samples; whether a rise is steady takes three");
    return SPAN_NONE;
}
