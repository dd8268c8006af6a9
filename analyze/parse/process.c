/* SPDX-License-Identifier: MIT */
#include "parse/formats.h"

#include "base/arena.h"
#include "base/lines.h"
#include "base/num.h"
#include "parse/json.h"
#include "parse/parse_parts.h"
#include "parse/observe.h"
#include "parse/value.h"

/* Line number of a key in a file of "Key:\tvalue" lines, 0 when it is not there. */
static uint32_t line_of(struct span text, const char *key, struct span *ret_value)
{
    struct lines lines = lines_of(text);
    struct span line, name;
    *ret_value = SPAN_NONE;
    while (lines_next(&lines, &line))
        if (span_cut(line, ':', &name, ret_value) && span_is(name, key))
            return lines.number;
    return 0;
}

/* "Kthread:\t1" since 6.8. Before, a task without VmSize has no memory of its own: a kernel thread
 * (child of kthreadd), a zombie ("State:\tZ (zombie)"), or a process that is just exiting. */
static void put_kernel_thread(struct reading *r)
{
    struct span value, text = r->file->text;
    uint32_t state_at = line_of(text, "State", &value);
    bool is_zombie = state_at && span_starts(span_trim(value), "Z");
    if (is_zombie && !line_of(text, "VmSize", &value) && file_is_whole(r->file)) {
        store_set(r->store, F_processes_kernel_thread, r->row, true, place(r, state_at));
        return;
    }
    uint32_t at = line_of(text, "Kthread", &value);
    if (at) {
        value_put(r, F_processes_kernel_thread,
                  value_read(r->parse, UNIT_FLAG, span_trim(value), false), at,
                  SPAN_LIT("Kthread"));
        return;
    }
    uint32_t size_at = line_of(text, "VmSize", &value);
    at = size_at ? size_at : line_of(text, "PPid", &value);
    value = span_trim(value);
    bool is_thread = !size_at && (span_is(value, "2") || span_is(r->key, "2"));
    if (at && (size_at || is_thread) && file_is_whole(r->file))
        store_set(r->store, F_processes_kernel_thread, r->row, is_thread, place(r, at));
}

/* fs/proc/array.c proc_task_name escapes line feed and backslash in Name. */
static void put_name(struct reading *r)
{
    struct span value;
    uint32_t at = line_of(r->file->text, "Name", &value);
    if (!at || !span_eat(&value, "\t"))
        return;
    char *out = arena_alloc(store_arena(r->store), value.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < value.n; i++) {
        bool escaped = value.p[i] == '\\' && i + 1 < value.n;
        char c = escaped ? value.p[++i] : value.p[i];
        out[n++] = escaped && c == 'n' ? '\n' : c;
    }
    store_set_text(r->store, F_processes_comm, r->row, (struct span){out, n}, place(r, at));
}

void status_read(struct reading *r, const struct group *group)
{
    if (r->file->sample == SAMPLE_ROOT) {
        put_name(r);
        put_kernel_thread(r);
    }
    keyed_read(r, group);
}

/* kernel/cgroup/cgroup.c proc_cgroup_show: "4:cpu,memory:/a" in v1, "0::/a" in v2, both in hybrid,
 * where memory is with v1. " (deleted)" may follow the path. */
static bool is_memory(struct span controllers)
{
    struct span one;
    for (bool more = true; more;) {
        more = span_cut(controllers, ',', &one, &controllers);
        if (span_is(one, "memory"))
            return true;
    }
    return false;
}

void proc_cgroup_read(struct reading *r, const struct group *group)
{
    (void)group;
    struct lines lines = lines_of(r->file->text);
    struct span line, id, controllers, path, best = SPAN_NONE;
    uint32_t at = 0;
    while (lines_next(&lines, &line)) {
        if (!span_cut(line, ':', &id, &path) || !span_cut(path, ':', &controllers, &path) ||
            !span_starts(path, "/") || !lines.terminated) {
            observe(r->store, OBS_MALFORMED, place(r, lines.number), "not a line of cgroup",
                    SPAN_NONE);
            continue;
        }
        bool memory = is_memory(controllers);
        if (!memory && !(span_is(id, "0") && controllers.n == 0 && at == 0))
            continue;
        best = span_ends(path, " (deleted)") ? span_slice(path, 0, path.n - 10) : path;
        at = lines.number;
        if (memory)
            break;
    }
    if (at)
        value_put(r, F_processes_cgroup, (struct value){.state = VALUE_OK, .text = best}, at,
                  SPAN_LIT("memory"));
}

/* {"pid":N,"starttime_ticks":N,"open_files":N}: the start time names the process with the pid. */
static void put_open_files(struct reading *r, const struct json_object *object, uint32_t line)
{
    int64_t pid, ticks, files, start_us;
    struct store *store = r->store;
    if (!object_number(object, "pid", &pid) || !object_number(object, "open_files", &files))
        return;
    struct span key = span_of(arena_printf(store_arena(store), "%lld", (long long)pid));
    uint32_t row = store_row_find(store, T_processes, key);
    if (row == ROW_NONE)
        return;
    if (object_number(object, "starttime_ticks", &ticks) &&
        store_number(store, F_processes_starttime, row, &start_us) && start_us / 10000 != ticks)
        return;
    store_set(store, F_processes_fds, row, files, place(r, line));
}

void process_list_read(struct reading *r, const struct group *group)
{
    (void)group;
    struct lines lines = lines_of(r->file->text);
    struct json_object object;
    struct span line;
    while (lines_next(&lines, &line)) {
        if (object_of(line, &object))
            put_open_files(r, &object, lines.number);
        else
            observe(r->store, OBS_MALFORMED, place(r, lines.number), "not a line of this list",
                    SPAN_NONE);
    }
}
