/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * buffer.h - the thread's buffer.
 *
 * One pinned page for what does not fit in registers. Only lists live here; the kernel reads and
 * writes it through its own window, at the moment of the call.
 */
#ifndef ABI_BUFFER_H
#define ABI_BUFFER_H

#include "message.h"

#include <stdint.h>

#define BUFFER_BYTES  2048u /* of harvest bytes or contents in one call */
#define REGISTERS_MAX 80    /* of a thread, in words of 64 bits */
#define PHYSICAL_MAX  64    /* addresses told in one call */

/*
 * Memory lent with a call: [address, address + bytes) of a Space held with COPY. A server
 * lends on what it was lent by naming the Reply that holds the call instead of a Space:
 * address is then an offset in that Reply's lease LEASE_NUMBER(n).
 */
struct lease {
    cap_t space;      /* or the Reply whose lease is lent on */
    uint32_t rights;  /* RIGHT_READ: the server may read it; RIGHT_WRITE: write it */
    uint64_t address; /* in that Space, or offset in that lease */
    uint64_t bytes;
};

#define LEASE_NUMBER(n)          ((uint32_t)(n) << 8) /* or-ed to the rights */
#define LEASE_GET_NUMBER(rights) ((rights) >> 8 & 0xffu)

struct buffer {
    uint64_t deadline; /* absolute, ns on COUNTER_NOW's clock; used with INFO_DEADLINE */
    struct lease lease[LEASE_MAX];   /* of the next call, as many as its info word says */
    uint8_t byte[BUFFER_BYTES];      /* harvest bytes, frame contents */
    uint64_t reg[REGISTERS_MAX];     /* thread registers; arch's regs.h names them */
    uint64_t physical[PHYSICAL_MAX]; /* addresses of a run of frames, in bytes */
};

_Static_assert(sizeof(struct buffer) <= PAGE_SIZE, "the buffer is one page");

#endif
