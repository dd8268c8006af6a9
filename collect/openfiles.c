/* SPDX-License-Identifier: MIT */
#include "openfiles.h"
#include "bundle.h"
#include "evidence.h"
#include "procs.h"

static struct largest *counted; /* whose results come in */

/* On kernels that have no count, files are listed: of so many processes, so many files at most. */
#define LISTED_PROCESSES 64
#define LISTED_FILES     4096

static void take_fds(void *context, const struct job *job, const struct result *result,
                     const char *data)
{
    struct capture *c = context;

    (void)data;
    if (result->more)
        c->budget.inodes += result->value;
    if (result->outcome == OUTCOME_OK)
        counted->top[job->expect].open_files =
            result->value < UINT32_MAX ? (uint32_t)result->value : UINT32_MAX;
}

static void put_row(struct text *t, const struct proc *proc)
{
    t->n = 0;
    text_char(t, '{');
    text_key_u64(t, "pid", (uint64_t)proc->pid);
    text_key_u64(t, "starttime_ticks", proc->starttime_ticks);
    if (proc->open_files)
        text_key_u64(t, "open_files", proc->open_files);
    text_raw(t, "}\n", 2);
}

/* Formats each row twice: the first time for the length of all. */
static void write_rows(struct capture *c, const struct largest *l, const char *detail)
{
    char row[128];
    struct text t = TEXT_ON(row);
    uint64_t bytes = 0;

    for (uint32_t i = 0; i < l->count; i++) {
        put_row(&t, &l->top[i]);
        bytes += t.n;
    }
    evidence_begin(c, BUNDLE_PROCESSES, bytes);
    for (uint32_t i = 0; i < l->count; i++) {
        put_row(&t, &l->top[i]);
        evidence_part(c, t.p, t.n);
    }
    evidence_end(c, OUTCOME_OK, detail);
}

void openfiles_capture(struct capture *c, struct largest *l)
{
    const char *detail = l->count == LARGEST_KEPT ? "the largest only" : NULL;

    /* Of another root, a count of its files does not stand in its copy. */
    if (c->options->root)
        return;
    counted = l;
    for (uint32_t i = 0; i < l->count; i++) {
        char folder[32];
        struct job *job;

        procs_folder(l->top[i].pid, folder, sizeof(folder));
        job = evidence_read(c, PLAN_PROCESS_FD, folder, "fd");
        if (!job) {
            detail = evidence_stopped(c);
            break;
        }
        job->kind = JOB_FDS;
        job->cap_bytes = i < LISTED_PROCESSES ? LISTED_FILES : 0;
        job->pid = l->top[i].pid;
        job->expect = i;
        job->done = take_fds;
    }
    reads_flush(&c->reads);
    write_rows(c, l, detail);
}
