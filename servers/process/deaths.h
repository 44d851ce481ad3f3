/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * deaths.h - banks that were killed for want of memory, as the frame server tells it.
 */
#ifndef PROCESS_DEATHS_H
#define PROCESS_DEATHS_H

#include "sys.h"

/* From now on the bits are raised when a bank of ours was killed, and at other times. NULL, or
 * what is wrong, in words. */
const char *deaths_watch(word_t bits);
/* Was any since the last question? Then ask of each (supervisor_killed). */
bool deaths_new(void);

#endif
