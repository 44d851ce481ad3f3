/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cap.h - capability addresses, object types and rights.
 *
 * A capability address has two steps of 16 bits. The upper half is a slot of
 * the calling thread's root CapTable that holds a CapTable; the lower half is
 * a slot in that one. Upper half 0 means the root table itself. Address 0 is
 * never valid: slot 0 of a root table stays empty.
 */
#ifndef ABI_CAP_H
#define ABI_CAP_H

#include <stdint.h>

typedef uint32_t cap_t;

#define CAP(table, slot) ((cap_t)(((cap_t)(table) << 16) | (cap_t)(slot)))
#define CAP_TABLE(cap)   ((cap) >> 16)
#define CAP_SLOT(cap)    ((cap)&0xffffu)
#define CAP_NULL         ((cap_t)0)

/* X(object, "log2 bytes; 0: it varies", "is") */
#define OBJECT_TABLE(X)                                                                            \
    X(NULL, 0, "an empty slot")                                                                    \
    X(UNTYPED, 0, "memory that is nothing yet; retype makes objects of it")                        \
    X(CAPTABLE, 0, "an array of slots")                                                            \
    X(THREAD, 10, "registers, a priority, and the capabilities it is bound to")                    \
    X(ENDPOINT, 6, "where callers and servers meet")                                               \
    X(REPLY, 7, "holds one caller until it is answered, with the memory that it lent")             \
    X(NOTIFICATION, 6, "a word of bits: signals set them, a wait takes all")                       \
    X(SPACE, 0, "an address space: the root of its page tables")                                   \
    X(PAGETABLE, 0, "one table of a lower level; hangs in one place of one Space")                 \
    X(FRAME, 0, "2^n pages of memory, mapped in one place at most")                                \
    X(IRQ, 0, "one line of the interrupt controller")

enum object_type {
#define X(name, ...) OBJ_##name,
    OBJECT_TABLE(X)
#undef X
        OBJ_COUNT
};

#define PAGE_BITS            12 /* log2 of the bytes of a page */
#define PAGE_SIZE            4096u
#define SLOT_BITS            5  /* log2 of the bytes of a capability slot */
#define CAPTABLE_MIN_BITS    12 /* log2 of the bytes of the smallest CapTable: 128 slots */
#define CAPTABLE_MAX_BITS    21 /* of the largest: 65,536 slots, all that 16 bits can name */
#define UNTYPED_MIN_BITS     6  /* log2 of the bytes of the smallest Untyped */
#define UNTYPED_MAX_BITS     36 /* of the largest, and of Frames: 32 bits count it in slots */
#define CAPTABLE_SLOTS(bits) (1u << ((bits)-SLOT_BITS))

/*
 * Rights only shrink as capabilities are derived. On an Endpoint READ means
 * receive and WRITE means call; on a Notification wait and signal; on a Thread
 * WRITE means control and READ means look.
 */
enum right {
    RIGHT_READ = 1 << 0,    /* Frame: map readable, read; Endpoint: receive; others: see above */
    RIGHT_WRITE = 1 << 1,   /* Frame: map writable, write; Endpoint: call; others: see above */
    RIGHT_EXECUTE = 1 << 2, /* Frame: map executable */
    RIGHT_GRANT = 1 << 3,   /* the capability may travel in a message */
    RIGHT_MAP = 1 << 4,     /* Space: map, unmap, protect, harvest, handle its faults */
    RIGHT_COPY = 1 << 5,    /* Space: copy from and to it, lend its memory */
    RIGHT_DMA = 1 << 6,     /* Frame: ask for the physical address, hold it for DMA */
    RIGHT_NOTRACK = 1 << 7, /* Frame: may be mapped without accessed and dirty tracking */
    RIGHT_ALL = 0xff
};

#endif
