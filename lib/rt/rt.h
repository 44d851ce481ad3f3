/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rt.h - the rest of the servers' run-time: log, slots, memory, devices' windows, fibers.
 */
#ifndef RT_RT_H
#define RT_RT_H

#include "sys.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/* One line on the debug console, prefixed with the server's name. printf's formats. */
void log_line(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same, then the thread faults on purpose: a server cannot go on. */
_Noreturn void die(const char *format, ...) __attribute__((format(printf, 1, 2)));
const char *err_text(enum err e);
const char *err_name(enum err e);

/*
 * Slots of the own root table and of CapTables hung into it. slots_alloc returns
 * the first of `count` (1..64) neighbouring empty slots, or CAP_NULL. Tables are
 * added from SLOT_MEMORY's objects as needed (slots_grow).
 */
void slots_init(cap_t first, unsigned count);
cap_t slots_alloc(unsigned count);
void slots_free(cap_t first, unsigned count);

/* A kernel object of the server's own, from memory of the frame server. */
cap_t object_make(unsigned type, unsigned log2_size);

/* Frames from the frame server mapped into the own space; NULL if there are none.
 * Pages are zero. `dma` asks for the right to use them for DMA. */
struct window {
    void *at;
    cap_t frame; /* run of `pages` slots */
    unsigned pages;
};
enum err window_memory(struct window *w, unsigned pages);
/* Maps a capability (or run) that the server holds. */
enum err window_map(struct window *w, cap_t frame, unsigned pages, unsigned rights);

uint64_t now_ns(void);
uint64_t instructions(void); /* executed by the whole machine, idle excluded */

/* Fibers: cooperative, on their own stacks; at most FIBERS. */
struct fiber;
struct fiber *fiber_start(void (*run)(void *), void *arg, size_t stack_bytes);
void fiber_yield(void); /* back to the loop; resumed by fiber_resume */
void fiber_resume(struct fiber *f);
struct fiber *fiber_self(void); /* NULL on the loop's own stack */
bool fiber_done(const struct fiber *f);

#endif
