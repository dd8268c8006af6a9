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
    struct span kept = arena_copy(store_arena(parse->store), name);
    map_add(&parse->log_of, kept, parse->n_logs);
    parse->logs[parse->n_logs++] = (struct log_sum){.name = kept};
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
    uint32_t at = map_get(&parse->log_of, name, UINT32_MAX);
    return at == UINT32_MAX ? NULL : &parse->logs[at];
}

void logs_finish(struct parse *parse)
{
    if (parse->log)
        log_finish(parse->log);
    parse->log = NULL;
}
