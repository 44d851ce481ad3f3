/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * play.h - the kernel plays a script, with everything audited.
 *
 * Three threads share a table of their own, which holds what enum play_slot names: all of it is
 * derived from init's. They may do what they like. Whenever none of them can go on, and at the end,
 * init runs again, deletes what it made, and must have every byte of it back.
 */
#ifndef FUZZ_PLAY_H
#define FUZZ_PLAY_H

#include "script.h"

#define PLAY_THREADS 3u

/* Slots of the threads' table; from PLAY_FREE on they are empty. */
enum play_slot { /* in hexadecimal, as scripts name them: */
                 PLAY_TABLE = 1,
                 PLAY_UNTYPED,
                 PLAY_MEMORY, /* another, of 64 KiB */
                 PLAY_THREAD,
                 PLAY_ENDPOINT = PLAY_THREAD + PLAY_THREADS,
                 PLAY_FALLBACK,
                 PLAY_BADGED,
                 PLAY_REPLY, /* one a thread */
                 PLAY_NOTIFICATION = PLAY_REPLY + PLAY_THREADS,
                 PLAY_SIGNAL,
                 PLAY_SPACE, /* in which the threads run */
                 PLAY_SPACE2,
                 PLAY_BUFFER, /* one a thread */
                 PLAY_BLOCK = PLAY_BUFFER + PLAY_THREADS,
                 PLAY_INNER, /* a CapTable in the table */
                 PLAY_FRAME,
                 PLAY_PAGETABLE = PLAY_FRAME + 8,
                 PLAY_FREE = PLAY_PAGETABLE + 4, /* 0x22 */
};

/* What is being played is told, and why it failed, before the program is aborted. */
void play(const struct script *s);

#endif
