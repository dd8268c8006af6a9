/* SPDX-License-Identifier: MIT */
/* Kernel logs: carriers, joining of lines, reports. The first byte chooses how the text is cut into
 * chunks, and bit by bit what is done with it. Cutting must not change a fact: the same text in one
 * piece and in many gives the same facts in the same places, and the same observations. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/sha256.h"
#include "fact/store.h"
#include "log/log.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

enum choice {
    CHOICE_KMSG = 1,    /* it is dev/kmsg */
    CHOICE_SHORT = 4,   /* lines are cut at 64 bytes */
    CHOICE_CUT = 8,     /* a limit cut the text */
    CHOICE_TWICE = 16,  /* a second member tells the same again */
    CHOICE_PSTORE = 32, /* it is a file of pstore */
    CHOICE_QUIET = 128, /* so many empty lines go before it that only anchors are looked for */
};
enum { QUIET_LINES = 600, FAR_BYTES = 9000, FAR_MAX = 8 };

static void add_many(struct buf *text, const char *what, int n)
{
    while (n-- > 0)
        buf_str(text, what);
}

/* In a quiet log what is near an anchor is read too: a byte 1 stands for a long line, or a part of
 * one, and a byte 2 for many short ones, so that a small input gets out of reach. */
static void add_quiet(struct buf *text, struct span rest)
{
    add_many(text, "\n", QUIET_LINES);
    for (size_t i = 0, n_far = 0; i < rest.n; i++) {
        if (rest.p[i] == 1 && n_far++ < FAR_MAX)
            add_many(text, "x", FAR_BYTES);
        else if (rest.p[i] == 2 && n_far++ < FAR_MAX)
            add_many(text, "ab\n", FAR_BYTES / 3);
        else
            buf_char(text, rest.p[i]);
    }
}

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
    static const char *const names[] = {"var/log/kern.log", "var/log/messages",
                                        "sys/fs/pstore/dmesg-efi_pstore-170406720000101",
                                        "sys/fs/pstore/dmesg-efi_pstore-170406720000201"};
    const char *const *name = choice & CHOICE_PSTORE ? names + 2 : names;
    struct arena *arena = arena_new();
    struct store *store = store_new(arena);
    struct log *log = log_new(store);
    if (choice & CHOICE_SHORT)
        log_limit_line(log, 64);
    read_member(log, name[0], text, piece, choice);
    if (choice & CHOICE_TWICE)
        read_member(log, name[1], text, piece, choice);
    log_finish(log);
    tell(store, ret_hex);
    store_free(store);
    arena_free(arena);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    char whole[SHA256_HEX], parts[SHA256_HEX];
    struct buf text = {0};
    if (size < 2)
        return 0;
    struct span rest = {(const char *)data + 1, size - 1};
    if (data[0] & CHOICE_QUIET)
        add_quiet(&text, rest);
    else
        buf_add(&text, rest);
    read_in(buf_span(&text), text.n, data[0], whole);
    read_in(buf_span(&text), 2 + data[0] / 2, data[0], parts);
    if (!span_is(span_of(whole), parts))
        abort();
    buf_free(&text);
    return 0;
}
