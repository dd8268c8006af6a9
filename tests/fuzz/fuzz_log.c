/* SPDX-License-Identifier: MIT */
/* Kernel logs: carriers, joining of lines, reports. The first byte chooses how the text is cut into
 * chunks, whether it is taken for dev/kmsg, for one that a limit cut, and whether a second member
 * tells the same again. Cutting must not change a fact: the same text in one piece and in many
 * gives the same facts in the same places, and the same observations. */
#include "base/arena.h"
#include "base/sha256.h"
#include "fact/store.h"
#include "log/log.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

enum { CHOICE_KMSG = 1, CHOICE_CUT = 8, CHOICE_TWICE = 16 };

struct told {
    const struct store *store;
    struct sha256 sha;
};

static void add_number(struct told *told, int64_t number)
{
    sha256_add(&told->sha, (const char *)&number, sizeof(number));
}

static void add_text(struct told *told, struct span text)
{
    add_number(told, (int64_t)text.n);
    sha256_add(&told->sha, text.p, text.n);
}

static void add_fact(void *context, struct ref ref)
{
    struct told *told = context;
    add_number(told, (int64_t)ref_pack(ref));
    if (ref.column == REF_COMPLETE) {
        add_number(told, store_is_complete(told->store, ref.table, ref.row));
        return;
    }
    struct fact fact = store_get(told->store, ref);
    add_number(told, fact.state);
    add_number(told, fact.number);
    add_number(told, fact.where.member);
    add_number(told, fact.where.line);
    add_text(told, fact.text);
}

static void tell(const struct store *store, char ret_hex[SHA256_HEX])
{
    struct told told = {.store = store};
    sha256_start(&told.sha);
    store_each_fact(store, add_fact, &told);
    for (uint32_t i = 0; i < store_observation_count(store); i++) {
        const struct observation *said = store_observation(store, i);
        add_number(&told, said->kind);
        add_number(&told, said->where.line);
        add_number(&told, said->count);
        add_text(&told, said->text);
    }
    sha256_hex(&told.sha, ret_hex);
}

static void read_member(struct log *log, const char *name, struct span rest, size_t piece,
                        unsigned choice)
{
    log_begin(log, span_of(name), choice & CHOICE_KMSG ? LOG_KMSG : LOG_ANY);
    for (; rest.n > 0; rest = span_skip(rest, piece))
        log_feed(log, span_slice(rest, 0, piece));
    log_end(log, choice & CHOICE_CUT);
}

static void read_in(struct span text, size_t piece, unsigned choice, char ret_hex[SHA256_HEX])
{
    struct arena *arena = arena_new();
    struct store *store = store_new(arena);
    struct log *log = log_new(store);
    read_member(log, "var/log/kern.log", text, piece, choice);
    if (choice & CHOICE_TWICE)
        read_member(log, "var/log/messages", text, piece, choice);
    log_finish(log);
    tell(store, ret_hex);
    store_free(store);
    arena_free(arena);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    char whole[SHA256_HEX], parts[SHA256_HEX];
    if (size < 2)
        return 0;
    struct span text = {(const char *)data + 1, size - 1};
    read_in(text, text.n, data[0], whole);
    read_in(text, 2 + data[0] / 2, data[0], parts);
    if (!span_is(span_of(whole), parts))
        abort();
    return 0;
}
