/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * directory.h - the boot archive's list of files.
 */
#ifndef BOOT_DIRECTORY_H
#define BOOT_DIRECTORY_H

#include "archive.h"

/* NULL if the archive, which has `bytes` of memory, is sound; else what is wrong with it. */
const char *directory_check(const struct archive *a, uint64_t bytes);
/* A file of a sound archive; NULL if it holds none of that name. */
const struct archive_entry *directory_find(const struct archive *a, const char *name);

#endif
