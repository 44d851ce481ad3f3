/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * files.c - the boot archive, mapped while init needs it. The loader has checked its
 * invariants (lib/abi/archive.h).
 *
 * What servers need of it is copied: the archive's pages then go back to free memory in
 * the large pieces that they were, and no server's page lies among them.
 */
#include "files.h"

#include "archive.h"
#include "fatal.h"
#include "root.h"

#include <string.h>

/* Above all windows; the pieces are mapped whole, so addresses keep the alignment that
 * physical ones have. */
#define FILES_VA    0x40000000ul
#define FILES_ALIGN 0x40000000ul

static const struct archive *archive;

static uintptr_t address_of(uint64_t physical)
{
    return FILES_VA + (uintptr_t)(physical & (FILES_ALIGN - 1));
}

static bool in_archive(const struct bootinfo *info, const struct bootinfo_untyped *u)
{
    return u->kind == UNTYPED_ARCHIVE && u->base >= info->archive.base &&
           u->base - info->archive.base < info->archive.size;
}

void files_open(void)
{
    const struct bootinfo *info = root_info();

    for (unsigned i = 0; i < info->untyped_count; i++) {
        const struct bootinfo_untyped *u = &info->untyped[i];
        cap_t frame;
        enum err e;

        if (!in_archive(info, u))
            continue;
        frame = slots_alloc(1);
        e = frame == CAP_NULL ? ERR_NO_MEMORY
                              : untyped_retype(u->slot, OBJ_FRAME, u->log2_size, frame, 1, NULL);
        if (e == ERR_OK)
            e = map_with_tables(address_of(u->base), frame, 1, RIGHT_READ);
        if (e != ERR_OK)
            fatal("the boot archive cannot be mapped: %s", err_text(e));
    }
    archive = (const struct archive *)address_of(info->archive.base);
    if (archive->magic != ARCHIVE_MAGIC)
        fatal("there is no boot archive");
}

bool files_find(const char *name, struct file *f)
{
    for (uint32_t i = 0; i < archive->count; i++) {
        const struct archive_entry *e = &archive->entry[i];

        if (strcmp(e->name, name) != 0)
            continue;
        f->at = (const char *)archive + e->offset;
        f->bytes = (size_t)e->bytes;
        return true;
    }
    return false;
}

void files_close(void)
{
    const struct bootinfo *info = root_info();

    for (unsigned i = 0; i < info->untyped_count; i++)
        if (in_archive(info, &info->untyped[i]))
            cap_revoke(info->untyped[i].slot);
    archive = NULL;
}
