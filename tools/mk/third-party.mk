# SPDX-License-Identifier: GPL-2.0-or-later
# Libraries and programs from Debian source packages; see tools/third-party/README.md.

LIBFDT_INC := $(THIRD)/libfdt
EXT2FS_INC := lib/ext2fs $(THIRD)/e2fsprogs/lib

libfdt.inc    := $(LIBFDT_INC)
libfdt.lib    := $(OUT)/libfdt.a
libext2fs.inc := $(EXT2FS_INC)
libext2fs.lib := $(OUT)/libext2fs.a
