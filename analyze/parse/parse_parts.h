/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_PARSE_PARSE_PARTS_H
#define OOMSCOPE_PARSE_PARSE_PARTS_H

/* What the files of this room share; nobody else includes it. */

#include "parse/parse.h"

#include "base/map.h"
#include "base/sha256.h"

/* Which sample a member belongs to: 0 = the root, 1, 2, ... later ones, -1, -2, ... earlier ones
 * (-1 the latest of them). */
enum { SAMPLE_ROOT = 0 };

/* One file of the host as it was added. */
struct file {
    struct span name; /* as in the manifest and in citations: samples/1/proc/meminfo */
    struct span path; /* on the host: proc/meminfo */
    struct span text;
    int32_t sample;  /* number of the sample, in the order of time */
    uint32_t member; /* of the store */
    uint8_t from;    /* enum file_from: where a sample number counts from */
    uint8_t pass;    /* of reading: those of a lower one first */
    bool is_listed;  /* the manifest names it */
    bool cut;        /* not all of it: the last line is not trusted, tables are incomplete */
    bool distrusted; /* not what the manifest says: not read */
};
enum file_from { FROM_ROOT, FROM_SAMPLES, FROM_WATCH, FROM_OLD_BUNDLE };

enum cgroup_mode { CGROUP_MODE_UNKNOWN, CGROUP_MODE_V1, CGROUP_MODE_V2, CGROUP_MODE_HYBRID };

/* A line {"table":...} of the manifest. */
struct said_table {
    struct where where;
    bool complete;
    int64_t captured;
};

/* What was read of a kernel log, for the manifest to be compared with. */
struct log_sum {
    struct span name;
    int64_t bytes;
    char hex[SHA256_HEX];
};

struct parse {
    struct store *store;
    struct log *log;        /* made for the first log */
    int64_t line_bytes;     /* limit of a line of a log; 0 = the default */
    struct sha256 log_hash; /* of the log being read */
    struct log_sum *logs;
    uint32_t n_logs, room_logs;
    struct map log_of; /* name -> index in logs, of the first of that name */
    struct file *files;
    uint32_t n_files, room_files;
    struct map unused; /* names of members of which nothing is made */
    uint32_t *file_of; /* member of the store -> index in files + 1, after the sort */
    uint32_t n_file_of;
    struct map sample_row; /* table, parent row and sample -> row */
    struct map sample_of;  /* sample + SAMPLE_BIAS -> index in clocks */
    struct map foreign;    /* sample and pid -> 1: another process took the pid */
    struct sample_clock *clocks;
    uint32_t n_clocks, room_clocks;
    int64_t page_size_bytes; /* 0 = not known */
    enum cgroup_mode mode;
    struct said_table said[3]; /* processes, cgroups, nodes */
    struct where end;          /* end line of the manifest that says complete; member 0 = none */
    bool has_manifest;         /* at least one line */
    bool is_cut;               /* the input as a whole */
    bool
        is_unended; /* a bundle whose manifest has no end line: the capture or the copy broke off */
    bool is_text;   /* it is one log: no manifest holds its sum */
    bool same_boot; /* the older bundle is of the same boot */
};

/* A file being read. */
struct reading {
    struct parse *parse;
    struct store *store;
    const struct file *file;
    struct span key;     /* what the first wildcard of its pattern stands for */
    uint32_t row;        /* of the table of the pattern; ROW_NONE when a sample has no such row */
    uint32_t sample_row; /* of the table of samples; ROW_NONE in the root */
};

struct where place(const struct reading *r, uint32_t line);

struct lines;
/* The line that `lines` returned last has no line feed and may lack bytes: 1073 of 1073741824. */
bool file_cut_at(const struct reading *r, const struct lines *lines);
/* The whole file was read: it ends in a line feed (or is empty), no limit cut it, and the manifest
 * does not say otherwise. */
bool file_is_whole(const struct file *file);

const struct file *parse_file(const struct parse *parse, const char *name); /* or NULL */

#endif
