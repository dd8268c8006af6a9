/* SPDX-License-Identifier: MIT */
#include "base/map.h"

#include "base/arena.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

struct map_slot {
    struct span key; /* p == NULL: the number key is in n */
    uint64_t hash;   /* 0 = empty */
    uint32_t value;
};

static uint64_t mix(uint64_t a, uint64_t b)
{
    unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t hash_number(const struct map *map, uint64_t key)
{
    return mix(key ^ map->seed[0], map->seed[1] | 1) | 1;
}

static uint64_t hash_span(const struct map *map, struct span s)
{
    uint64_t h = map->seed[0] ^ s.n;
    while (s.n >= 8) {
        uint64_t word;
        memcpy(&word, s.p, 8);
        h = mix(h ^ word, map->seed[1] | 1);
        s = span_skip(s, 8);
    }
    uint64_t tail = 0;
    if (s.n)
        memcpy(&tail, s.p, s.n);
    return mix(h ^ tail, map->seed[1] | 1) | 1;
}

static bool same(const struct map_slot *slot, struct span key, uint64_t hash)
{
    if (slot->hash != hash || (slot->key.p == NULL) != (key.p == NULL))
        return false;
    return key.p == NULL ? slot->key.n == key.n : span_eq(slot->key, key);
}

static struct map_slot *find(const struct map *map, struct span key, uint64_t hash)
{
    size_t at = (size_t)(hash >> 1) & (map->room - 1);
    while (map->slots[at].hash != 0 && !same(&map->slots[at], key, hash))
        at = (at + 1) & (map->room - 1);
    return &map->slots[at];
}

static void grow(struct map *map)
{
    struct map old = *map;
    if (!map->room && getrandom(map->seed, sizeof(map->seed), 0) != sizeof(map->seed))
        map->seed[0] = (uint64_t)(uintptr_t)map, map->seed[1] = UINT64_C(0x9e3779b97f4a7c15);
    map->room = old.room ? old.room * 2 : 64;
    map->slots = base_realloc(NULL, map->room, sizeof(*map->slots));
    memset(map->slots, 0, map->room * sizeof(*map->slots));
    for (size_t i = 0; i < old.room; i++)
        if (old.slots[i].hash)
            *find(map, old.slots[i].key, old.slots[i].hash) = old.slots[i];
    free(old.slots);
}

static uint32_t get(const struct map *map, struct span key, uint64_t hash, uint32_t absent)
{
    struct map_slot *slot = find(map, key, hash);
    return slot->hash ? slot->value : absent;
}

static void set(struct map *map, struct span key, uint64_t hash, uint32_t value)
{
    struct map_slot *slot = find(map, key, hash);
    map->n += slot->hash == 0;
    *slot = (struct map_slot){key, hash, value};
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
    if (map->n * 2 >= map->room)
        grow(map);
    set(map, key, hash_span(map, key), value);
}

void map_set_number(struct map *map, uint64_t key, uint32_t value)
{
    if (map->n * 2 >= map->room)
        grow(map);
    set(map, (struct span){NULL, key}, hash_number(map, key), value);
}

void map_free(struct map *map)
{
    free(map->slots);
    *map = (struct map){0};
}
