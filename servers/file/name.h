/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * name.h - names that were looked up: (directory, name) -> inode, or that there is none.
 *
 * Sets of a few places each; the one longest unused makes place. Long names are not kept.
 */
#ifndef FILE_NAME_H
#define FILE_NAME_H

#include <stdbool.h>
#include <stdint.h>

#define NAME_NONE 0u  /* inode of a name that does not exist */
#define NAME_KEPT 35u /* bytes of a name at most */

void names_init(void);
/* false: not known. *inode may be NAME_NONE. */
bool name_find(uint32_t directory, const char *name, unsigned length, uint32_t *inode);
void name_enter(uint32_t directory, const char *name, unsigned length, uint32_t inode);
/* The directory is gone: its number may be another's. */
void names_forget(uint32_t directory);

#endif
