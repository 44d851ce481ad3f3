/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bench.h - figures of the kernel, measured by a root task in init's place.
 *
 * A figure is a line on the log that tools/bench reads:
 *   bench NAME VALUE instructions | what it includes
 * Run under -icount; a value is the mean of BENCH_ROUNDS repetitions after warming up.
 */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include "counter.h"
#include "root.h"

#define BENCH_ROUNDS 256u

/* Prints a figure: `total` instructions over `count` repetitions, rounded to the nearest. */
void bench_report(const char *name, uint64_t total, uint64_t count, const char *includes);

/* A kernel object, or the end of the run. */
cap_t bench_object(unsigned type, unsigned log2_size);
/* `count` neighbouring frames of 4 KiB. */
cap_t bench_frames(unsigned count);
/* `count` neighbouring empty slots, in a table of their own. */
cap_t bench_slots(unsigned count);
void bench_must(enum err e, const char *what);

/* A Space that holds this task's image, so that its functions run there too. */
cap_t bench_space(void);
/* Hangs the missing tables of [va, va + bytes) into a space. */
void bench_tables(cap_t space, uintptr_t va, size_t bytes);

/* Another thread of this image. */
struct peer {
    cap_t thread, space, endpoint, reply, notification;
};
/* In `space`, at this priority, with an endpoint, Reply, notification and buffer bound. */
struct peer bench_peer(cap_t space, unsigned priority);
void bench_start(const struct peer *p, void (*run)(void *)); /* run(NULL) */
/* Lets it run for a tenth of a second, which is more than it needs. Nobody signals it. */
void bench_run_out(const struct peer *p);
/* A capability of the peer's endpoint to call. */
cap_t bench_session(const struct peer *p, word_t badge);

#endif
