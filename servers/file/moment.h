/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * moment.h - when an event happens: the clock is read once an event, and only if that is asked.
 */
#ifndef FILE_MOMENT_H
#define FILE_MOMENT_H

#include <stdint.h>

/* An event begins. */
void moment_begin(void);
/* ns on now_ns()'s clock; before the first event at each call anew. */
uint64_t moment(void);

#endif
