/* SPDX-License-Identifier: MIT */
#include "cli/summary.h"

#include "base/arena.h"
#include "base/utf8.h"
#include "cli/expect.h"
#include "cli/job.h"
#include "cli/output.h"
#include "render/json.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum count_kind { BY_EXIT, BY_VERDICT, BY_HOST, BY_CGROUP, BY_VICTIM, BY_CAUSE, BY_ERROR, COUNTS };
static const char *const count_names[COUNTS] = {"exit",    "verdicts", "hosts", "cgroups",
                                                "victims", "causes",   "errors"};

struct summary {
    json_t *counts[COUNTS]; /* object: name -> number of bundles or incidents */
    json_int_t bundles, incidents;
};

static void count(struct summary *summary, enum count_kind kind, const char *name)
{
    json_t *counts = summary->counts[kind];
    if (*name)
        json_set(counts, name, json_integer(json_integer_value(json_object_get(counts, name)) + 1));
}

static void count_span(struct summary *summary, enum count_kind kind, struct span name)
{
    struct buf text = {0};
    buf_add(&text, name);
    count(summary, kind, buf_cstr(&text));
    buf_free(&text);
}

static const char *string_at(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    if (json_is_object(value)) /* text that was not printable: {"text":...,"lossy":true} */
        value = json_object_get(value, "text");
    const char *text = json_string_value(value);
    return text ? text : "";
}

static void count_incident(struct summary *summary, const json_t *incident)
{
    struct buf verdict = {0};
    const json_t *ranked;
    size_t i;
    buf_str(&verdict, string_at(incident, "kind"));
    if (expect_is_incident(incident)) {
        buf_fmt(&verdict, ", scope %s", string_at(incident, "scope"));
        summary->incidents++;
    }
    count(summary, BY_VERDICT, buf_cstr(&verdict));
    buf_free(&verdict);
    count_span(summary, BY_CGROUP, expect_actual(incident, 2));
    count_span(summary, BY_VICTIM, expect_actual(incident, 3));
    json_array_foreach(json_object_get(incident, "ranking"), i, ranked)
    {
        if (strcmp(string_at(ranked, "role"), "cause") == 0)
            count(summary, BY_CAUSE, string_at(ranked, "rule"));
    }
}

static void count_line(struct summary *summary, const json_t *line)
{
    const json_t *incident, *verdict = json_object_get(line, "verdict");
    char code[24];
    size_t i;
    summary->bundles++;
    snprintf(code, sizeof(code), "%lld",
             (long long)json_integer_value(json_object_get(line, "exit")));
    count(summary, BY_EXIT, code);
    count(summary, BY_ERROR, string_at(line, "error"));
    count(summary, BY_HOST, string_at(json_object_get(verdict, "bundle"), "hostname"));
    json_array_foreach(json_object_get(verdict, "incidents"), i, incident)
    {
        count_incident(summary, incident);
    }
}

/* A descriptor, or -1. */
static int open_file(const char *path, struct err *err)
{
    int fd = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        err_set(err, ERR_INPUT, "%s", strerror(errno));
        err_source(err, path);
    }
    return fd;
}

static bool read_lines(struct summary *summary, FILE *file, const char *path, struct err *err)
{
    char *text = NULL;
    size_t room = 0;
    ssize_t n;
    uint32_t number = 0;
    while (err->code == ERR_NONE && (n = getline(&text, &room, file)) > 0) {
        json_error_t error;
        json_t *line = json_loadb(text, (size_t)n, 0, &error);
        number++;
        if (!json_is_object(line)) {
            err_set(err, ERR_INPUT, "not a line of analyze --ndjson");
            err->line = number;
        }
        count_line(summary, line);
        json_decref(line);
    }
    /* at the end of memory too, which glibc does not count as an error of the file */
    if (err->code == ERR_NONE && (ferror(file) || !feof(file)))
        err_set(err, ERR_INPUT, "%s", strerror(errno));
    if (err->code != ERR_NONE)
        err_source(err, path);
    free(text);
    return err->code == ERR_NONE;
}

/* Closes the descriptor. */
static bool read_file(struct summary *summary, int fd, const char *path, struct err *err)
{
    FILE *file = fdopen(fd, "r");
    if (!file) {
        err_set(err, ERR_INPUT, "%s", strerror(errno));
        err_source(err, path);
        close(fd);
        return false;
    }
    bool fine = read_lines(summary, file, path, err);
    fclose(file);
    return fine;
}

/* ---- output: most frequent first, then by name */

struct entry_of {
    const char *name;
    json_int_t n;
};

static int by_count(const void *a, const void *b)
{
    const struct entry_of *x = a, *y = b;
    if (x->n != y->n)
        return x->n > y->n ? -1 : 1;
    return strcmp(x->name, y->name);
}

static struct entry_of *sorted(json_t *counts, size_t *ret_n)
{
    size_t n = json_object_size(counts);
    struct entry_of *entries = base_realloc(NULL, n + 1, sizeof(*entries));
    const char *name;
    json_t *value;
    *ret_n = 0;
    json_object_foreach(counts, name, value)
    {
        entries[(*ret_n)++] = (struct entry_of){name, json_integer_value(value)};
    }
    qsort(entries, n, sizeof(*entries), by_count);
    return entries;
}

static void text_write(const struct summary *summary, struct buf *out)
{
    buf_fmt(out, "%lld bundles, %lld incidents\n", (long long)summary->bundles,
            (long long)summary->incidents);
    for (int kind = 0; kind < COUNTS; kind++) {
        size_t n;
        struct entry_of *entries = sorted(summary->counts[kind], &n);
        if (n)
            buf_fmt(out, "\n%s\n", count_names[kind]);
        for (size_t i = 0; i < n; i++) {
            buf_fmt(out, "%8lld  ", (long long)entries[i].n);
            utf8_visible(span_of(entries[i].name), out);
            buf_char(out, '\n');
        }
        free(entries);
    }
}

static void object_write(const struct summary *summary, struct buf *out)
{
    json_t *object = json_object();
    json_set(object, "format_version", json_string("1.0"));
    json_set(object, "bundles", json_integer(summary->bundles));
    json_set(object, "incidents", json_integer(summary->incidents));
    for (int kind = 0; kind < COUNTS; kind++) {
        size_t n;
        struct entry_of *entries = sorted(summary->counts[kind], &n);
        json_t *list = json_array();
        for (size_t i = 0; i < n; i++)
            json_array_append_new(
                list, json_pack("{sssI}", "name", entries[i].name, "count", entries[i].n));
        json_set(object, count_names[kind], list);
        free(entries);
    }
    char *text = json_dumps(object, JSON_INDENT(2) | JSON_ENSURE_ASCII);
    buf_fmt(out, "%s\n", text);
    free(text);
    json_decref(object);
}

/* As of a bundle: all is opened, then the rights are given up, then it is read. */
static bool read_files(struct summary *summary, const struct options *options, struct err *err)
{
    size_t n = (size_t)options->n_operands;
    int *files = base_realloc(NULL, n + 1, sizeof(*files));
    size_t n_open = 0, n_read = 0;
    while (n_open < n && (files[n_open] = open_file(options->operands[n_open], err)) >= 0)
        n_open++;
    bool fine = n_open == n;
    if (fine)
        job_confine(options, NULL, 0);
    for (; fine && n_read < n; n_read++)
        fine = read_file(summary, files[n_read], options->operands[n_read], err);
    for (; n_read < n_open; n_read++)
        close(files[n_read]);
    free(files);
    return fine;
}

static void start(struct summary *summary)
{
    *summary = (struct summary){0};
    for (int kind = 0; kind < COUNTS; kind++)
        summary->counts[kind] = json_object();
}

static void end(struct summary *summary)
{
    for (int kind = 0; kind < COUNTS; kind++)
        json_decref(summary->counts[kind]);
}

static void write_as(const struct summary *summary, enum format format, struct buf *out)
{
    if (format == FORMAT_JSON)
        object_write(summary, out);
    else
        text_write(summary, out);
}

bool summary_stream(FILE *file, enum format format, struct buf *out, struct err *err)
{
    struct summary summary;
    start(&summary);
    bool fine = read_lines(&summary, file, "-", err);
    if (fine)
        write_as(&summary, format, out);
    end(&summary);
    return fine;
}

enum exit_code summary_run(const struct options *options, struct err *err)
{
    struct summary summary;
    struct buf text = {0};
    struct output output;
    start(&summary);
    bool fine = output_open(&output, "-", err) && read_files(&summary, options, err);
    if (fine)
        write_as(&summary, options->format, &text);
    fine = fine && output_write(&output, buf_span(&text), err);
    buf_free(&text);
    end(&summary);
    return fine ? EXIT_FINE : EXIT_PARTLY;
}
