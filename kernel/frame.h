/* SPDX-License-Identifier: GPL-2.0-or-later */
/* frame.h - invocations of Frames; words as invoke.h has them. */
#ifndef KERNEL_FRAME_H
#define KERNEL_FRAME_H

#include "captable.h"

unsigned frame_clear(struct thread *t, cap_t address, word_t *word);
unsigned frame_copy(struct thread *t, struct slot *to, word_t *word);
unsigned frame_harvest(struct thread *t, cap_t address, word_t *word);
/* What a driver wants of a run: FRAME_PHYS, FRAME_HOLD, FRAME_RELEASE. */
unsigned frame_device(struct thread *t, cap_t address, word_t *word, unsigned op);
/* FRAME_READ (to_buffer) and FRAME_WRITE. */
unsigned frame_transfer(struct thread *t, struct slot *s, word_t *word, bool to_buffer);
/* Are [offset, offset + bytes) contents of a frame with that right? */
bool frame_covers(const struct slot *s, unsigned right, uint64_t offset, uint64_t bytes);
/* The kernel's view of them, up to the end of the page. */
static inline void *frame_view(const struct slot *s, uint64_t offset, unsigned access)
{
    return arch_view(slot_paddr(s) + (paddr_t)offset, access & RIGHT_WRITE ? VIEW_TO : VIEW_FROM);
}

#endif
