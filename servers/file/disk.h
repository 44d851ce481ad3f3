/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * disk.h - the one disk, by lib/virtio's driver.
 *
 * There are exactly as many makers of requests as the device takes at once: DISK_REQUESTS
 * for pages (fill.c) and one for metadata (metadata.c). So nothing queues here.
 */
#ifndef FILE_DISK_H
#define FILE_DISK_H

#include "blk.h"

#define DISK_REQUESTS (BLK_DEPTH - 1)

/*
 * Opens what the start block calls "disk" and "disk-irq"; its interrupt raises `bits`. Says
 * why not, and ends the server, if there is none.
 */
void disk_open(uintptr_t bits);
uint64_t disk_bytes(void);

/* As blk_read; the device looks at disk_flush, once for all that was read meanwhile. */
enum err disk_read(struct blk_request *r);
void disk_flush(void);
void disk_interrupt(void);

#endif
