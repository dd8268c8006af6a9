/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_BUNDLE_H
#define OOMSCOPE_BUNDLE_H

/*
 * The contract between collect and analyze, and the only header that both include. Constants only.
 *
 * A bundle is a POSIX tar, plain or gzip'd. Members mirror the host's root without the leading
 * slash and hold the file's bytes unchanged. Order: BUNDLE_JSON, BUNDLE_KMSG (or BUNDLE_SYSLOG),
 * then evidence by value, BUNDLE_MANIFEST last.
 *
 *   PATH                 sample 0: proc/meminfo, proc/1234/status, sys/fs/cgroup/a.slice/memory.max
 *   samples/N/PATH       the moving files again, N = 1, 2, ...; samples/N/clocks.json says when
 *   before/N/PATH        what `collect watch` kept from before the trigger, N = 1 the oldest;
 *                        before/N/clocks.json says when
 *   collect/NAME         what collect found out itself, not a file of the host
 *   manifest/N.jsonl     full parts of the manifest, N = 1, 2, ..., written between the tiers
 *   manifest.jsonl       the last part of the manifest; its last line is the end line
 *
 * Readers take manifest/1.jsonl, manifest/2.jsonl, ..., manifest.jsonl in this order as one file.
 * (collect has no heap and no temporary file: it cannot hold the manifest of 5,000 processes.)
 *
 * BUNDLE_JSON is one object: format, format_version, collector, host, clocks, environment, options,
 * privacy (the classes of data in the bundle) and, of a watch, {"trigger":"oom" or "stall",
 * "coalesced":N}: N more triggers came too soon after the last capture.
 *
 * Clocks, wherever they appear: {"realtime_ns":N,"monotonic_ns":N,"boottime_ns":N}, read together.
 */

#define BUNDLE_FORMAT          "oomscope-bundle"
#define BUNDLE_FORMAT_VERSION  1
#define BUNDLE_JSON            "bundle.json"
#define BUNDLE_KMSG            "dev/kmsg"
#define BUNDLE_MANIFEST        "manifest.jsonl"
#define BUNDLE_MANIFEST_DIR    "manifest/"
#define BUNDLE_MANIFEST_SUFFIX ".jsonl"
#define BUNDLE_SAMPLES_DIR     "samples/"
#define BUNDLE_BEFORE_DIR      "before/"
#define BUNDLE_CLOCKS          "clocks.json"
#define BUNDLE_COLLECT_DIR     "collect/"

/* syslog(2) SYSLOG_ACTION_READ_ALL: "<6>[    1.234567] text" lines, where dev/kmsg is refused. */
#define BUNDLE_SYSLOG "collect/syslog"

/* One JSON object a line for each tmpfs mount, from statfs(2):
 * {"mount":"/dev/shm","size_bytes":N,"used_bytes":N,"inodes":N,"inodes_used":N} */
#define BUNDLE_TMPFS "collect/tmpfs.jsonl"

/* One JSON object a line, largest RSS first; starttime_ticks is field 22 of proc/PID/stat; a key
 * that could not be found out is absent: {"pid":N,"starttime_ticks":N,"open_files":N} */
#define BUNDLE_PROCESSES "collect/processes.jsonl"

/* One JSON object a line for each file in memory that has no name and that a process holds open: of
 * memfd_create(2), or deleted from a tmpfs. Of the processes with the most shared memory, and of
 * the largest where the host has much of it. used_bytes counts what is swapped too. One file may be
 * held by several: {"pid":N,"starttime_ticks":N,"inode":N,"used_bytes":N,"name":"/memfd:x
 * (deleted)"} */
#define BUNDLE_SHMEM_FILES "collect/shmem_files.jsonl"

/*
 * Lines of the manifest, each one JSON object:
 *   {"member":"proc/meminfo","status":"ok","errno":0,"bytes":1475,"us":52,"sha256":"64 hex"}
 *       one attempt; bytes and sha256 are of what stands in the tar; sha256 only where a member
 *       stands in it; optional "detail" text. A member with a '*' speaks of all files so named.
 *       A byte of a member's name that is not valid UTF-8 stands here as \u00XX.
 *   {"table":"processes","complete":true,"seen":214,"captured":214}     optional "detail"
 *   {"log":"dev/kmsg","first_seq":0,"last_seq":901,"lost":0}
 *   {"end":true,"complete":true,"members":412,"clocks":{...},"footprint":{"cpu_us":N,
 *    "peak_rss_bytes":N,"output_bytes":N,"slowest_us":N,"slowest":"proc/1/smaps_rollup",
 *    "slab_growth_bytes":N,...}}                                        optional "reason"
 */
#define MANIFEST_MEMBER "member"
#define MANIFEST_STATUS "status"
#define MANIFEST_ERRNO  "errno"
#define MANIFEST_BYTES  "bytes"
#define MANIFEST_US     "us"
#define MANIFEST_SHA256 "sha256"
#define MANIFEST_DETAIL "detail"
#define MANIFEST_TABLE  "table"
#define MANIFEST_LOG    "log"
#define MANIFEST_END    "end"

#define TABLE_PROCESSES "processes"
#define TABLE_CGROUPS   "cgroups"
#define TABLE_NODES     "nodes"

/* Outcome of one attempt. */
#define STATUS_OK          "ok"          /* read to its end */
#define STATUS_EMPTY       "empty"       /* read, and there was nothing in it */
#define STATUS_ABSENT      "absent"      /* this kernel or configuration has no such file */
#define STATUS_EXITED      "exited"      /* the process or cgroup went away */
#define STATUS_DENIED      "denied"      /* no right to open or read it */
#define STATUS_UNSUPPORTED "unsupported" /* there, but switched off (PSI with psi=0) */
#define STATUS_TIMEOUT     "timeout"     /* deadline passed, the read could be killed */
#define STATUS_ABANDONED   "abandoned"   /* deadline passed, the read could not be killed */
#define STATUS_TRUNCATED   "truncated"   /* longer than its size cap; the head stands in the tar */
#define STATUS_OVER_BUDGET "over-budget" /* not read: a budget was used up; detail says which */
#define STATUS_CHANGED     "changed"     /* another process took the pid, or the file moved */
#define STATUS_ERROR       "error"       /* any other errno */

#endif
