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
/* The same without the prefix. */
void log_plain(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The prefix from now on; the string stays the caller's. "" for none. */
void log_name(const char *name);
/* log_line, then the thread faults on purpose: a server cannot go on. */
_Noreturn void die(const char *format, ...) __attribute__((format(printf, 1, 2)));
const char *err_text(enum err e);
const char *err_name(enum err e);

/*
 * Slots of the own root table and of CapTables hung into it. slots_alloc returns
 * the first of `count` (1..256) neighbouring empty slots, or CAP_NULL if there are
 * none and no memory for another table. slots_free expects them empty.
 * slots_alloc_root: in the root table itself, where CapTables have to stand.
 */
void slots_init(cap_t first, unsigned count);
cap_t slots_alloc(unsigned count);
cap_t slots_alloc_root(unsigned count);
void slots_free(cap_t first, unsigned count);

/*
 * Where the run-time gets memory: source.c asks the frame server. A program that has
 * none (the frame server itself, init, a kernel test) defines both itself.
 *
 * memory_frames: up to `count` (1..64) cleared 4K frames into the empty slots from
 * `first`. memory_objects: one Untyped of 2^log2_size bytes (12..20) into `slot`.
 */
enum err memory_frames(cap_t first, unsigned count, unsigned *got);
enum err memory_objects(cap_t slot, unsigned log2_size);

/*
 * Reclaim: what is done so that others get memory. There may be no free frame then, and who has to
 * wait for one would wait for itself. So between reclaim_begin() and reclaim_end(), which nest,
 * nothing allocates: whoever asks the frame server, or the C library, for memory says so by
 * reclaim_forbids(), which ends the server then (asserted in every build). The mark is the running
 * stack's own.
 */
void reclaim_begin(void);
void reclaim_end(void);
bool reclaim_runs(void);
void reclaim_forbids(const char *what);
/* For another stack's turn: its mark; returns what was ours. */
unsigned reclaim_swap(unsigned other);

/*
 * So many bytes that malloc has not used yet stay mapped from now on, for reclaim alone, which may
 * call malloc then. heap_fill makes up for what was used of them, if memory can be had. False:
 * they are not all there.
 */
bool heap_keep(size_t bytes);
bool heap_fill(void);

/* A kernel object of the server's own; a size of 0 is the type's own size (a CapTable's
 * smallest). CAP_NULL if there is no memory. CapTables get a slot of the root table. */
cap_t object_make(unsigned type, unsigned log2_size);

/* Memory mapped into the own space for good, in WINDOW_VA..WINDOW_END. */
struct window {
    void *at;
    cap_t frame; /* run of `pages` slots */
    unsigned pages;
};
/* Fresh zeroed frames (1..256 pages); with DMA right where the frame server grants it. */
enum err window_memory(struct window *w, unsigned pages);
/* Maps a frame (or a run of them) that the server holds. */
enum err window_map(struct window *w, cap_t frame, unsigned pages, unsigned rights);
/* Maps into the own space at `va`, making the page tables that are missing. */
enum err map_with_tables(uintptr_t va, cap_t first, unsigned count, unsigned rights);

uint64_t now_ns(void);
uint64_t instructions(void); /* executed by the whole machine, idle excluded */

/*
 * Fibers: cooperative, on their own stacks; at most FIBERS. fiber_start runs it until its
 * first yield or its end; NULL if there is no fiber or memory left. Yield goes back to
 * whoever started or resumed it. A fiber that is done is free again once fiber_done()
 * has told so.
 */
#define FIBERS 8
struct fiber;
struct fiber *fiber_start(void (*run)(void *), void *arg, size_t stack_bytes);
void fiber_yield(void);
void fiber_resume(struct fiber *f);
struct fiber *fiber_self(void); /* NULL on the loop's own stack */
bool fiber_done(struct fiber *f);

#endif
