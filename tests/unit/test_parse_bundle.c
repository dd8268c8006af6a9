/* SPDX-License-Identifier: MIT */
/* A small bundle as a whole: header, manifest, trust, samples, order. */
#include "parse_scene.h"

#define HEADER                                                                                     \
    "{\"format\":\"oomscope-bundle\",\"format_version\":1,\"host\":{\"hostname\":\"n1\","          \
    "\"boot_id\":\"b\",\"kernel_release\":\"6.12.0\",\"machine\":\"x86_64\","                      \
    "\"page_size_bytes\":4096,\"cpus\":2},\"clocks\":{\"realtime_ns\":5000000000,"                 \
    "\"monotonic_ns\":1,\"boottime_ns\":2000000000},\"environment\":{\"euid\":0,"                  \
    "\"container\":\"none\",\"cgroup\":\"v2\"}}\n"
#define END                                                                                        \
    "{\"member\":\"bundle.json\",\"status\":\"ok\"}\n"                                             \
    "{\"end\":true,\"complete\":true,\"members\":3}\n"

static void header_says_who_and_when(void **state)
{
    struct scene s = scene_new();
    (void)state;
    scene_add(&s, "bundle.json", HEADER);
    scene_add(&s, "manifest.jsonl", END);
    scene_read(&s);
    assert_text(&s, F_host_hostname, 0, "n1");
    assert_number(&s, F_host_page_size, 0, 4096);
    assert_number(&s, F_capture_time, 0, 2000000);
    assert_number(&s, F_capture_wall, 0, 5000000);
    assert_number(&s, F_capture_complete, 0, 1);
    assert_number(&s, F_capture_samples, 0, 1);
    assert_int_equal(scene_observed(&s, OBS_TRUNCATED), 0);
    scene_end(&s);
}

static void no_end_line_is_a_capture_cut_short(void **state)
{
    struct scene s = scene_new();
    (void)state;
    scene_add(&s, "bundle.json", HEADER);
    scene_add(&s, "manifest.jsonl",
              "{\"member\":\"proc/meminfo\",\"status\":\"denied\",\"errno\":13}\n");
    scene_read(&s);
    assert_number(&s, F_capture_complete, 0, 0);
    assert_int_equal(scene_observed(&s, OBS_TRUNCATED), 1);
    struct lack lack = store_lack(s.store, ref_of(F_meminfo_total, 0));
    assert_int_equal(lack.reason, LACK_NOT_CAPTURED);
    assert_true(span_is(lack.status, "denied"));
    assert_int_equal(lack.where.line, 1);
    scene_end(&s);
}

/* Without a manifest line for a member the bundle would be distrusted: none here has an end line.
 */
static bool nodes_are_complete(const char *online, const char *manifest)
{
    struct scene s = scene_new();
    scene_add(&s, "sys/devices/system/node/node0/meminfo", "Node 0 MemTotal:  8 kB\n");
    if (online)
        scene_add(&s, "sys/devices/system/node/online", online);
    scene_add(&s, "bundle.json", HEADER);
    scene_add(&s, "manifest.jsonl", manifest);
    scene_read(&s);
    bool complete = store_is_complete(s.store, T_nodes, 0);
    scene_end(&s);
    return complete;
}

static void the_kernel_lists_all_nodes(void **state)
{
    static const char all[] = "{\"table\":\"nodes\",\"complete\":true,\"seen\":1,\"captured\":1}\n";
    static const char part[] =
        "{\"table\":\"nodes\",\"complete\":false,\"seen\":1,\"captured\":3}\n";
    (void)state;
    assert_true(nodes_are_complete("0\n", part));
    assert_false(nodes_are_complete("0-1\n", all));
    assert_true(nodes_are_complete(NULL, all));
    assert_false(nodes_are_complete(NULL, part));
    assert_false(nodes_are_complete("0", part)); /* cut */
}

static void a_member_that_is_not_what_the_manifest_says_is_not_read(void **state)
{
    struct scene s = scene_new();
    (void)state;
    scene_add(&s, "proc/meminfo", "MemTotal:  8 kB\n");
    scene_add(&s, "proc/vmstat", "pgfault 7\n");
    scene_add(&s, "proc/swaps", "Filename Type Size Used Priority\n");
    scene_add(&s, "bundle.json", HEADER);
    /* SHA-256 of another text; the right size of a text; a wrong size */
    scene_add(&s, "manifest.jsonl",
              "{\"member\":\"proc/meminfo\",\"status\":\"ok\",\"bytes\":16,\"sha256\":"
              "\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\"}\n"
              "{\"member\":\"proc/vmstat\",\"status\":\"ok\",\"bytes\":10}\n"
              "{\"member\":\"proc/swaps\",\"status\":\"ok\",\"bytes\":12}\n" END);
    scene_read(&s);
    assert_absent(&s, F_meminfo_total, 0);
    assert_number(&s, F_vmstat_pgfault, 0, 7);
    assert_false(store_is_complete(s.store, T_swaps, 0));
    assert_int_equal(scene_observed(&s, OBS_DISTRUSTED), 2);
    scene_end(&s);
}

static void tables_are_complete_by_the_manifest(void **state)
{
    struct scene s = scene_new();
    (void)state;
    scene_add(&s, "bundle.json", HEADER);
    scene_add(&s, "proc/1/status", "Name:\tinit\nPPid:\t0\nVmSize:\t 8 kB\n");
    scene_add(&s, "manifest/1.jsonl",
              "{\"member\":\"proc/1/status\",\"status\":\"ok\"}\n"
              "{\"table\":\"processes\",\"complete\":true,\"seen\":1,\"captured\":1}\n");
    scene_add(&s, "manifest.jsonl",
              "{\"table\":\"cgroups\",\"complete\":true,\"seen\":1,\"captured\":1}\n" END);
    scene_read(&s);
    assert_true(store_is_complete(s.store, T_processes, 0));
    assert_false(store_is_complete(s.store, T_cgroups, 0)); /* one is missing from the bundle */
    assert_true(store_is_complete(s.store, T_zrams, 0));
    struct where where = store_get(s.store, ref_complete(T_processes, 0)).where;
    assert_true(span_is(store_member_path(s.store, where.member), "manifest/1.jsonl"));
    scene_end(&s);
}

static void samples_stand_in_tables_of_their_own(void **state)
{
    struct scene s = scene_new();
    (void)state;
    scene_add(&s, "samples/2/proc/meminfo", "MemFree: 3 kB\n");
    scene_add(&s, "samples/1/proc/meminfo", "MemFree: 2 kB\n");
    scene_add(&s, "samples/1/clocks.json",
              "{\"realtime_ns\":6000000000,\"boottime_ns\":3000000000}");
    scene_add(&s, "samples/2/clocks.json",
              "{\"realtime_ns\":7000000000,\"boottime_ns\":4000000000}");
    scene_add(&s, "before/1/clocks.json",
              "{\"realtime_ns\":1000000000,\"boottime_ns\":1000000000}");
    scene_add(&s, "before/1/proc/meminfo", "MemFree: 0 kB\n");
    scene_add(&s, "proc/meminfo", "MemFree: 1 kB\n");
    scene_add(&s, "bundle.json", HEADER);
    scene_read(&s);
    assert_number(&s, F_meminfo_free, 0, 1024);
    int64_t expect = -1;
    for (uint32_t row = ROW_NONE;
         (row = store_row_next(s.store, T_meminfo_samples, 0, row)) != ROW_NONE; expect++) {
        assert_number(&s, F_meminfo_samples_sample, row, expect);
        assert_number(&s, F_meminfo_samples_time, row, (expect + 2) * 1000000);
        assert_number(&s, F_meminfo_samples_free, row, (expect + 1) * 1024);
    }
    assert_int_equal(expect, 3);
    assert_true(store_is_complete(s.store, T_meminfo_samples, 0));
    assert_number(&s, F_capture_samples, 0, 4);
    assert_number(&s, F_capture_span, 0, 3000000);
    scene_end(&s);
}

#define STAT(pid, start) pid " (a) S 1 1 1 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 " start " 5 6\n"

static void a_pid_that_another_process_took_is_no_sample(void **state)
{
    struct scene s = scene_new();
    (void)state;
    for (int i = 0; i < 2; i++) {
        scene_add(&s, i ? "proc/7/stat" : "proc/8/stat", i ? STAT("7", "100") : STAT("8", "100"));
        scene_add(&s, i ? "proc/7/status" : "proc/8/status", "VmRSS:\t1 kB\n");
        scene_add(&s, i ? "samples/1/proc/7/stat" : "samples/1/proc/8/stat",
                  i ? STAT("7", "900") : STAT("8", "100"));
        scene_add(&s, i ? "samples/1/proc/7/status" : "samples/1/proc/8/status", "VmRSS:\t2 kB\n");
    }
    scene_read(&s);
    uint32_t same = store_row_find(s.store, T_processes, SPAN_LIT("8"));
    uint32_t other = store_row_find(s.store, T_processes, SPAN_LIT("7"));
    assert_int_equal(store_row_next(s.store, T_process_samples, other, ROW_NONE), ROW_NONE);
    uint32_t row = store_row_next(s.store, T_process_samples, same, ROW_NONE);
    assert_number(&s, F_process_samples_rss, row, 1024);
    row = store_row_next(s.store, T_process_samples, same, row);
    assert_number(&s, F_process_samples_rss, row, 2048);
    scene_end(&s);
}

static void the_highest_tree_is_read(void **state)
{
    struct scene s = scene_new();
    (void)state;
    scene_add(&s, "./sosreport-a-2026/var/lib/lxcfs/proc/meminfo", "MemTotal: 9 kB\n");
    scene_add(&s, "./sosreport-a-2026/proc/meminfo", "MemTotal: 8 kB\n");
    scene_add(&s, "/sosreport-a-2026/proc/version", "Linux version 5.10.0-1 (x@y) #1\n");
    scene_read(&s);
    assert_number(&s, F_meminfo_total, 0, 8192);
    assert_text(&s, F_host_kernel, 0, "5.10.0-1");
    assert_absent(&s, F_host_page_size, 0);
    assert_absent(&s, F_capture_complete, 0);
    struct fact fact = store_fact(s.store, F_meminfo_total, 0);
    assert_true(span_is(store_member_path(s.store, fact.where.member), "proc/meminfo"));
    assert_int_equal(fact.where.line, 1);
    scene_end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(header_says_who_and_when),
        cmocka_unit_test(no_end_line_is_a_capture_cut_short),
        cmocka_unit_test(the_kernel_lists_all_nodes),
        cmocka_unit_test(a_member_that_is_not_what_the_manifest_says_is_not_read),
        cmocka_unit_test(tables_are_complete_by_the_manifest),
        cmocka_unit_test(samples_stand_in_tables_of_their_own),
        cmocka_unit_test(a_pid_that_another_process_took_is_no_sample),
        cmocka_unit_test(the_highest_tree_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
