/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * linux_shape.h - calls that programs make in another way where a word has 32 bits.
 */
#ifndef LINUX_SHAPE_H
#define LINUX_SHAPE_H

#include "linux_world.h"

static inline int64_t read_at(int64_t fd, uint64_t to, size_t bytes, uint64_t offset)
{
    return CALL(NR_pread64, fd, to, bytes, offset);
}

static inline int64_t sync_range(int64_t fd, uint64_t offset, uint64_t bytes, unsigned flags)
{
    return CALL(NR_sync_file_range, fd, offset, bytes, flags);
}

static inline int64_t allocate(int64_t fd, unsigned mode, uint64_t offset, uint64_t bytes)
{
    return CALL(NR_fallocate, fd, mode, offset, bytes);
}

static inline int64_t map(uint64_t at, uint64_t bytes, unsigned prot, unsigned flags, int64_t fd,
                          uint64_t offset)
{
    return CALL(NR_mmap, at, bytes, prot, flags, fd, offset);
}

#endif
