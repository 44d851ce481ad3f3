/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * archive.h - the boot archive: what the loader and init read, and tools/archive writes.
 *
 * A header, then one entry a file, then the files. Every file begins on a page and its
 * last page is filled with zeroes, so that a page of an ELF's text can be mapped where
 * it lies. All numbers are little-endian. The archive itself is a whole number of pages.
 *
 * The names that the system looks for: "kernel" (an ELF, for the loader), "init" (an ELF)
 * and "manifest" (a flattened device tree, for init); all others are what the manifest's
 * nodes say.
 *
 * I1  offset is a multiple of ARCHIVE_PAGE, not below the end of the entries
 * I2  offset + bytes <= archive.bytes; files do not overlap and stand in entry order
 * I3  a name ends with \0, is not empty, and occurs once
 */
#ifndef ABI_ARCHIVE_H
#define ABI_ARCHIVE_H

#include <assert.h>
#include <stdint.h>

#define ARCHIVE_MAGIC   0x52415551u /* "QUAR" */
#define ARCHIVE_VERSION 1u
#define ARCHIVE_PAGE    4096u
#define ARCHIVE_NAME    32u

struct archive_entry {
    char name[ARCHIVE_NAME];
    uint64_t offset; /* from the archive's first byte */
    uint64_t bytes;
};

struct archive {
    uint32_t magic, version;
    uint32_t count;
    uint32_t pad;
    uint64_t bytes; /* of the whole archive */
    struct archive_entry entry[];
};

static_assert(sizeof(struct archive_entry) == 48, "tools/quirelib/archive.py writes 48 bytes");
static_assert(sizeof(struct archive) == 24, "tools/quirelib/archive.py writes 24 bytes");

#endif
