/* SPDX-License-Identifier: MIT */
/* Names that cgroup paths give, and sums over processes of which some ended meanwhile. */
#include "parse_scene.h"

#include "derive/cgroup_names.h"
#include "derive/derive.h"

static const struct {
    const char *path, *pod, *container, *runtime;
} paths[] = {
    {"/kubepods.slice/kubepods-burstable.slice/"
     "kubepods-burstable-pod7f3c1d52_9a0b_4c55_b1f6_0e6f3a2d9c11.slice/"
     "cri-containerd-9d0c41f7a6e2b3859d0c41f7a6e2b3859d0c41f7a6e2b3859d0c41f7a6e2b385.scope/inner",
     "7f3c1d52-9a0b-4c55-b1f6-0e6f3a2d9c11", "9d0c41f7a6e2", "containerd"},
    {"/kubepods/besteffort/pod7f3c1d52-9a0b-4c55-b1f6-0e6f3a2d9c11/"
     "9d0c41f7a6e2b3859d0c41f7a6e2b3859d0c41f7a6e2b3859d0c41f7a6e2b385",
     "7f3c1d52-9a0b-4c55-b1f6-0e6f3a2d9c11", "9d0c41f7a6e2", NULL},
    {"/kubepods.slice/kubepods-pod0123456789abcdef0123456789abcdef.slice",
     "0123456789abcdef0123456789abcdef", NULL, NULL},
    {"/system.slice/docker-4f1c2a9be07d4f1c2a9be07d4f1c2a9be07d4f1c2a9be07d4f1c2a9be07d4f1c.scope",
     NULL, "4f1c2a9be07d", "docker"},
    {"/docker/8c07e3", NULL, "8c07e3", "docker"},
    {"/machine.slice/libpod-4f1c2a9be07d4f1c2a9be07d4f1c2a9be07d4f1c.scope", NULL, "4f1c2a9be07d",
     "podman"},
    {"/system.slice/crio-conmon-4f1c2a9be07d4f1c2a9be07d4f1c2a9be07d4f1c.scope", NULL, NULL, NULL},
    {"/lxc.payload.web/system.slice/nginx.service", NULL, "web", "lxc"},
    {"/system.slice/podium.service", NULL, NULL, NULL},
    {"/kubepods.slice/kubepods-burstable.slice", NULL, NULL, NULL},
    {"/kubepods/podcast-of-the-day-in-full-length-now1", NULL, NULL, NULL},
    {"/", NULL, NULL, NULL},
};

static void paths_name_pods_and_containers(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
        struct container container = {0};
        struct span pod = cgroup_pod(span_of(paths[i].path), arena);
        bool found = cgroup_container(span_of(paths[i].path), &container);
        assert_true(paths[i].pod ? span_is(pod, paths[i].pod) : pod.n == 0);
        assert_int_equal(found, paths[i].container != NULL);
        if (!found || !paths[i].container)
            continue;
        assert_true(span_is(container.id, paths[i].container));
        assert_int_equal(container.runtime != NULL, paths[i].runtime != NULL);
        if (container.runtime)
            assert_string_equal(container.runtime, paths[i].runtime);
    }
    arena_free(arena);
}

#define STATUS(rss) "Name:\tunicorn\nPid:\t7\nVmSize:\t 900 kB\nVmRSS:\t " rss " kB\n"
#define EXITED(member)                                                                             \
    "{\"member\":\"" member "\",\"status\":\"exited\",\"errno\":3,\"bytes\":0,\"us\":1}\n"
#define OK(member) "{\"member\":\"" member "\",\"status\":\"ok\"}\n"
static const char rest[] = OK("proc/201/status") OK("proc/201/smaps_rollup") OK("proc/201/cgroup")
    OK("proc/202/status") OK("proc/202/cgroup") OK("proc/203/stat") OK(
        "sys/fs/cgroup/a.slice/memory.current") "{\"table\":\"processes\",\"complete\":true,"
                                                "\"seen\":3,\"captured\":3}\n"
                                                "{\"end\":true,\"complete\":true,\"members\":9}\n";

/* 201 lived; 202 ended after its status was read; of 203 only the stat was. */
static void three_processes(struct scene *s, const char *manifest)
{
    scene_add(s, "proc/201/status", STATUS("100"));
    scene_add(s, "proc/201/smaps_rollup",
              "00400000-7fff ---p 00000000 00:00 0 [rollup]\nPss: 60 kB\n");
    scene_add(s, "proc/201/cgroup", "0::/a.slice\n");
    scene_add(s, "proc/202/status", STATUS("40"));
    scene_add(s, "proc/202/cgroup", "0::/a.slice\n");
    scene_add(s, "proc/203/stat", "203 (x) R 1 203 203 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 50\n");
    scene_add(s, "sys/fs/cgroup/a.slice/memory.current", "1\n");
    scene_add(s, "manifest.jsonl", arena_printf(s->arena, "%s%s", manifest, rest));
    scene_read(s);
    derive_all(s->store);
}

/* What ended holds nothing, by the manifest's word; it is left out of both sums alike. */
static void ended_processes_are_in_no_sum(void **state)
{
    (void)state;
    struct scene s = scene_new();
    three_processes(&s, EXITED("proc/202/smaps_rollup") EXITED("proc/203/status"));
    assert_number(&s, F_host_use_processes_rss, 0, 100 * 1024);
    assert_number(&s, F_host_use_processes_pss, 0, 60 * 1024);
    assert_number(&s, F_cgroups_processes, 0, 1);
    assert_number(&s, F_cgroups_processes_pss, 0, 60 * 1024);
    assert_number(&s, F_commands_count, 0, 1);
    uint32_t ended = store_row_find(s.store, T_processes, SPAN_LIT("202"));
    store_hide(s.store, ref_of(F_processes_exited, ended));
    assert_absent(&s, F_host_use_processes_pss, 0); /* the sum rests on it */
    scene_end(&s);
}

static void refused_processes_make_the_sum_unknown(void **state)
{
    (void)state;
    struct scene s = scene_new();
    three_processes(&s, "{\"member\":\"proc/202/smaps_rollup\",\"status\":\"denied\",\"errno\":13,"
                        "\"bytes\":0,\"us\":1}\n" EXITED("proc/203/status"));
    assert_absent(&s, F_host_use_processes_pss, 0);
    assert_number(&s, F_host_use_processes_rss, 0, 140 * 1024);
    scene_end(&s);
}

static void the_policy_is_that_of_most_memory(void **state)
{
    (void)state;
    struct scene s = scene_new();
    scene_add(
        &s, "proc/7/numa_maps",
        "1000 default heap anon=3 N0=1 kernelpagesize_kB=4\n"
        "2000 bind:1 anon=9 N1=9 kernelpagesize_kB=4\n3000 default N0=2 kernelpagesize_kB=4\n");
    scene_add(&s, "proc/7/smaps",
              "1000-2000 rw-p 00000000 00:00 0 \nRss: 8 kB\nAnonHugePages: 4 kB\n"
              "FilePmdMapped: 2 kB\nShmemPmdMapped: 1 kB\n");
    scene_read(&s);
    assert_text(&s, F_processes_policy, 0, "bind:1");
    assert_number(&s, F_process_mappings_huge, 0, 7168);
    scene_end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_name_pods_and_containers),
        cmocka_unit_test(ended_processes_are_in_no_sum),
        cmocka_unit_test(refused_processes_make_the_sum_unknown),
        cmocka_unit_test(the_policy_is_that_of_most_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
