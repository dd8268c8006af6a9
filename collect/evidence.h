/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_COLLECT_EVIDENCE_H
#define OOMSCOPE_COLLECT_EVIDENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture.h"

/* Writes a member and its line of the manifest. path is of this host: sample prefix and
 * pseudonyms are put in here. */
void evidence_member(struct capture *c, const char *path, const void *bytes, size_t n,
                     const char *detail);
/* A line of the manifest alone: nothing of path stands in the tar. */
void evidence_note(struct capture *c, const char *path, enum outcome outcome, int error,
                   const char *detail);
/* Queues the read of folder/name; the result becomes a member. NULL where a budget is used up or
 * a signal came. The caller may change the job until its next call. */
struct job *evidence_read(struct capture *c, enum plan_id row, const char *folder,
                          const char *name);
/* The result of evidence_read as a member: what a job_done of another module ends with. */
void evidence_done(void *context, const struct job *job, const struct result *result,
                   const char *data);
/* Reads a row that has no '*'. */
void evidence_row(struct capture *c, enum plan_id row);
/* Reads all files of a row with '*' in its folders or its name; returns how many there are. */
unsigned evidence_glob(struct capture *c, enum plan_id row);
/* Reads one file that may be longer than any buffer; waits for it. */
void evidence_stream(struct capture *c, enum plan_id row, const char *path);
/* Starts a member whose n bytes the caller writes with evidence_part. */
void evidence_begin(struct capture *c, const char *path, uint64_t n);
void evidence_part(struct capture *c, const void *bytes, size_t n);
/* Ends it, filling up with newlines where fewer bytes came than were announced. */
void evidence_end(struct capture *c, enum outcome outcome, const char *detail);
/* Reason why nothing more is read, NULL where there is none. */
const char *evidence_stopped(const struct capture *c);

#endif
