/* SPDX-License-Identifier: MIT */
#include "cli/golden.h"

#include "cli/diff.h"
#include "cli/print.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct golden forms[GOLDENS] = {
    {.name = "expected.json", .format = FORMAT_JSON},
    {.name = "expected.md", .format = FORMAT_MARKDOWN},
};

bool golden_slurp(const char *path, struct arena *arena, struct span *ret, struct err *err)
{
    struct buf text = {0};
    char piece[4096];
    size_t n;
    FILE *file = fopen(path, "re");
    while (file && (n = fread(piece, 1, sizeof(piece), file)) > 0)
        buf_add(&text, (struct span){piece, n});
    bool fine = file && !ferror(file);
    if (!fine) {
        err_set(err, ERR_INPUT, "%s", strerror(errno));
        err_source(err, path);
    }
    if (file)
        fclose(file);
    *ret = arena_copy(arena, buf_span(&text));
    buf_free(&text);
    return fine;
}

bool goldens_read(struct goldens *goldens, const char *folder, bool update, struct arena *arena,
                  struct err *err)
{
    *goldens = (struct goldens){0};
    for (int i = 0; i < GOLDENS; i++) {
        struct golden *golden = &goldens->golden[i];
        char *path = arena_printf(arena, "%s/%s", folder, forms[i].name);
        *golden = forms[i];
        golden->exists = access(path, F_OK) == 0;
        goldens->any |= golden->exists;
        if (golden->exists && (!golden_slurp(path, arena, &golden->text, err) ||
                               !output_open(&golden->output, update ? path : NULL, err)))
            return false;
    }
    return true;
}

static void compare(struct golden *golden, const struct job *job, struct buf *out)
{
    struct buf text = {0};
    struct err err = {0};
    job_print(job, golden->format, false, &text);
    if (!golden->output.path)
        diff_write(golden->name, golden->text, buf_span(&text), out);
    else if (!output_write(&golden->output, buf_span(&text), &err))
        buf_fmt(out, "%s is not updated: %s\n", golden->name, err.text);
    buf_free(&text);
}

void goldens_compare(struct goldens *goldens, const struct job *job, struct buf *out)
{
    static const char zeros[] = "00000000000000000000000000000000"
                                "00000000000000000000000000000000";
    struct span digest = job->verdict->rules_digest;
    job->verdict->rules_digest = span_of(zeros);
    for (int i = 0; i < GOLDENS; i++)
        if (goldens->golden[i].exists)
            compare(&goldens->golden[i], job, out);
    job->verdict->rules_digest = digest;
}
