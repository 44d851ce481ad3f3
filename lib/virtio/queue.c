/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * queue.c - a split virtqueue (Virtual I/O Device 1.1, section 2.6).
 *
 * Neither indirect descriptors nor event indices: a slot's descriptors are there
 * anyway, and one interrupt for each batch is what the drivers want.
 */
#include "queue.h"

enum desc_flag { DESC_NEXT = 1, DESC_WRITE = 2 };

void queue_init(struct queue *q, void *pages, const uint64_t physical[QUEUE_PAGES], unsigned size,
                unsigned chain, struct mmio_rings *rings)
{
    unsigned slots = size / chain;
    char *second = (char *)pages + 4096;

    *q = (struct queue){
        .desc = pages,
        .avail = (void *)second,
        .used = (void *)(second + QUEUE_USED_OFFSET),
        .size = (uint16_t)size,
        .chain = (uint16_t)chain,
        .slots = (uint16_t)(slots < QUEUE_SLOTS ? slots : QUEUE_SLOTS),
    };
    *rings = (struct mmio_rings){
        .desc = physical[0],
        .avail = physical[1],
        .used = physical[1] + QUEUE_USED_OFFSET,
        .size = (uint16_t)size,
    };
}

static uint64_t slot_bit(unsigned slot)
{
    return (uint64_t)1 << slot % QUEUE_SLOTS;
}

unsigned queue_next(const struct queue *q)
{
    unsigned slot = 0;

    while (slot < q->slots && (q->busy >> slot & 1))
        slot++;
    return slot < q->slots ? slot : QUEUE_NONE;
}

bool queue_full(const struct queue *q)
{
    return queue_next(q) == QUEUE_NONE;
}

unsigned queue_add(struct queue *q, const struct queue_part *part, unsigned parts)
{
    unsigned slot = queue_next(q);
    unsigned head;

    if (slot == QUEUE_NONE)
        return QUEUE_NONE;
    head = slot * q->chain;
    q->writable[slot] = 0;
    for (unsigned i = 0; i < parts; i++) {
        struct queue_desc *d = &q->desc[head + i];

        d->physical = part[i].physical;
        d->bytes = part[i].bytes;
        d->flags =
            (uint16_t)((i + 1 < parts ? DESC_NEXT : 0) | (part[i].device_writes ? DESC_WRITE : 0));
        d->next = (uint16_t)(head + i + 1);
        if (part[i].device_writes)
            q->writable[slot] += part[i].bytes;
    }
    q->busy |= slot_bit(slot);
    q->avail->ring[q->submitted % q->size] = (uint16_t)head;
    q->submitted++;
    /* the device may look at any time: the entry before the index */
    __atomic_store_n(&q->avail->index, q->submitted, __ATOMIC_RELEASE);
    return slot;
}

enum err queue_take(struct queue *q, unsigned *slot, uint32_t *written)
{
    uint32_t head;

    if (__atomic_load_n(&q->used->index, __ATOMIC_ACQUIRE) == q->seen)
        return ERR_END;
    head = q->used->ring[q->seen % q->size].head;
    *written = q->used->ring[q->seen % q->size].bytes;
    *slot = head / q->chain;
    if (head % q->chain != 0 || *slot >= q->slots || !(q->busy & slot_bit(*slot)))
        return ERR_CORRUPT;
    if (*written > q->writable[*slot])
        return ERR_CORRUPT;
    q->seen++;
    q->busy &= ~slot_bit(*slot);
    return ERR_OK;
}
