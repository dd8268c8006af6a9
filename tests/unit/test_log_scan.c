/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/arena.h"
#include "fact/store.h"
#include "log/anchors.h"
#include "log/log.h"
#include "log/scan.h"

#include "base/buf.h"

#include <stdlib.h>
#include <string.h>

static const char kill_line[] =
    "[ 10.000001] Out of memory: Killed process 50 (ash) total-vm:1kB, anon-rss:2kB, "
    "file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:4kB oom_score_adj:0\n";

static void fill(char *text, size_t n, unsigned *seed)
{
    static const char letters[] = "moryeOu kilfd:-\n";
    for (size_t i = 0; i < n; i++)
        text[i] = letters[(*seed = *seed * 1103515245u + 12345u) >> 28];
}

static void anchors_are_found_wherever_they_stand(void **state)
{
    enum { TEXT_BYTES = 400 };
    static const char *const words[] = {"Out of memory", "invoked oom-killer", "total_vm      rss",
                                        "MESSAGE\":[",   "Killed process ",    "Linux version "};
    char text[TEXT_BYTES];
    unsigned seed = 1;
    (void)state;
    scan_init();
    for (unsigned round = 0; round < 20000; round++) {
        const char *word = words[round % 6];
        size_t at = round % (TEXT_BYTES - 20);
        fill(text, sizeof(text), &seed);
        assert_int_equal(scan_anchor((struct span){text, sizeof(text)}), sizeof(text));
        memcpy(text + at, word, strlen(word));
        assert_int_equal(scan_anchor((struct span){text, sizeof(text)}), at);
        assert_int_equal(scan_anchor((struct span){text, at + strlen(word) - 1}),
                         at + strlen(word) - 1);
    }
}

static void each_anchor_is_found(void **state)
{
    char text[200];
    (void)state;
    scan_init();
    for (unsigned a = 0; a < anchors_count; a++) {
        size_t length = strlen(anchors[a]);
        assert_true(length >= ANCHOR_SHORTEST_BYTES);
        for (size_t at = 0; at + length <= sizeof(text); at++) {
            memset(text, '.', sizeof(text));
            memcpy(text + at, anchors[a], length);
            size_t found = scan_anchor((struct span){text, sizeof(text)});
            assert_int_equal(found, scan_anchor_portable((struct span){text, sizeof(text)}));
            assert_true(found <= at); /* an anchor may hold another */
        }
    }
}

/* Pieces of anchors in any order, whole, cut and one over the other: both searches agree. */
static void both_ways_find_the_same(void **state)
{
    enum { TEXT_BYTES = 600, ROUNDS = 60000 };
    char text[TEXT_BYTES];
    unsigned seed = 3, found = 0;
    (void)state;
    scan_init();
    for (unsigned round = 0; round < ROUNDS; round++) {
        size_t n = round % TEXT_BYTES;
        fill(text, sizeof(text), &seed);
        for (unsigned i = 0; i < 12; i++) {
            seed = seed * 1103515245u + 12345u;
            const char *word = anchors[(seed >> 8) % anchors_count];
            size_t length = strlen(word), from = (seed >> 16) % 5, at = (seed >> 3) % TEXT_BYTES;
            length -= i % 3 == round % 3 ? 0 : 1; /* most lack their last byte */
            for (size_t k = from * (i % 2); k < length && at + k < TEXT_BYTES; k++)
                text[at + k] = word[k];
        }
        struct span span = {text, n};
        size_t at = scan_anchor(span);
        found += at < n;
        assert_int_equal(at, scan_anchor_portable(span));
        assert_int_equal(scan_count_feeds(span), scan_count_feeds_portable(span));
    }
    assert_in_range(found, ROUNDS / 10, ROUNDS - ROUNDS / 10);
}

static void line_feeds_are_counted(void **state)
{
    enum { TEXT_BYTES = 5000 };
    static char text[TEXT_BYTES];
    unsigned seed = 7;
    (void)state;
    for (size_t n = 0; n < TEXT_BYTES; n += 37) {
        uint64_t wanted = 0;
        fill(text, sizeof(text), &seed);
        text[n / 2] = (char)0x8a; /* the line feed with the top bit set is none */
        for (size_t i = 0; i < n; i++)
            wanted += text[i] == '\n';
        assert_int_equal(scan_count_feeds((struct span){text, n}), wanted);
    }
    memset(text, '\n', sizeof(text));
    assert_int_equal(scan_count_feeds((struct span){text, sizeof(text)}), sizeof(text));
}

/* Far into a log that says nothing, the line number that is cited is still the physical one. */
static void events_far_inside_cite_their_lines(void **state)
{
    enum { NOISE_LINES = 40000 };
    (void)state;
    static const size_t pieces[] = {1 << 20, 65536, 4099};
    for (size_t p = 0; p < 3; p++) {
        struct arena *arena = arena_new();
        struct store *store = store_new(arena);
        struct log *log = log_new(store);
        struct buf text = {0};
        for (unsigned i = 1; i <= 2 * NOISE_LINES; i++)
            if (i % NOISE_LINES == 0)
                buf_str(&text, kill_line);
            else
                buf_fmt(&text, "[ %u.000000] eth0: nothing of note %u\n", i / 100, i * 7919);
        log_begin(log, SPAN_LIT("messages"), LOG_ANY);
        for (struct span rest = buf_span(&text); rest.n > 0; rest = span_skip(rest, pieces[p]))
            log_feed(log, span_slice(rest, 0, pieces[p]));
        log_end(log, false);
        log_finish(log);
        uint32_t row = store_row_next(store, T_oom_events, 0, ROW_NONE);
        struct fact victim = store_fact(store, F_oom_events_victim_pid, row);
        assert_int_equal(victim.where.line, NOISE_LINES);
        assert_true(span_starts(store_line(store, victim.where), "[ 10.000001] Out of memory"));
        buf_free(&text);
        store_free(store);
        arena_free(arena);
    }
}

static struct store *read_two(const char *first, const char *second)
{
    struct store *store = store_new(arena_new());
    struct log *log = log_new(store);
    log_begin(log, SPAN_LIT("dev/kmsg"), LOG_KMSG);
    log_feed(log, span_of(first));
    log_end(log, false);
    log_begin(log, SPAN_LIT("var/log/messages"), LOG_ANY);
    log_feed(log, span_of(second));
    log_end(log, false);
    log_finish(log);
    return store;
}

static void free_store(struct store *store)
{
    struct arena *arena = store_arena(store);
    store_free(store);
    arena_free(arena);
}

/* One event in two sources is one row whose facts have both places; another time is another event.
 */
static void an_event_in_two_logs_is_one(void **state)
{
    static const char kmsg[] =
        "5,0,0,-;Linux version 6.1.0 (b@h) (gcc) #1\n"
        "3,1,10000001,-;Out of memory: Killed process 50 (ash) total-vm:1kB, anon-rss:2kB, "
        "file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:4kB oom_score_adj:0\n";
    struct where places[4];
    (void)state;
    struct store *store = read_two(kmsg, kill_line);
    uint32_t row = store_row_next(store, T_oom_events, 0, ROW_NONE);
    assert_int_equal(store_row_count(store, T_oom_events), 1);
    assert_int_equal(store_row_count(store, T_oom_victims), 1);
    assert_int_equal(store_places(store, ref_of(F_oom_events_victim_pid, row), places, 4), 2);
    assert_int_equal(places[0].line, 2);
    assert_int_equal(places[1].line, 1);
    assert_true(store_is_complete(store, T_oom_events, 0));
    assert_true(span_is(store_fact(store, F_host_kernel, 0).text, "6.1.0"));
    free_store(store);

    struct buf later = {0};
    buf_str(&later, "[ 5000.000001] ");
    buf_str(&later, kill_line + sizeof("[ 10.000001] ") - 1);
    store = read_two(kmsg, buf_cstr(&later));
    assert_int_equal(store_row_count(store, T_oom_events), 2);
    free_store(store);
    buf_free(&later);
}

/* A table is whole only when a log from the boot on was read without a loss. */
static void completeness_needs_a_log_from_boot(void **state)
{
    static const struct {
        const char *kmsg;
        bool complete;
    } logs[] = {
        {"5,0,0,-;Linux version 6.1.0 (b@h) (gcc) #1\n6,1,5,-;b\n", true},
        {"5,0,0,-;Linux version 6.1.0 (b@h) (gcc) #1\n6,2,5,-;b\n", false}, /* one lost */
        {"6,40,5,-;b\n6,41,6,-;c\n", false},                                /* overwritten */
    };
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct store *store = read_two(logs[i].kmsg, "");
        assert_int_equal(store_is_complete(store, T_oom_events, 0), logs[i].complete);
        free_store(store);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(anchors_are_found_wherever_they_stand),
        cmocka_unit_test(each_anchor_is_found),
        cmocka_unit_test(both_ways_find_the_same),
        cmocka_unit_test(line_feeds_are_counted),
        cmocka_unit_test(events_far_inside_cite_their_lines),
        cmocka_unit_test(an_event_in_two_logs_is_one),
        cmocka_unit_test(completeness_needs_a_log_from_boot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
