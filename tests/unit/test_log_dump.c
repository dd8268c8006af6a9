/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/arena.h"
#include "fact/store.h"
#include "log/log.h"

static void add(struct log *log, const char *path, const char *text, size_t piece)
{
    log_begin(log, span_of(path), LOG_ANY);
    for (struct span rest = span_of(text); rest.n > 0; rest = span_skip(rest, piece))
        log_feed(log, span_slice(rest, 0, piece));
    log_end(log, false);
}

/* Part 1 is the end of the log. Two crashes have the same heading; the file names tell them apart.
 */
static void files_of_pstore_are_one_log(void **state)
{
    static const char *const names[] = {"sys/fs/pstore/dmesg-efi_pstore-170406720000101",
                                        "sys/fs/pstore/dmesg-efi_pstore-170406720000201",
                                        "sys/fs/pstore/dmesg-efi_pstore-170406790000101"};
    (void)state;
    static const size_t pieces[] = {1 << 20, 7};
    for (size_t p = 0; p < 2; p++) {
        struct arena *arena = arena_new();
        struct store *store = store_new(arena);
        struct log *log = log_new(store);
        struct where places[4];
        add(log, names[0],
            "Panic#2 Part1\n<3>[  100.000001] Out of memory: Killed process 50 (ash) total-vm:1kB, "
            "anon-rss:2kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:4kB oom_score_adj:0\n",
            pieces[p]);
        add(log, names[1],
            "Panic#2 Part2\n<6>[   99.000000] eth0: up\n<4>[  100.000000] loom invoked oom-killer: "
            "gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0\n",
            pieces[p]);
        add(log, names[2],
            "Panic#2 Part1\n<3>[  500.000001] Out of memory: Killed process 60 (elm) total-vm:1kB, "
            "anon-rss:2kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:4kB oom_score_adj:0\n",
            pieces[p]);
        log_finish(log);
        assert_int_equal(store_row_count(store, T_oom_events), 2);
        uint32_t row = store_row_next(store, T_oom_events, 0, ROW_NONE);
        struct fact order = store_fact(store, F_oom_events_order, row);
        assert_int_equal(order.where.line, 3);
        assert_string_equal(store_member_path(store, order.where.member).p, names[1]);
        struct fact victim = store_fact(store, F_oom_events_victim_pid, row);
        assert_int_equal(victim.number, 50);
        assert_int_equal(victim.where.line, 2);
        assert_string_equal(store_member_path(store, victim.where.member).p, names[0]);
        assert_int_equal(store_places(store, ref_of(F_oom_events_complete, row), places, 4), 1);
        assert_string_equal(store_member_path(store, places[0].member).p, names[0]);
        store_free(store);
        arena_free(arena);
    }
}

static void other_encodings_are_recognised(void **state)
{
    static const char utf16[] = "\xff\xfe[\0 \0 \0001\0.\0000\0000\0]\0 \0e\0t\0h\0\n\0";
    (void)state;
    assert_true(log_recognises((struct span){utf16, sizeof(utf16) - 1}));
    assert_true(log_recognises(SPAN_LIT("[{\"pri\":4,\"time\":1.0,\"msg\":\"a\"}]")));
    assert_true(log_recognises(SPAN_LIT("[    1.000000] a\r[    2.000000] b\r")));
    assert_false(log_recognises(SPAN_LIT("nothing\rof note\r")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_of_pstore_are_one_log),
        cmocka_unit_test(other_encodings_are_recognised),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
