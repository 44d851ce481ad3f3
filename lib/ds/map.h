/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * map.h - a hash map from 64-bit keys to 32-bit values in an array that the
 * caller supplies; its length is a power of two.
 *
 * Open addressing with linear probing. Removal shifts the rest of the cluster
 * back instead of leaving tombstones, so a map never degrades with age.
 *
 * I1  an entry is empty exactly when its value is MAP_NONE
 * I2  no empty entry lies between a key's home and where it stands
 * I3  used < length, so that a search for an absent key ends
 */
#ifndef DS_MAP_H
#define DS_MAP_H

#include <stdbool.h>
#include <stdint.h>

#define MAP_NONE 0xffffffffu /* no such key; not allowed as a value */

struct map_entry {
    uint64_t key;
    uint32_t value;
};

struct map {
    struct map_entry *entry;
    uint32_t length, used;
};

static inline void map_init(struct map *m, struct map_entry *entry, uint32_t length)
{
    m->entry = entry;
    m->length = length;
    m->used = 0;
    for (uint32_t i = 0; i < length; i++)
        entry[i].value = MAP_NONE;
}

/* Keys are often neighbours (page numbers): mix all bits into the upper half. */
static inline uint32_t map_home(const struct map *m, uint64_t key)
{
    return (uint32_t)(((key ^ key >> 32) * 0x9e3779b97f4a7c15u) >> 32) & (m->length - 1);
}

/* Where the key stands, or the empty entry where it would. */
static inline uint32_t map_find(const struct map *m, uint64_t key)
{
    uint32_t i = map_home(m, key);

    while (m->entry[i].value != MAP_NONE && m->entry[i].key != key)
        i = (i + 1) & (m->length - 1);
    return i;
}

static inline uint32_t map_get(const struct map *m, uint64_t key)
{
    return m->entry[map_find(m, key)].value;
}

/* Enters or replaces; false if the map is full (one entry always stays empty). */
static inline bool map_put(struct map *m, uint64_t key, uint32_t value)
{
    uint32_t i = map_find(m, key);

    if (m->entry[i].value == MAP_NONE) {
        if (m->used + 1 >= m->length)
            return false;
        m->used++;
    }
    m->entry[i].key = key;
    m->entry[i].value = value;
    return true;
}

/* The value that stood there, or MAP_NONE. */
static inline uint32_t map_remove(struct map *m, uint64_t key)
{
    uint32_t mask = m->length - 1;
    uint32_t hole = map_find(m, key);
    uint32_t value = m->entry[hole].value;

    if (value == MAP_NONE)
        return MAP_NONE;
    for (uint32_t i = (hole + 1) & mask; m->entry[i].value != MAP_NONE; i = (i + 1) & mask) {
        /* an entry may fill the hole if the hole is not before its home (I2) */
        uint32_t home = map_home(m, m->entry[i].key);

        if (((i - home) & mask) >= ((i - hole) & mask)) {
            m->entry[hole] = m->entry[i];
            hole = i;
        }
    }
    m->entry[hole].value = MAP_NONE;
    m->used--;
    return value;
}

#endif
