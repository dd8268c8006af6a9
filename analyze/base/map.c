/* SPDX-License-Identifier: MIT */
#include "base/map.h"

#include "base/arena.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* The slots are small, so that those of a large map stay near the processor; the entries stand in
 * the order in which they were added, which is mostly that in which they are asked for. */
struct map_slot {
    uint32_t hash, entry; /* entry: index + 1, 0 = empty */
};

struct map_entry {
    struct span key; /* p == NULL: the number key is in n */
    uint32_t value;
};

enum { FIRST_ROOM = 16 };

static uint64_t mix(uint64_t a, uint64_t b)
{
    unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint32_t hash_number(const struct map *map, uint64_t key)
{
    return (uint32_t)mix(key ^ map->seed[0], map->seed[1]);
}

/* The last eight bytes, or all of fewer: some come twice then, which does no harm. */
static uint64_t hash_tail(struct span s)
{
    uint64_t word = 0;
    uint32_t first = 0, last = 0;
    if (s.n >= 4) {
        memcpy(&first, s.p, 4);
        memcpy(&last, s.p + s.n - 4, 4);
        return (uint64_t)first << 32 | last;
    }
    for (size_t i = 0; i < s.n; i++)
        word = word << 8 | (unsigned char)s.p[i];
    return word;
}

static uint32_t hash_span(const struct map *map, struct span s)
{
    uint64_t h = map->seed[0] ^ s.n, word;
    while (s.n > 8) {
        memcpy(&word, s.p, 8);
        h = mix(h ^ word, map->seed[1]);
        s = span_skip(s, 8);
    }
    return (uint32_t)mix(h ^ hash_tail(s), map->seed[1]);
}

static bool same(struct span a, struct span b)
{
    if (a.p == NULL || b.p == NULL) /* numbers */
        return a.p == b.p && a.n == b.n;
    return span_eq(a, b);
}

/* The slot of the key, or the empty one where it would be. */
static struct map_slot *find(const struct map *map, struct span key, uint32_t hash)
{
    size_t at = hash & (map->room - 1);
    for (;; at = (at + 1) & (map->room - 1)) {
        struct map_slot *slot = &map->slots[at];
        if (!slot->entry || (slot->hash == hash && same(map->entries[slot->entry - 1].key, key)))
            return slot;
    }
}

/* One random number serves all maps of a process: none of them is ever shown. */
static void seed(struct map *map)
{
    static uint64_t drawn[2];
    if (!drawn[1] && getrandom(drawn, sizeof(drawn), 0) != sizeof(drawn))
        drawn[0] = (uint64_t)(uintptr_t)map, drawn[1] = UINT64_C(0x9e3779b97f4a7c15);
    drawn[1] |= 1;
    memcpy(map->seed, drawn, sizeof(drawn));
}

/* Half as many entries as slots, in one piece of memory. */
static void grow(struct map *map)
{
    struct map old = *map;
    if (!map->room)
        seed(map);
    map->room = old.room ? old.room * 2 : FIRST_ROOM;
    size_t n_bytes = map->room * sizeof(*map->slots);
    map->slots = base_realloc(NULL, map->room, sizeof(*map->slots) + sizeof(*map->entries) / 2);
    map->entries = (struct map_entry *)(void *)((char *)map->slots + n_bytes);
    memset(map->slots, 0, n_bytes);
    if (old.n)
        memcpy(map->entries, old.entries, old.n * sizeof(*map->entries));
    for (size_t i = 0; i < old.room; i++) {
        size_t at = old.slots[i].hash & (map->room - 1);
        while (old.slots[i].entry && map->slots[at].entry)
            at = (at + 1) & (map->room - 1);
        if (old.slots[i].entry)
            map->slots[at] = old.slots[i];
    }
    free(old.slots);
}

static uint32_t get(const struct map *map, struct span key, uint32_t hash, uint32_t absent)
{
    const struct map_slot *slot = find(map, key, hash);
    return slot->entry ? map->entries[slot->entry - 1].value : absent;
}

/* The entry of the key, added with the value when it is new. */
static struct map_entry *enter(struct map *map, struct span key, uint32_t hash, uint32_t value)
{
    struct map_slot *slot = find(map, key, hash);
    if (!slot->entry) {
        map->entries[map->n] = (struct map_entry){key, value};
        *slot = (struct map_slot){hash, (uint32_t)++map->n};
    }
    return &map->entries[slot->entry - 1];
}

static void make_room(struct map *map)
{
    if (map->n * 2 >= map->room)
        grow(map);
}

static struct span text_key(struct span key)
{
    return key.p ? key : SPAN_LIT("");
}

uint32_t map_get(const struct map *map, struct span key, uint32_t absent)
{
    key = text_key(key);
    return map->room ? get(map, key, hash_span(map, key), absent) : absent;
}

uint32_t map_get_number(const struct map *map, uint64_t key, uint32_t absent)
{
    return map->room ? get(map, (struct span){NULL, key}, hash_number(map, key), absent) : absent;
}

void map_set(struct map *map, struct span key, uint32_t value)
{
    key = text_key(key);
    make_room(map);
    enter(map, key, hash_span(map, key), value)->value = value;
}

uint32_t map_add(struct map *map, struct span key, uint32_t value)
{
    key = text_key(key);
    make_room(map);
    return enter(map, key, hash_span(map, key), value)->value;
}

void map_set_number(struct map *map, uint64_t key, uint32_t value)
{
    make_room(map);
    enter(map, (struct span){NULL, key}, hash_number(map, key), value)->value = value;
}

void map_free(struct map *map)
{
    free(map->slots);
    *map = (struct map){0};
}
