/* SPDX-License-Identifier: MIT */
#include "parse/logs.h"

#include "base/arena.h"
#include "base/sha256.h"
#include "collect/bundle.h"
#include "log/log.h"
#include "parse/path.h"

bool logs_take(const struct parse *parse, struct span path, struct span head, struct span *ret_name)
{
    struct span folder;
    (void)parse;
    if (path_split(path, &folder, ret_name))
        return path_is_log(*ret_name);
    return log_recognises(head);
}

void logs_begin(struct parse *parse, struct span name)
{
    if (!parse->log)
        parse->log = log_new(parse->store);
    if (parse->n_logs == 0 && parse->line_bytes)
        log_limit_line(parse->log, parse->line_bytes);
    if (parse->n_logs == parse->room_logs) {
        parse->room_logs = parse->room_logs ? parse->room_logs * 2 : 8;
        parse->logs = base_realloc(parse->logs, parse->room_logs, sizeof(*parse->logs));
    }
    parse->logs[parse->n_logs++] =
        (struct log_sum){.name = arena_copy(store_arena(parse->store), name)};
    sha256_start(&parse->log_hash);
    log_begin(parse->log, name, span_is(name, BUNDLE_KMSG) ? LOG_KMSG : LOG_ANY);
}

void logs_feed(struct parse *parse, struct span piece)
{
    parse->logs[parse->n_logs - 1].bytes += (int64_t)piece.n;
    if (!parse->is_text)
        sha256_add(&parse->log_hash, piece.p, piece.n);
    log_feed(parse->log, piece);
}

void logs_end(struct parse *parse, bool cut)
{
    sha256_hex(&parse->log_hash, parse->logs[parse->n_logs - 1].hex);
    log_end(parse->log, cut);
}

const struct log_sum *logs_find(const struct parse *parse, struct span name)
{
    for (uint32_t i = 0; i < parse->n_logs; i++)
        if (span_eq(parse->logs[i].name, name))
            return &parse->logs[i];
    return NULL;
}

void logs_finish(struct parse *parse)
{
    if (parse->log)
        log_finish(parse->log);
    parse->log = NULL;
}
