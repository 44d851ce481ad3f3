/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * library.h - libext2fs's own headers, as our sources include them.
 */
#ifndef EXT2FS_LIBRARY_H
#define EXT2FS_LIBRARY_H

#include "config.h"

#define EXT2_FLAT_INCLUDES 0

#include "ext2_fs.h"
#include "ext2fs.h"

#endif
