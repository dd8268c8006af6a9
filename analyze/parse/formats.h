/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_PARSE_FORMATS_H
#define OOMSCOPE_PARSE_FORMATS_H

#include "parse/group.h"

/* How the files of a pattern are written, where that is not one value alone. */
struct format {
    const char *pattern;
    enum table_id table;
    pair_shape *shape;
    bool needs_unit;
    void (*read)(struct reading *r, const struct group *group); /* NULL: keyed_read */
};
extern const struct format formats[]; /* ends with pattern == NULL */

typedef void format_reader(struct reading *r, const struct group *group);

/* Lines of keys and values by the sources of the group: whole keys, each once. */
format_reader keyed_read;

format_reader vmstat_read; /* vmstat.c: allocstall_* are summed */
format_reader status_read; /* process.c: kernel threads */
format_reader proc_cgroup_read;
format_reader shmem_files_read;  /* collect/shmem_files.jsonl */
format_reader process_list_read; /* collect/processes.jsonl */
format_reader swaps_read;        /* swaps.c */
format_reader slabinfo_read;     /* slabinfo.c */
format_reader zoneinfo_read;     /* zones.c */
format_reader buddyinfo_read;
format_reader smaps_read; /* smaps.c */
format_reader numa_maps_read;
format_reader shm_read;    /* shm.c */
format_reader mounts_read; /* tmpfs.c */
format_reader tmpfs_read;
format_reader allocinfo_read; /* allocinfo.c */

#endif
