/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * start_block.c - reads the start block.
 *
 * The block's writer is trusted (it built the server), but a malformed one is found
 * once, at the start, and not by a wild read later.
 */
#include "start.h"

#include <stdlib.h>
#include <string.h>

static const struct start *block;

static bool block_sound(const struct start *s)
{
    return s->magic == START_MAGIC && s->bytes <= START_PAGES * PAGE_SIZE &&
           s->bytes >= sizeof(*s) &&
           s->caps <= (s->bytes - sizeof(*s)) / sizeof(struct start_cap) &&
           memchr(s->name, '\0', sizeof(s->name)) != NULL;
}

bool start_open(const void *at)
{
    block = at;
    return block_sound(block);
}

const struct start *start_block(void)
{
    return block;
}

static const struct start_cap *caps(void)
{
    return (const struct start_cap *)(block + 1);
}

cap_t start_cap(const char *name, const struct start_cap **facts)
{
    const struct start_cap *c = caps();

    for (uint32_t i = 0; i < block->caps; i++) {
        if (strncmp(c[i].name, name, sizeof(c[i].name)) != 0)
            continue;
        if (facts != NULL)
            *facts = &c[i];
        return c[i].cap;
    }
    return CAP_NULL;
}

/* The property at *at; moves *at behind it. NULL if it does not fit before the end. */
static const char *property_next(const char **at, const char **bytes, uint32_t *length)
{
    const char *end = (const char *)block + block->bytes;
    const char *name = *at;
    const char *zero = memchr(name, '\0', (size_t)(end - name));

    if (zero == NULL || (size_t)(end - zero - 1) < sizeof(*length))
        return NULL;
    memcpy(length, zero + 1, sizeof(*length));
    *bytes = zero + 1 + sizeof(*length);
    if ((size_t)(end - *bytes) < *length)
        return NULL;
    *at = *bytes + *length;
    return name;
}

const void *start_property(const char *name, uint32_t *bytes)
{
    const char *at = (const char *)(caps() + block->caps);
    const char *found, *value;
    uint32_t length;

    for (uint32_t i = 0; i < block->properties; i++) {
        found = property_next(&at, &value, &length);
        if (found == NULL)
            return NULL;
        if (strcmp(found, name) != 0)
            continue;
        if (bytes != NULL)
            *bytes = length;
        return value;
    }
    return NULL;
}

static uint32_t cell(const unsigned char *b)
{
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

void start_properties(void (*take)(void *arg, const char *name, const void *value, uint32_t bytes),
                      void *arg)
{
    const char *at = (const char *)(caps() + block->caps);
    const char *name, *value;
    uint32_t length;

    for (uint32_t i = 0; i < block->properties; i++) {
        name = property_next(&at, &value, &length);
        if (name == NULL)
            return;
        take(arg, name, value, length);
    }
}

uint32_t start_u32(const char *name, uint32_t otherwise)
{
    uint32_t bytes;
    const void *value = start_property(name, &bytes);

    return value != NULL && bytes >= 4 ? cell(value) : otherwise;
}

/* "64K" and the like; cells are recognised by their length and first byte: a size of
 * text begins with a digit, a cell that large would be above 2^29. */
uint64_t start_size(const char *name, uint64_t otherwise)
{
    uint32_t bytes;
    const char *value = start_property(name, &bytes);
    char *end;
    uint64_t n;

    if (value == NULL || bytes == 0)
        return otherwise;
    if (bytes == 4 && (value[0] < '0' || value[0] > '9'))
        return cell((const unsigned char *)value);
    n = strtoull(value, &end, 10);
    if (*end == 'K')
        n <<= 10;
    else if (*end == 'M')
        n <<= 20;
    else if (*end == 'G')
        n <<= 30;
    return n;
}
