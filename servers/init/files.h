/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * files.h - the boot archive, mapped while init needs it.
 */
#ifndef INIT_FILES_H
#define INIT_FILES_H

#include <stdbool.h>
#include <stddef.h>

struct file {
    const void *at;
    size_t bytes;
};

/* Maps the archive, read-only. Fatal if it cannot be. */
void files_open(void);
/* false: it holds no file of that name. */
bool files_find(const char *name, struct file *f);
/* Unmaps it: its memory is untouched Untyped again. Nothing found in it may be used. */
void files_close(void);

#endif
