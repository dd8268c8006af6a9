/* SPDX-License-Identifier: MIT */
#include "derive/commands.h"

#include "derive/cites.h"

#include "base/arena.h"
#include "base/map.h"

#include <stdlib.h>

#define C(name) F_commands_##name
#define P(name) F_processes_##name

enum how { HOW_SUM, HOW_MAX, HOW_SAME };

static const struct part {
    enum field_id result, source;
    enum how how;
} parts[] = {
    {C(rss), P(rss), HOW_SUM},
    {C(pss), P(pss), HOW_SUM},
    {C(private_dirty), P(private_dirty), HOW_SUM},
    {C(private_dirty_growth), P(private_dirty_growth), HOW_SUM},
    {C(rss_growth), P(rss_growth), HOW_SUM},
    {C(page_tables), P(page_tables), HOW_SUM},
    {C(swap), P(swap), HOW_SUM},
    {C(shared_clean), P(shared_clean), HOW_MAX},
    {C(ppid), P(ppid), HOW_SAME},
};
enum { N_PARTS = sizeof(parts) / sizeof(*parts) };

struct command {
    uint32_t row;
    int64_t count;
    int64_t numbers[N_PARTS];
    bool unknown[N_PARTS];
    struct cites names, cites[N_PARTS];
};

struct census {
    struct command *commands;
    uint32_t n, room;
    struct map by_comm;
};

static struct command *command_of(struct store *store, struct census *census, struct fact comm)
{
    uint32_t index = map_get(&census->by_comm, comm.text, census->n);

    if (index < census->n)
        return &census->commands[index];
    if (census->n == census->room) {
        census->room = census->room ? 2 * census->room : 64;
        census->commands = base_realloc(census->commands, census->room, sizeof(*census->commands));
    }
    map_set(&census->by_comm, comm.text, census->n);
    census->commands[census->n] =
        (struct command){.row = store_row_by_key(store, T_commands, comm.text, comm.where)};
    return &census->commands[census->n++];
}

static bool combine(enum how how, bool is_first, int64_t number, int64_t *total)
{
    switch (how) {
    case HOW_SUM:
        return !__builtin_add_overflow(*total, number, total);
    case HOW_MAX:
        *total = is_first || number > *total ? number : *total;
        return true;
    case HOW_SAME:
        if (!is_first && number != *total)
            return false;
        *total = number;
        return true;
    }
    return false;
}

static void add_process(const struct store *store, struct command *command, uint32_t process)
{
    bool is_first = command->count == 0;
    int64_t number;

    if (cites_flag(&command->names, store, P(exited), process))
        return;
    command->count++;
    cites_fact(&command->names, P(comm), process);
    for (size_t i = 0; i < N_PARTS; i++)
        if (!cites_number(&command->cites[i], store, parts[i].source, process, &number) ||
            !combine(parts[i].how, is_first, number, &command->numbers[i]))
            command->unknown[i] = true;
}

static void set_command(struct store *store, struct command *command)
{
    cites_add(&command->names, ref_complete(T_processes, 0));
    store_compute(store, C(count), command->row, command->count, command->names.refs,
                  command->names.n);
    for (size_t i = 0; i < N_PARTS; i++) {
        cites_all(&command->cites[i], &command->names);
        if (!command->unknown[i])
            store_compute(store, parts[i].result, command->row, command->numbers[i],
                          command->cites[i].refs, command->cites[i].n);
        cites_free(&command->cites[i]);
    }
    cites_free(&command->names);
}

/* A process without a name had exited before its status was read: it holds nothing any more. */
static void take_process(struct store *store, struct census *census, uint32_t process)
{
    struct fact comm = store_fact(store, P(comm), process);
    int64_t is_thread;

    if (comm.state == FACT_KNOWN && store_number(store, P(kernel_thread), process, &is_thread) &&
        !is_thread)
        add_process(store, command_of(store, census, comm), process);
}

void derive_commands(struct store *store)
{
    struct census census = {0};

    if (!store_is_complete(store, T_processes, 0))
        return;
    for (uint32_t row = ROW_NONE; (row = store_row_next(store, T_processes, 0, row)) != ROW_NONE;)
        take_process(store, &census, row);
    for (uint32_t i = 0; i < census.n; i++)
        set_command(store, &census.commands[i]);
    store_complete_as(store, T_commands, ref_complete(T_processes, 0));
    map_free(&census.by_comm);
    free(census.commands);
}
