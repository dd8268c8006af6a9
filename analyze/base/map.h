/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_BASE_MAP_H
#define OOMSCOPE_BASE_MAP_H

#include "base/span.h"

#include <stdint.h>

/* Hash map from a text or a 64-bit number to a 32-bit value. Keys are borrowed. The hash is keyed
 * with a random number, so that names in an archive cannot be chosen to collide; nothing is ever
 * walked in hash order. */
struct map_slot;
struct map_entry;
struct map {
    struct map_slot *slots;
    struct map_entry *entries;
    size_t n, room; /* entries, slots */
    uint64_t seed[2];
};

/* Zero-initialise. The value under key, or absent. */
uint32_t map_get(const struct map *map, struct span key, uint32_t absent);
uint32_t map_get_number(const struct map *map, uint64_t key, uint32_t absent);
void map_set(struct map *map, struct span key, uint32_t value); /* adds or replaces */
/* Adds the key unless it is there; the value that is under it then. */
uint32_t map_add(struct map *map, struct span key, uint32_t value);
void map_set_number(struct map *map, uint64_t key, uint32_t value);
void map_free(struct map *map);

#endif
