/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * disk.h - the one disk, by lib/virtio's driver.
 *
 * There are exactly as many makers of requests as the device takes at once: DISK_REQUESTS
 * for pages to be read (fill.c), DISK_OUTPUTS for what is written (output.c) and one for metadata
 * (metadata.c). So nothing queues here.
 */
#ifndef FILE_DISK_H
#define FILE_DISK_H

#include "blk.h"

#define DISK_OUTPUTS  4u
#define DISK_REQUESTS (BLK_DEPTH - DISK_OUTPUTS - 1)

/*
 * Opens what the start block calls "disk" and "disk-irq"; its interrupt raises `bits`. Says
 * why not, and ends the server, if there is none.
 */
void disk_open(uintptr_t bits);
uint64_t disk_bytes(void);

/* As blk_read and its sisters; the device looks at disk_kick, once for all that was asked
 * meanwhile. disk_flush is for a disk that is cached: behind it, what was written
 * before survives a power failure. */
enum err disk_read(struct blk_request *r);
enum err disk_write(struct blk_request *r);
bool disk_cached(void);
enum err disk_flush(struct blk_request *r);
void disk_kick(void);
void disk_interrupt(void);

#endif
