/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * linux_shape.h - calls that programs make in another way where a word has 64 bits.
 */
#ifndef LINUX_SHAPE_H
#define LINUX_SHAPE_H

#include "linux_world.h"

/* An offset is two registers, of which the first is even. */
static inline int64_t read_at(int64_t fd, uint64_t to, size_t bytes, uint64_t offset)
{
    return CALL(NR_pread64, fd, to, bytes, 0xabad1dea, (uint32_t)offset, offset >> 32);
}

/* The flags come before the offsets. */
static inline int64_t sync_range(int64_t fd, uint64_t offset, uint64_t bytes, unsigned flags)
{
    return CALL(NR_sync_file_range2, fd, flags, (uint32_t)offset, offset >> 32, (uint32_t)bytes,
                bytes >> 32);
}

static inline int64_t allocate(int64_t fd, unsigned mode, uint64_t offset, uint64_t bytes)
{
    return CALL(NR_fallocate, fd, mode, (uint32_t)offset, offset >> 32, (uint32_t)bytes,
                bytes >> 32);
}

static inline int64_t map(uint64_t at, uint64_t bytes, unsigned prot, unsigned flags, int64_t fd,
                          uint64_t offset)
{
    return CALL(NR_mmap2, at, bytes, prot, flags, fd, offset / 4096);
}

#endif
