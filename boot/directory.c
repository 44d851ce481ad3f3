/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * directory.c - the boot archive: checked once (the invariants of lib/abi/archive.h), then
 * searched by name.
 */
#include "directory.h"

#include <string.h>

#define PAGE_MASK   ((uint64_t)ARCHIVE_PAGE - 1)
#define FILES_LIMIT 512u /* names are compared with each other */

static const char *entry_fault(const struct archive *a, uint32_t i)
{
    const struct archive_entry *e = &a->entry[i], *before = i ? e - 1 : NULL;
    uint64_t floor =
        before ? before->offset + before->bytes : sizeof(*a) + a->count * sizeof(a->entry[0]);

    if (e->name[0] == '\0' || !memchr(e->name, '\0', sizeof(e->name)))
        return "a name in it is malformed";
    if (e->offset & PAGE_MASK || e->offset < floor)
        return "files in it overlap or do not begin on a page";
    if (e->offset > a->bytes || a->bytes - e->offset < e->bytes)
        return "a file in it goes beyond its end";
    for (uint32_t j = 0; j < i; j++)
        if (strcmp(e->name, a->entry[j].name) == 0)
            return "a name in it occurs twice";
    return NULL;
}

const char *directory_check(const struct archive *a, uint64_t bytes)
{
    const char *fault;

    if (bytes < sizeof(*a) || a->magic != ARCHIVE_MAGIC || a->version != ARCHIVE_VERSION)
        return "it does not begin as one";
    if (a->bytes > bytes || a->bytes & PAGE_MASK)
        return "it is cut off";
    if (a->bytes < sizeof(*a) || a->count > (a->bytes - sizeof(*a)) / sizeof(a->entry[0]))
        return "its list of files goes beyond its end";
    if (a->count > FILES_LIMIT)
        return "it holds too many files";
    for (uint32_t i = 0; i < a->count; i++) {
        fault = entry_fault(a, i);
        if (fault)
            return fault;
    }
    return NULL;
}

const struct archive_entry *directory_find(const struct archive *a, const char *name)
{
    for (uint32_t i = 0; i < a->count; i++)
        if (strcmp(a->entry[i].name, name) == 0)
            return &a->entry[i];
    return NULL;
}
