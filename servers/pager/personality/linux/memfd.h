/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memfd.h - files without a name or a disk: an anonymous object under a descriptor.
 *
 * The object has whole pages; the size in bytes and the offset are the description's. Behind the
 * size all bytes of the last page are zero.
 */
#ifndef LINUX_MEMFD_H
#define LINUX_MEMFD_H

#include "io.h"

/* One server call's worth of a read or write; *last: nothing is behind these bytes. */
enum err memfd_move(const struct move *m, uint64_t at, size_t before, size_t bytes, size_t *done,
                    bool *last);
/* ftruncate, lseek, as they return. */
result_t memfd_resize(struct trap *x, struct description *d, uint64_t size);
result_t memfd_seek(struct description *d, uint64_t offset, uint64_t whence);
struct file_attributes memfd_attributes(const struct description *d);
/* The last descriptor is closed. */
void memfd_close(struct task *t, const struct description *d);

#endif
