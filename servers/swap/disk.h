/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * disk.h - the devices, and requests of them for runs of pages.
 *
 * A request carries up to IO_PAGES frames whose pages lie at neighbouring places. There are as
 * many of a device as it takes at once, so nothing queues behind it; some are kept for
 * reading. One that fails is made again page by page, so that a bad sector costs the page it is
 * in and not its neighbours.
 */
#ifndef SWAP_DISK_H
#define SWAP_DISK_H

#include "blk.h"
#include "cache.h"

#define IO_PAGES    16u
#define IO_WRITES   (BLK_DEPTH - 4) /* at most, of one device */
#define PAGE_SECTOR (PAGE_SIZE / BLK_SECTOR)

struct disk;

struct io {
    struct blk_request blk; /* first: the driver's address of it is ours */
    struct list link;       /* of the device's free ones */
    struct disk *disk;
    place_t place; /* of the first frame's page */
    unsigned count;
    unsigned alone; /* made again page by page: those done so far + 1; else 0 */
    bool write;
    struct frame *frame[IO_PAGES];
};

/* What becomes of a request's frames, one after the other; then it is free. */
struct io_user {
    void (*read_done)(struct frame *f, enum err e);
    void (*write_done)(struct frame *f, enum err e);
    void (*told)(void); /* all frames of a request are done */
};

/* Opens the devices that the start block calls "swap", "swap1" ..., as many as there are; the n-th
 * raises bit first << n. */
void disks_open(uintptr_t first, const struct io_user *user);
/* Places on a device; 0: there is none, or it is broken. */
uint32_t disk_places(unsigned disk);

/* A free request of the device that the place is on; NULL: none now. */
struct io *io_take(place_t place, bool write);
/* It could be taken. */
bool io_ready(place_t place, bool write);
/* The open device that is filled next takes a write. */
bool io_writable(void);
/* Adds the frame of the page at the next place. */
static inline void io_add(struct io *io, struct frame *f)
{
    io->frame[io->count++] = f;
}
static inline bool io_fits(const struct io *io, place_t place)
{
    return io->count < IO_PAGES && io->place + io->count == place;
}
/* The device looks at disks_kick, once for several. */
void io_send(struct io *io);
void disks_kick(void);
void disks_interrupt(uintptr_t bits);

#endif
