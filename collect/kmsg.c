/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "kmsg.h"
#include "bundle.h"
#include "clock.h"
#include "evidence.h"
#include "path.h"
#include "scan.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/klog.h>
#include <unistd.h>

#define RECORD_BYTES      8192 /* PRINTKRB_RECORD_MAX and CONSOLE_EXT_LOG_MAX are no more */
#define SYSLOG_READ_ALL   3
#define SYSLOG_LINE_BYTES 2048

/* One pass over the ring from its first record. */
struct pass {
    int fd;
    uint64_t bytes, records, first_seq, last_seq, lost;
    char record[RECORD_BYTES];
    char rewritten[2 * RECORD_BYTES];
};

static struct pass pass;

static void start(struct pass *p, int fd)
{
    p->fd = fd;
    p->bytes = p->records = p->first_seq = p->last_seq = p->lost = 0;
    lseek(fd, 0, SEEK_SET);
}

/* "6,1234,5678901,-;text": the second number. */
static bool record_seq(const char *record, size_t n, uint64_t *ret_seq)
{
    const char *at = memchr(record, ',', n), *end = record + n;

    return at && ++at < end && scan_u64(&at, end, ret_seq);
}

/* The next record; 0 at the end, -1 with errno. EPIPE: records were overwritten before they could
 * be read; the next read goes on behind the gap. */
static ssize_t next(struct pass *p)
{
    for (;;) {
        ssize_t n = read(p->fd, p->record, sizeof(p->record));
        uint64_t seq = 0;

        if (n < 0 && (errno == EPIPE || errno == EINTR))
            continue;
        if (n <= 0)
            return n < 0 && errno == EAGAIN ? 0 : n;
        if (!record_seq(p->record, (size_t)n, &seq))
            seq = p->records ? p->last_seq + 1 : 0;
        if (p->records && seq > p->last_seq + 1)
            p->lost += seq - p->last_seq - 1;
        if (p->records++ == 0)
            p->first_seq = seq;
        p->last_seq = seq;
        return n;
    }
}

/* The record or line as it goes to the tar; it ends with a newline also where it had to be cut. */
static const char *rewrite(const struct capture *c, const char *line, size_t *n)
{
    struct text t = TEXT_ON(pass.rewritten);

    if (!c->pseudonym.on)
        return line;
    pseudonym_log(&c->pseudonym, &t, line, *n);
    if (t.cut)
        t.p[t.n - 1] = '\n';
    *n = t.n;
    return pass.rewritten;
}

/* First pass: length, sequence numbers, names of cgroups. */
static ssize_t count(struct capture *c, struct names *names)
{
    ssize_t n;

    while ((n = next(&pass)) > 0) {
        size_t len = (size_t)n;

        names_scan(names, pass.record, len);
        rewrite(c, pass.record, &len);
        pass.bytes += len;
    }
    return n;
}

/* Second pass: the newest records that fit into cap_bytes, up to the last one counted. */
static void copy(struct capture *c, uint64_t skip_bytes, uint64_t last_seq)
{
    ssize_t n;

    while ((n = next(&pass)) > 0 && pass.last_seq <= last_seq) {
        size_t len = (size_t)n;
        const char *record = rewrite(c, pass.record, &len);

        if (pass.bytes >= skip_bytes)
            evidence_part(c, record, len);
        pass.bytes += len;
    }
}

static void note_log(struct capture *c, const struct pass *counted)
{
    char line[256];
    struct text t = TEXT_ON(line);

    text_char(&t, '{');
    text_key_str(&t, MANIFEST_LOG, BUNDLE_KMSG);
    text_key_u64(&t, "first_seq", counted->first_seq);
    text_key_u64(&t, "last_seq", counted->last_seq);
    text_key_u64(&t, "lost", counted->lost);
    text_raw(&t, "}\n", 2);
    manifest_line(&c->manifest, &t);
}

/* How many bytes the newest records within the cap have; *ret_skip = bytes of the ones before. */
static uint64_t fit(struct capture *c, uint64_t total, uint64_t cap, uint64_t *ret_skip)
{
    uint64_t at = 0;
    ssize_t n;

    *ret_skip = 0;
    if (total <= cap)
        return total;
    while (total - at > cap && (n = next(&pass)) > 0) {
        size_t len = (size_t)n;

        rewrite(c, pass.record, &len);
        at += len;
    }
    *ret_skip = at;
    return total - at;
}

static bool capture_device(struct capture *c, int fd, struct names *names)
{
    uint64_t size, skip, first_seq, last_seq, lost, cap = plan[PLAN_KMSG].cap_bytes;
    struct pass *p = &pass;
    ssize_t n;

    /* The log is worth half of a small bundle, not all of it. */
    if (cap > c->budget.tar_bytes / 2)
        cap = c->budget.tar_bytes / 2;
    start(p, fd);
    n = count(c, names);
    if (n < 0) {
        evidence_note(c, BUNDLE_KMSG, outcome_of_errno(errno), errno, NULL);
        return false;
    }
    note_log(c, p);
    first_seq = p->first_seq;
    last_seq = p->last_seq;
    lost = p->lost;
    size = p->bytes;
    start(p, fd);
    size = fit(c, size, cap, &skip);
    start(p, fd);
    evidence_begin(c, BUNDLE_KMSG, size);
    copy(c, skip, last_seq);
    if (skip)
        evidence_end(c, OUTCOME_TRUNCATED, "its tail");
    else if (p->lost != lost || p->first_seq != first_seq)
        evidence_end(c, OUTCOME_CHANGED, "records were overwritten during the read");
    else
        evidence_end(c, OUTCOME_OK, NULL);
    return true;
}

/* Goes through the lines of "<6>[    1.234567] text"; returns their bytes as they go to the tar. */
static uint64_t syslog_lines(struct capture *c, const char *line, size_t n, bool write)
{
    const char *end = line + n;
    uint64_t bytes = 0;

    while (line < end) {
        const char *nl = memchr(line, '\n', (size_t)(end - line));
        const char *next_line = nl ? nl + 1 : end;
        size_t len = (size_t)(next_line - line);
        const char *p = rewrite(c, line, &len);

        if (write)
            evidence_part(c, p, len);
        bytes += len;
        line = next_line;
    }
    return bytes;
}

static void capture_syslog(struct capture *c, struct names *names)
{
    char *buffer = c->reads.shared ? c->reads.shared->data : NULL;
    int n = buffer ? klogctl(SYSLOG_READ_ALL, buffer, sizeof(c->reads.shared->data)) : -1;

    if (n < 0) {
        evidence_note(c, BUNDLE_SYSLOG, outcome_of_errno(errno), errno, NULL);
        return;
    }
    names_scan_lines(names, buffer, (size_t)n);
    evidence_begin(c, BUNDLE_SYSLOG, syslog_lines(c, buffer, (size_t)n, false));
    syslog_lines(c, buffer, (size_t)n, true);
    /* Only whole lines come, the newest ones. */
    if ((size_t)n > sizeof(c->reads.shared->data) - SYSLOG_LINE_BYTES)
        evidence_end(c, OUTCOME_TRUNCATED, "its tail");
    else
        evidence_end(c, OUTCOME_OK, NULL);
}

/* Below --root it is a plain file; its names are looked for in what fits into the buffer. */
static void capture_file(struct capture *c, struct names *names)
{
    evidence_stream(c, PLAN_KMSG, BUNDLE_KMSG);
    if (!c->reads.shared)
        return;
    names_scan_lines(names, c->reads.shared->data, strnlen(c->reads.shared->data, SLOT_DATA));
}

void kmsg_capture(struct capture *c, struct names *names)
{
    int fd;

    if (c->options->root) {
        capture_file(c, names);
        return;
    }
    fd = path_open(c->root_fd, false, BUNDLE_KMSG, O_RDONLY);
    if (fd < 0)
        evidence_note(c, BUNDLE_KMSG, outcome_of_errno(errno), errno, NULL);
    else if (capture_device(c, fd, names)) {
        close(fd);
        return;
    }
    if (fd >= 0)
        close(fd);
    capture_syslog(c, names);
}
