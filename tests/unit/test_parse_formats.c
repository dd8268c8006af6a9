/* SPDX-License-Identifier: MIT */
/* Each format three times: as the kernel prints it, with a value that is not what it prints, and
 * with another text altogether. */
#include "parse_scene.h"

#define BUNDLE                                                                                     \
    "{\"format\":\"oomscope-bundle\",\"format_version\":1,\"host\":{\"machine\":\"x86_64\","       \
    "\"page_size_bytes\":4096},\"environment\":{\"cgroup\":\"%s\"}}\n"

enum expect { READ, UNREADABLE, ABSENT };

/* One member, and what one field of its first row must then say. */
static const struct row {
    const char *path, *text;
    enum field_id field;
    enum expect expect;
    int64_t number;
} rows[] = {
    {"proc/meminfo", "MemTotal:       8152340 kB\n", F_meminfo_total, READ, 8152340 * 1024LL},
    {"proc/meminfo", "HugePages_Total:       3\n", F_meminfo_hugepages_total, READ, 3},
    {"proc/meminfo", "MemTotal:       8152340 MB\n", F_meminfo_total, UNREADABLE, 0},
    {"proc/meminfo", "MemTotal:       8152340\n", F_meminfo_total, UNREADABLE, 0},
    {"proc/meminfo", "MemTotal: 99999999999999999999 kB\n", F_meminfo_total, UNREADABLE, 0},
    {"proc/meminfo", "MemTotal: -1 kB\n", F_meminfo_total, UNREADABLE, 0},
    {"proc/vmstat", "oom_kill -1\n", F_vmstat_oom_kill, UNREADABLE, 0},
    {"proc/7/status", "Name:\ta\nVmRSS:\t  -12 kB\n", F_processes_rss, UNREADABLE, 0},
    {"proc/meminfo", "MemTotal:       8152340 kB", F_meminfo_total, UNREADABLE, 0}, /* cut */
    {"proc/meminfo", "MemTotalX:      8152340 kB\n", F_meminfo_total, ABSENT, 0},
    {"proc/meminfo", "Active(anon):   1 kB\nActive:  2 kB\n", F_meminfo_active, READ, 2048},
    {"proc/meminfo", "MemFree: 1 kB\nMemFree: 2 kB\n", F_meminfo_free, READ, 1024},
    {"proc/vmstat", "pgmajfault 12\n", F_vmstat_pgmajfault, READ, 12},
    {"proc/vmstat", "pgmajfault -\n", F_vmstat_pgmajfault, UNREADABLE, 0},
    {"proc/vmstat", "allocstall 5\n", F_vmstat_allocstall, READ, 5},
    {"proc/vmstat", "allocstall_dma 5\nallocstall_normal 7\n", F_vmstat_allocstall, READ, 12},
    {"proc/vmstat", "nr_zspages 2\n", F_vmstat_nr_zspages, READ, 8192},
    {"proc/pressure/memory", "some avg10=1.25 avg60=0.00 avg300=0.00 total=77\n",
     F_psi_memory_some_avg10, READ, 125},
    {"proc/pressure/memory", "full avg10=1.25 avg60=0.00 avg300=0.00 total=77\n",
     F_psi_memory_full_total, READ, 77},
    {"proc/pressure/memory", "some avg10=1.2.5 total=77\n", F_psi_memory_some_avg10, UNREADABLE, 0},
    {"proc/sys/vm/swappiness", "60\n", F_vm_swappiness, READ, 60},
    {"proc/sys/vm/swappiness", "sixty\n", F_vm_swappiness, UNREADABLE, 0},
    {"proc/sys/vm/swappiness", "", F_vm_swappiness, ABSENT, 0},
    {"proc/sys/vm/min_free_kbytes", "67584\n", F_vm_min_free_kbytes, READ, 67584 * 1024},
    {"proc/net/sockstat", "sockets: used 9\nTCP: inuse 5 orphan 0 tw 0 alloc 7 mem 3\n",
     F_sockets_tcp_mem, READ, 12288},
    {"proc/sys/net/ipv4/tcp_mem", "1\t2\t4\n", F_sockets_tcp_limit, READ, 16384},
    {"proc/spl/kstat/zfs/arcstats", "13 1 0x01 1 1 1 1\nname type data\nsize   4    77\n",
     F_arc_size, READ, 77},
    {"proc/7/status", "Name:\ta\nVmRSS:\t  12 kB\n", F_processes_rss, READ, 12288},
    {"proc/7/status", "Uid:\t1000\t0\t0\t0\n", F_processes_uid, READ, 1000},
    {"proc/7/status", "Name:\tk\nPPid:\t2\n", F_processes_kernel_thread, READ, 1},
    {"proc/7/status", "Name:\tk\nPPid:\t1\n", F_processes_kernel_thread, ABSENT, 0},
    {"proc/7/status", "Name:\tVmRSS:\t9 kB\nVmRSS:\t 12 kB\n", F_processes_rss, READ, 12288},
    {"proc/7/smaps_rollup", "1000-2000 ---p 00000000 00:00 0 [rollup]\nPss:  5 kB\n",
     F_processes_pss, READ, 5120},
    {"proc/7/stat", "7 (a) b) c (d) S 1 1 1 0 0 0 33 0 44 0 0 0 0 0 0 0 0 0 500 1 2\n",
     F_processes_starttime, READ, 5000000},
    {"proc/7/stat", "7 (a) b) c (d) S 1 1 1 0 0 0 33 0 44 0 0 0 0 0 0 0 0 0 500 1 2\n",
     F_processes_majflt, READ, 44},
    {"proc/7/stat", "7 a S 1\n", F_processes_starttime, ABSENT, 0},
    {"proc/7/limits",
     "Max open files            1024                 4096                 files     \n",
     F_processes_nofile_limit, READ, 1024},
    {"proc/7/oom_score_adj", "-1000\n", F_processes_oom_score_adj, READ, -1000},
    {"sys/block/zram0/mm_stat", " 10 20 30 0 50 1 2 3 4\n", F_zrams_mem_used_total, READ, 30},
    {"sys/devices/system/node/node1/meminfo", "\nNode 1 MemFree:  4 kB\n", F_nodes_free, READ,
     4096},
    {"sys/devices/system/node/node1/numastat", "numa_hit 5\n", F_nodes_numa_hit, READ, 5},
    {"sys/fs/cgroup/a/memory.current", "4096\n", F_cgroups_current, READ, 4096},
    {"sys/fs/cgroup/a/memory.current", "4096 8192\n", F_cgroups_current, UNREADABLE, 0},
    {"sys/fs/cgroup/a/memory.stat", "anon 4096\nfile 1\n", F_cgroups_anon, READ, 4096},
    {"sys/fs/cgroup/a/memory.events", "low 0\nhigh 3\nmax 4\n", F_cgroups_events_high, READ, 3},
    {"sys/fs/cgroup/a/memory.oom.group", "1\n", F_cgroups_oom_group, READ, 1},
    {"sys/fs/cgroup/a/memory.oom.group", "2\n", F_cgroups_oom_group, UNREADABLE, 0},
    {"sys/fs/cgroup/a/pids.current", "4\n", F_cgroups_pids_current, READ, 4},
    {"proc/slabinfo",
     "slabinfo - version: 2.1\nTCPv6(23:a b)  4 8 2048 4 2 : tunables 0 0 0 : slabdata 2 3 0\n",
     F_slabs_bytes, READ, 3 * 2 * 4096},
    {"proc/slabinfo", "slabinfo - version: 2.1\nx 4 8 2048 4 2\n", F_slabs_bytes, ABSENT, 0},
    {"proc/swaps", "Filename Type Size Used Priority\n/dev/dm\\0401 partition 10 4 -2\n",
     F_swaps_used, READ, 4096},
    {"proc/swaps", "Filename Type Size Used Priority\n/dev/dm-1 partition 10 x -2\n", F_swaps_used,
     UNREADABLE, 0},
    {"proc/zoneinfo",
     "Node 0, zone   Normal\n  pages free     5\n        boost    0\n        min      2\n",
     F_zones_min, READ, 8192},
    {"proc/buddyinfo", "Node 0, zone   Normal      0      3      0 \n", F_zones_largest_free_order,
     READ, 1},
    {"proc/sysvipc/shm", "key shmid perms size cpid\n0 3 1600 4096 77\n", F_shm_size, READ, 4096},
    {"collect/tmpfs.jsonl", "{\"mount\":\"/dev/shm\",\"size_bytes\":9,\"used_bytes\":4}\n",
     F_tmpfs_used, READ, 4},
    {"collect/shmem_files.jsonl",
     "{\"pid\":7,\"starttime_ticks\":1,\"inode\":9,\"used_bytes\":4096,\"name\":\"/memfd:x "
     "(deleted)\"}\n"
     "{\"pid\":8,\"starttime_ticks\":2,\"inode\":9,\"used_bytes\":4096,\"name\":\"/memfd:x "
     "(deleted)\"}\n",
     F_shmem_files_pid, READ, 7},
    {"collect/shmem_files.jsonl",
     "{\"pid\":7,\"inode\":9,\"used_bytes\":4096,\"name\":\"/memfd:x (deleted)\"}\n",
     F_shmem_files_used, READ, 4096},
    {"collect/shmem_files.jsonl", "{\"pid\":7,\"inode\":9}\n", F_shmem_files_used, ABSENT, 0},
    {"proc/mounts", "tmpfs /run tmpfs rw,size=16k,mode=755 0 0\n", F_tmpfs_size, READ, 16384},
    {"proc/allocinfo", "  12288  3 mm/slub.c:2319 func:alloc_slab_page\n", F_allocations_bytes,
     READ, 12288},
};

static void formats(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct row *row = &rows[i];
        struct scene s = scene_new();
        scene_add(&s, "bundle.json", arena_printf(s.arena, BUNDLE, "v2"));
        scene_add(&s, row->path, row->text);
        scene_read(&s);
        struct fact fact = store_fact(s.store, row->field, 0);
        enum fact_state want = row->expect == READ         ? FACT_KNOWN
                               : row->expect == UNREADABLE ? FACT_UNREADABLE
                                                           : FACT_ABSENT;
        if (fact.state != want || (want == FACT_KNOWN && fact.number != row->number))
            print_message("row %zu: %s\n", i, row->path);
        assert_int_equal(fact.state, want);
        if (want == FACT_KNOWN)
            assert_int_equal(fact.number, row->number);
        if (want == FACT_UNREADABLE)
            assert_true(store_observation_count(s.store) > 0);
        scene_end(&s);
    }
}

/* Any text under any known name: no facts of it, something said, nothing broken. */
static void other_texts(void **state)
{
    static const char *const texts[] = {"\n",
                                        ":\n",
                                        "\x01\xff\xfe\n",
                                        "Node 0, zone\n",
                                        "{\n",
                                        "a b c d e f g h i j k l m n o p q r s t u v w x y z",
                                        "1 (((((\n",
                                        "0::\n:::\n",
                                        "some =\n"};
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        for (size_t t = 0; t < sizeof(texts) / sizeof(texts[0]); t++) {
            struct scene s = scene_new();
            scene_add(&s, rows[i].path, texts[t]);
            scene_read(&s);
            assert_true(store_fact(s.store, rows[i].field, 0).state != FACT_KNOWN ||
                        rows[i].field == F_processes_kernel_thread);
            scene_end(&s);
        }
}

static void none_is_a_value_of_its_own(void **state)
{
    static const char *const texts[] = {"max\n", "9223372036854771712\n", "9223372036854775807\n",
                                        "18446744073709551615\n", "9223372036854710272\n"};
    (void)state;
    for (size_t t = 0; t < sizeof(texts) / sizeof(texts[0]); t++) {
        struct scene s = scene_new();
        scene_add(&s, "bundle.json", arena_printf(s.arena, BUNDLE, "v1"));
        scene_add(&s, "sys/fs/cgroup/memory/a/memory.limit_in_bytes", texts[t]);
        scene_read(&s);
        assert_state(&s, F_cgroups_max, 0, FACT_UNLIMITED);
        assert_number(&s, F_cgroups_version, 0, 1);
        scene_end(&s);
    }
}

static void hybrid_rows_are_of_one_path(void **state)
{
    struct scene s = scene_new();
    (void)state;
    scene_add(&s, "bundle.json", arena_printf(s.arena, BUNDLE, "hybrid"));
    scene_add(&s, "sys/fs/cgroup/memory/a/memory.stat",
              "cache 1\npgfault 3\ntotal_rss 5\ntotal_pgfault 9\n");
    scene_add(&s, "sys/fs/cgroup/unified/a/memory.pressure", "some avg10=2.00 total=4\n");
    scene_add(&s, "sys/fs/cgroup/unified/b/memory.pressure", "some avg10=2.00 total=4\n");
    scene_add(&s, "proc/7/cgroup", "5:cpu,memory:/a\n1:name=systemd:/x\n0::/y (deleted)\n");
    scene_read(&s);
    assert_int_equal(store_row_count(s.store, T_cgroups), 1);
    assert_text(&s, F_cgroups_path, 0, "/a");
    assert_number(&s, F_cgroups_anon, 0, 5);
    assert_number(&s, F_cgroups_pgfault, 0, 9);
    assert_number(&s, F_cgroups_memory_some_avg10, 0, 200);
    assert_text(&s, F_processes_cgroup, 0, "/a");
    scene_end(&s);
}

static void names_are_evidence(void **state)
{
    struct scene s = scene_new();
    (void)state;
    scene_add(&s, "proc/7/status",
              "Name:\ta\\nVmRSS:\\t9\\\\\nState:\tD (disk sleep)\nVmSize:\t 1 kB\n");
    scene_add(&s, "sys/fs/cgroup/a: b|`/memory.current", "1\n");
    scene_add(&s, "proc/self/status", "Name:\tx\n");
    scene_read(&s);
    assert_text(&s, F_processes_comm, 0, "a\nVmRSS:t9\\");
    assert_text(&s, F_processes_state, 0, "D");
    assert_text(&s, F_cgroups_path, 0, "/a: b|`");
    assert_int_equal(store_row_count(s.store, T_processes), 1);
    scene_end(&s);
}

static void mappings_and_nodes_are_summed(void **state)
{
    struct scene s = scene_new();
    (void)state;
    scene_add(
        &s, "proc/7/smaps",
        "1000-2000 rw-p 00000000 00:00 0                          [heap]\nRss: 8 kB\nPss: 4 kB\n"
        "KernelPageSize: 16 kB\n"
        "2000-3000 rw-p 00000000 00:00 0 \nRss: 1 kB\n3000-4000 rw-p 0 00:00 0 \nRss: 2 kB\n");
    scene_add(&s, "proc/7/numa_maps",
              "1000 default heap anon=3 N0=1 N1=2 kernelpagesize_kB=4\n2000 default N1=1\n");
    scene_read(&s);
    assert_number(&s, F_host_page_size, 0, 16384);
    assert_text(&s, F_process_mappings_kind, 0, "heap");
    assert_number(&s, F_process_mappings_rss, 0, 8192);
    assert_number(&s, F_process_mappings_rss, 1, 3072);
    assert_number(&s, F_process_mappings_count, 1, 2);
    assert_number(&s, F_process_nodes_bytes, 0, 4096);
    assert_number(&s, F_process_nodes_bytes, 1, 8192 + 16384);
    assert_true(store_is_complete(s.store, T_process_mappings, 0));
    assert_true(store_is_complete(s.store, T_process_nodes, 0));
    scene_end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formats),
        cmocka_unit_test(other_texts),
        cmocka_unit_test(none_is_a_value_of_its_own),
        cmocka_unit_test(hybrid_rows_are_of_one_path),
        cmocka_unit_test(names_are_evidence),
        cmocka_unit_test(mappings_and_nodes_are_summed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
