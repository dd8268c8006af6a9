/* SPDX-License-Identifier: MIT */
/* Bundles with many members (evidence.h), all the way. The first byte chooses small limits as in
 * fuzz_verdict, except that its bit 0 asks for a second run, which must say the same: with bit 6 of
 * a folder with the same files, else with the members turned around. */
#define _GNU_SOURCE /* nftw */
#include "chain.h"
#include "evidence.h"

#include <ftw.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { CHOICE_AGAIN = 1, CHOICE_LIMITS = 0x0e, CHOICE_FOLDER = 0x40 };

static struct buf run(struct span text, bool turned, const struct limits *limits)
{
    struct buf tar = {0}, older = {0}, json = {0};
    evidence_tars(text, turned, &tar, &older);
    chain_run(buf_span(&tar), buf_span(&older), limits, &json);
    buf_free(&tar);
    buf_free(&older);
    return json;
}

static int drop(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

/* Empty where the files cannot be written. */
static struct buf run_folder(struct span text, const struct limits *limits)
{
    struct buf tar = {0}, older = {0}, json = {0};
    char folder[] = "/tmp/oomscope-fuzz.XXXXXX";
    if (!mkdtemp(folder))
        return json;
    evidence_tars(text, false, &tar, &older);
    if (evidence_files(text, folder))
        chain_run_folder(folder, buf_span(&older), limits, &json);
    nftw(folder, drop, 16, FTW_DEPTH | FTW_PHYS);
    buf_free(&tar);
    buf_free(&older);
    return json;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    uint8_t choice = n ? data[0] : 0;
    bool is_folder = choice & CHOICE_FOLDER;
    struct span text = {(const char *)data, n};
    struct limits limits = chain_limits(choice & CHOICE_LIMITS);
    struct buf json = run(text, false, &limits);
    if (choice & CHOICE_AGAIN && !(choice & CHOICE_LIMITS)) {
        struct buf again = is_folder ? run_folder(text, &limits) : run(text, true, &limits);
        if (!span_eq(buf_span(&json), buf_span(&again)) && (again.n || !is_folder))
            abort();
        buf_free(&again);
    }
    buf_free(&json);
    return 0;
}
