/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_LOG_ASSEMBLE_H
#define OOMSCOPE_LOG_ASSEMBLE_H

#include "base/map.h"
#include "log/report.h"

/* An event in the store, to find it again in another source or for its reaper. */
struct seen {
    uint32_t row, member, boot;
    uint64_t boot_hash; /* of the boot id that the carrier prints; 0 = none */
    bool has_time, has_clock, has_wall;
    int64_t time_us, clock_us, wall_us;
    int64_t victim_pid, victim_vm, order, gfp;
    uint64_t name_hash; /* of the victim, else of the task that asked */
    uint32_t next;      /* index + 1 of the one before with the same key */
};

/* Sorts messages into reports: several may be open at a time. */
struct assembler {
    struct store *store;
    uint32_t member, boot;
    struct report *open[8]; /* oldest first */
    uint32_t n_open;
    struct seen *seen;
    uint32_t n_seen, room_seen;
    struct map by_victim; /* victim and name -> index + 1 of the last */
    struct map by_pid;    /* victim's pid -> index + 1 of the last, for the reaper */
};

/* A message of kind. False when it belongs to no report. */
bool assemble(struct assembler *assembler, enum line_kind kind, const struct record *record,
              struct span raw);
/* Writes what is open: at the end of a log or of a boot. */
void assemble_flush(struct assembler *assembler);
void assemble_free(struct assembler *assembler);

#endif
