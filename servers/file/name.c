/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * name.c - names that were looked up.
 */
#include "name.h"

#include <string.h>

#define SETS 64u
#define WAYS 4u

struct name {
    uint32_t directory; /* 0: the place is empty */
    uint32_t inode;
    uint32_t used; /* when: counts uses */
    uint8_t length;
    char text[NAME_KEPT];
};

static struct {
    struct name set[SETS][WAYS];
    uint32_t uses;
} names;

void names_init(void)
{
    memset(&names, 0, sizeof(names));
}

/* FNV-1a */
static struct name *set_of(uint32_t directory, const char *name, unsigned length)
{
    uint32_t h = 2166136261u ^ directory;

    for (unsigned i = 0; i < length; i++)
        h = (h ^ (uint8_t)name[i]) * 16777619u;
    return names.set[(h ^ h >> 16) % SETS];
}

static struct name *find(struct name *set, uint32_t directory, const char *name, unsigned length)
{
    for (unsigned i = 0; i < WAYS; i++)
        if (set[i].directory == directory && set[i].length == length &&
            memcmp(set[i].text, name, length) == 0)
            return &set[i];
    return NULL;
}

bool name_find(uint32_t directory, const char *name, unsigned length, uint32_t *inode)
{
    struct name *n = find(set_of(directory, name, length), directory, name, length);

    if (n == NULL)
        return false;
    n->used = ++names.uses;
    *inode = n->inode;
    return true;
}

void name_enter(uint32_t directory, const char *name, unsigned length, uint32_t inode)
{
    struct name *set = set_of(directory, name, length);
    struct name *n = find(set, directory, name, length);

    if (length > NAME_KEPT)
        return;
    if (n == NULL) {
        n = &set[0];
        for (unsigned i = 1; i < WAYS; i++)
            if (set[i].used < n->used)
                n = &set[i];
    }
    n->directory = directory;
    n->inode = inode;
    n->used = ++names.uses;
    n->length = (uint8_t)length;
    memcpy(n->text, name, length);
}

void names_forget(uint32_t directory)
{
    for (unsigned i = 0; i < SETS; i++)
        for (unsigned k = 0; k < WAYS; k++)
            if (names.set[i][k].directory == directory)
                names.set[i][k].directory = 0;
}
