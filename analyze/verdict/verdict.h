/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_VERDICT_VERDICT_H
#define OOMSCOPE_VERDICT_VERDICT_H

#include "base/buf.h"
#include "rule/rule.h"

/* What happened, joined from events, facts and findings. Everything lives in the arena given to
 * verdict_make; texts of evidence are pieces of their own until a renderer fences them. */

/* One sentence and what it rests on. `places` are sorted and unique: the lines of all facts cited,
 * computed ones down to what was read, and manifest lines that say why something is missing. */
struct statement {
    struct phrase text;
    struct where *places;
    size_t n_places, room_places;
};

struct statements {
    struct statement *items;
    size_t n, room;
};

/* A path in which ids of containers keep their first twelve digits, as their tools show them. */
void ids_short_write(struct span path, struct buf *out);

/* A point in time as far as the evidence knows it. */
struct moment {
    bool boot_known, wall_known;
    int64_t boot_us;   /* since boot */
    int64_t wall_us;   /* since 1970; UTC unless zone says otherwise */
    const char *zone;  /* "UTC", or "log time" where the log prints no zone */
    struct span stamp; /* where neither is known: as the log prints it, letters and digits alone */
};

/* 2026-03-04 11:02:17 UTC, or "123.456 s after boot", or "Jan  2 03:04:05 by the log's clock", or
 * that it is not known. */
bool moment_is_known(const struct moment *moment);
void moment_write(const struct moment *moment, struct buf *out);

/* A number of the evidence, or one computed from it. */
struct quantity {
    bool known, unlimited;
    int64_t value;
};

enum incident_kind {
    INCIDENT_KILL,     /* the kernel killed */
    INCIDENT_NO_KILL,  /* the killer ran and killed nothing: panic, nothing killable, cut log */
    INCIDENT_LOST,     /* counters say that the kernel killed; no report of it is in the bundle */
    INCIDENT_PRESSURE, /* nobody was killed by the kernel; rules found pressure */
    INCIDENT_NONE,     /* evidence says that nothing happened */
    INCIDENT_UNKNOWN,  /* evidence does not suffice to say even that */
};
const char *incident_kind_name(enum incident_kind kind); /* "kill" ... */

enum incident_scope {
    SCOPE_UNKNOWN,
    SCOPE_HOST,
    SCOPE_CGROUP,   /* the victim's own cgroup */
    SCOPE_ANCESTOR, /* an ancestor of it */
    SCOPE_CPUSET,
    SCOPE_MEMPOLICY,
    SCOPE_MANUAL,
    SCOPE_NONE,
};
const char *incident_scope_name(enum incident_scope scope); /* "host" ... */

struct limit {
    bool known;
    struct span owner; /* cgroup path, or nodes; evidence; "" for the host */
    struct quantity bytes, usage;
    uint32_t cgroup; /* row of cgroups that owns it, or ROW_NONE */
};

/* Where `total` went, in classes that do not overlap and add up to it: the last one is what no
 * counter accounts for (negative where counters overlap). */
struct class_share {
    const char *name;
    int64_t bytes;
    struct statement note; /* where the number stands; no text */
};
/* "slab unreclaimable" -> "unreclaimable slab": as it stands in a sentence. */
const char *class_words(const char *name);

struct attribution {
    bool known;
    const char *at; /* "event" or "capture" */
    struct span of; /* cgroup path; "" for the host */
    int64_t total_bytes;
    struct class_share *classes;
    size_t n_classes;
    const struct class_share *dominant; /* largest that is not free; NULL when there is none */
    struct statement note;              /* what it was read from */
    struct statement whole;             /* where the total stands; no text */
};

enum holder_kind {
    HOLDER_PROCESS,
    HOLDER_CGROUP,
    HOLDER_MOUNT,
    HOLDER_SHM,
    HOLDER_FILE, /* of memory, without a name in any directory: a memfd, or deleted and held open */
    HOLDER_SLAB,
    HOLDER_POOL
};
const char *holder_kind_name(enum holder_kind kind);

/* Who held what filled the limit. Same-named processes are one holder. */
struct holder {
    enum holder_kind kind;
    struct span name;  /* evidence */
    int64_t processes; /* of that name; 1 for what is not a process */
    int64_t pid;       /* of the largest; 0 when none */
    int64_t bytes;
    int64_t share;                /* of the limit in use, or of RAM, ten-thousandths */
    struct quantity rate;         /* bytes per second over the samples */
    struct quantity before_bytes; /* at the event before of the same series */
    bool is_victim;
    struct statement note; /* places */
};
struct holders {
    const char *at;      /* "event" or "capture"; NULL when nothing is known */
    const char *measure; /* what bytes are: "rss", "anonymous rss", "page tables", "charged" ... */
    struct statement whole; /* where that stands of which a share is a share; no text */
    struct holder *items;   /* largest first, at most HOLDERS_MAX */
    size_t n, omitted;
    bool has_shares; /* what they are shares of is known */
};
enum { HOLDERS_MAX = 32 };

struct victim {
    bool known;
    struct span comm;
    struct quantity pid, bytes, adj, rank, badness;
    int64_t share;         /* of what filled the limit */
    int64_t killed;        /* processes killed by the whole incident */
    int64_t kills;         /* as the kernel counts: the first of a group twice */
    struct statements why; /* why the kernel chose it, and who was larger but spared */
};

/* Repeats of the same trouble, oldest first. */
struct series {
    uint32_t *events; /* rows of oom_events */
    size_t n;
    uint32_t detail; /* the event shown: the last complete one; ROW_NONE without events */
    struct moment first, last;
    int64_t shortest_gap_us; /* between two events; 0 with fewer than two */
};

enum finding_role {
    ROLE_SCOPE,
    ROLE_CAUSE,
    ROLE_CONTRIBUTING,
    ROLE_MISTAKE,
    ROLE_RISK,
    ROLE_COUNT
};
const char *finding_role_name(enum finding_role role);
struct ranked {
    const struct finding *finding;
    enum finding_role role;
    int64_t share;             /* of the incident's total that it explains; 0 when not known */
    size_t more;               /* further rows of the same rule and role, which follow */
    bool is_repeat;            /* one of those */
    struct statement evidence; /* say, and all places */
    struct statement context; /* what the rule wants shown beside it; no text where there is none */
};
struct ranking {
    struct ranked *items; /* by role, then bytes explained, severity, id, row */
    size_t n, room;
};

/* Something the bundle cannot say. */
struct unknown {
    struct span question;  /* our words, or the title of the rule that asked */
    size_t rules;          /* how many rules wait for it */
    struct span member;    /* the file that would say it */
    struct span reason;    /* the manifest's word, or ours: "no such file in the bundle" ... */
    const char *how;       /* what gets it next time */
    bool is_final;         /* nothing gets it: the kernel does not print it. These come last. */
    struct statement note; /* manifest line, where there is one */
};
struct unknowns {
    struct unknown *items;
    size_t n;
};

/* Parts of the report that are tables. */
enum cell_kind {
    CELL_NONE,
    CELL_EVIDENCE, /* text of the bundle */
    CELL_WORD,     /* ours */
    CELL_BYTES,
    CELL_COUNT,
    CELL_DURATION,
    CELL_RATIO,
    CELL_RATE,
    CELL_UNLIMITED,
};
struct cell {
    enum cell_kind kind;
    int64_t number;
    struct span text;
};
struct column {
    const char *key, *title;
    enum fact_type type;
};
struct grid {
    const char *id, *title;
    const struct column *columns;
    size_t n_columns;
    struct cell *cells;      /* n_rows x n_columns */
    struct statement *notes; /* one a row: its places, no text */
    size_t n_rows, room_rows, omitted;
    struct statements remarks;
};
struct grids {
    struct grid *items;
    size_t n, room;
};

struct tick {
    struct moment when, until; /* until: of the last, where several were folded into one */
    struct statement what;
    struct span kind; /* of an event that is not a kill; what is folded when it repeats */
    size_t count;
};
struct timeline {
    struct tick *items; /* in order */
    size_t n, room, omitted;
};

struct incident {
    enum incident_kind kind;
    enum incident_scope scope;
    enum rule_severity severity;
    struct moment when;
    struct series series;
    struct limit limit;
    struct statement title, summary; /* the first lines of a report */
    struct statements act, avoid;    /* do and don't, most useful first */
    struct statements why;           /* numbered reasons */
    struct attribution event, capture;
    struct holders holders;
    struct victim victim;
    struct statements growth;
    struct ranking ranking;
    struct statements ruled_out;  /* the last of them, one each, by the rules that were clear: */
    struct span *ruled_out_rules; /* ids */
    size_t n_ruled_out_rules, room_ruled_out_rules;
    struct unknowns unknowns;
    struct timeline timeline;
    uint32_t failure; /* row of alloc_failures that is told of, or ROW_NONE; without a kill only */
    struct tick first_signal; /* of pressure; no text where the logs show none */
    struct statements steps;  /* the five questions */
    struct grids grids;
};

struct verdict {
    struct store *store;
    const struct findings *findings;
    struct span rules_digest;   /* ruleset_digest; set by the caller, "" when not known */
    struct span input_sha256;   /* of the input, 64 hex digits; set by the caller likewise */
    struct incident *incidents; /* at least one; the one to read first is the first */
    size_t n_incidents, incidents_omitted; /* at most 100 are told: the first to read */
    size_t outcomes[4];                    /* findings by enum rule_outcome */
    struct statements disagreements;       /* sources that say different things */
};

struct verdict *verdict_make(struct store *store, const struct findings *findings,
                             struct arena *arena);

#endif
