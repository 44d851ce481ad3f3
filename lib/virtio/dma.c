/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dma.c - pages that a device reads and writes, from the frame server.
 */
#include "dma.h"

#include "rt.h"

enum err dma_take(struct dma *d, unsigned pages)
{
    struct window w;
    enum err e = pages <= DMA_PAGES ? window_memory(&w, pages) : ERR_BAD_ARG;

    if (e != ERR_OK)
        return e;
    *d = (struct dma){.at = w.at, .frame = w.frame, .pages = pages};
    e = frame_phys(w.frame, pages, d->physical);
    if (e != ERR_OK)
        return e;
    return frame_hold(w.frame, pages);
}
