/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dma.h - pages that a device reads and writes, mapped for the driver too.
 *
 * They are held for DMA as long as the server lives: should it be torn down, they are
 * not given to others before the device has let go.
 */
#ifndef VIRTIO_DMA_H
#define VIRTIO_DMA_H

#include "cap.h"
#include "error.h"

#include <stdint.h>

#define DMA_PAGES 16u

struct dma {
    char *at;
    cap_t frame; /* run of the pages' capabilities; CAP_NULL: the builder has none to show */
    unsigned pages;
    uint64_t physical[DMA_PAGES];
};

/* 1..DMA_PAGES zeroed pages. ERR_NO_MEMORY, ERR_LIMIT; ERR_NO_RIGHT: no right to DMA. */
enum err dma_take(struct dma *d, unsigned pages);

#endif
