/* SPDX-License-Identifier: MIT */
#include "parse/formats.h"

#include "base/lines.h"
#include "base/num.h"
#include "parse/parse_parts.h"
#include "parse/observe.h"
#include "parse/tables.h"
#include "parse/value.h"

/* fs/proc/task_mmu.c show_numa_map, counts in pages of kernelpagesize_kB (kernels before 3.13 print
 * none: the base page size):
 *   00405000 default file=/bin/x anon=1 dirty=2 active=0 N0=2 N1=4 kernelpagesize_kB=4 */
enum { NODES_MAX = 1024, POLICIES_MAX = 16 };

struct policy {
    struct span words;
    int64_t bytes;
    uint32_t first_line;
};

struct nodes {
    int64_t bytes[NODES_MAX];
    uint32_t first_line[NODES_MAX];
    uint32_t n;
    struct policy policies[POLICIES_MAX]; /* a process with more has no main one */
    uint32_t n_policies;
    struct policy beyond; /* sum of those that found no room; nobody reads it */
};

static struct policy *policy_of(struct nodes *nodes, struct span words, uint32_t line)
{
    for (uint32_t i = 0; i < nodes->n_policies; i++)
        if (span_eq(nodes->policies[i].words, words))
            return &nodes->policies[i];
    if (nodes->n_policies == POLICIES_MAX) {
        nodes->beyond = (struct policy){0};
        return &nodes->beyond;
    }
    struct policy *policy = &nodes->policies[nodes->n_policies++];
    *policy = (struct policy){.words = words, .first_line = line};
    return policy;
}

static bool page_bytes(const struct reading *r, struct span line, int64_t *ret_bytes)
{
    static const char key[] = "kernelpagesize_kB=";
    size_t at = span_rfind(line, SPAN_LIT(key));
    *ret_bytes = r->parse->page_size_bytes;
    if (at == line.n)
        return *ret_bytes != 0;
    return num_i64(span_skip(line, at + sizeof(key) - 1), ret_bytes) &&
           num_mul(*ret_bytes, 1024, ret_bytes);
}

/* "N0=2": the words behind the policy; a file name has its blanks escaped. */
static bool add_word(struct nodes *nodes, struct policy *policy, struct span word,
                     int64_t size_bytes, uint32_t line)
{
    uint64_t node;
    int64_t pages, bytes;
    if (!span_eat(&word, "N") || !num_eat_u64(&word, &node) || !span_eat(&word, "="))
        return true;
    if (node >= NODES_MAX || !num_i64(word, &pages) || pages < 0 ||
        !num_mul(pages, size_bytes, &bytes) ||
        __builtin_add_overflow(nodes->bytes[node], bytes, &nodes->bytes[node]) ||
        __builtin_add_overflow(policy->bytes, bytes, &policy->bytes))
        return false;
    if (nodes->first_line[node] == 0)
        nodes->first_line[node] = line;
    if (node >= nodes->n)
        nodes->n = (uint32_t)node + 1;
    return true;
}

static bool add_line(const struct reading *r, struct nodes *nodes, struct span line, uint32_t at)
{
    uint64_t address;
    int64_t size_bytes;
    struct span words = line;
    if (!num_hex(span_word(&words), &address))
        return false;
    struct span policy = span_word(&words);
    if (policy.n == 0)
        return false;
    if (span_find(words, SPAN_LIT(" N")) == words.n)
        return true; /* nothing resident */
    if (!page_bytes(r, line, &size_bytes))
        return false;
    struct policy *main = policy_of(nodes, policy, at);
    for (struct span word = span_word(&words); word.n; word = span_word(&words))
        if (!add_word(nodes, main, word, size_bytes, at))
            return false;
    return true;
}

static void put_policy(struct reading *r, const struct nodes *nodes)
{
    const struct policy *most = NULL;
    for (uint32_t i = 0; i < nodes->n_policies; i++)
        if (!most || nodes->policies[i].bytes > most->bytes)
            most = &nodes->policies[i];
    if (most && nodes->n_policies < POLICIES_MAX)
        store_set_text(r->store, F_processes_policy, r->row, most->words,
                       place(r, most->first_line));
}

void numa_maps_read(struct reading *r, const struct group *group)
{
    (void)group;
    struct nodes nodes = {.n = 0};
    struct lines lines = lines_of(r->file->text);
    struct span line;
    bool whole = true;
    while (lines_next(&lines, &line))
        if (!lines.terminated || !add_line(r, &nodes, line, lines.number)) {
            whole = false;
            observe(r->store, OBS_MALFORMED, place(r, lines.number), "not a line of numa_maps",
                    SPAN_NONE);
        }
    whole = whole && file_is_whole(r->file);
    if (whole)
        put_policy(r, &nodes);
    for (uint32_t n = 0; n < nodes.n; n++)
        if (nodes.first_line[n]) {
            uint32_t row = store_row_add(r->store, T_process_nodes, r->row);
            struct where where = place(r, nodes.first_line[n]);
            store_set(r->store, F_process_nodes_node, row, n, where);
            if (whole)
                store_set(r->store, F_process_nodes_bytes, row, nodes.bytes[n], where);
        }
    table_done(r, T_process_nodes, r->row, whole);
}
