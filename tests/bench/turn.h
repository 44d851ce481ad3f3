/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * turn.h - the two sides of a call in the fewest instructions that the port can do them in: a
 * message's words stay in the registers that carry them, as the peers' benches have it.
 */
#ifndef BENCH_TURN_H
#define BENCH_TURN_H

#include "cap.h"

#include <stdint.h>

/* That many calls; the sum of the instructions from before each one's arguments are set up until
 * its answer is there. */
uint32_t turn_calls(unsigned rounds, cap_t session, uintptr_t info, cap_t send);
/* Answers each call with the words that it came with. Does not return. */
void turn_echo(void *none);

#endif
