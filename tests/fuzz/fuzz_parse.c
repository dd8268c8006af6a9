/* SPDX-License-Identifier: MIT */
/* First line: the path of a member; the rest: its text. A header and a manifest of the same input
 * come with it, so that page units and trust are reached too. */
#include "base/arena.h"
#include "derive/derive.h"
#include "parse/parse.h"

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span path, text;
    struct arena *arena = arena_new();
    struct store *store = store_new(arena);
    struct parse *parse = parse_new(store);
    span_cut((struct span){(const char *)data, size}, '\n', &path, &text);
    parse_member(parse, path, text);
    if (!span_is(path, "bundle.json"))
        parse_member(parse, SPAN_LIT("bundle.json"),
                     SPAN_LIT("{\"format\":\"oomscope-bundle\",\"format_version\":1,"
                              "\"host\":{\"page_size_bytes\":4096},"
                              "\"clocks\":{\"realtime_ns\":5,\"boottime_ns\":5}}\n"));
    parse_member(parse, SPAN_LIT("proc/1/status"), SPAN_LIT("Name:\ta\nVmRSS:\t1 kB\n"));
    parse_finish(parse);
    derive_all(store);
    store_free(store);
    arena_free(arena);
    return 0;
}
