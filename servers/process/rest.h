/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rest.h - the disk at the end of all: what was written is on it, and it says that it was closed.
 */
#ifndef PROCESS_REST_H
#define PROCESS_REST_H

/* After the last program, before the machine goes off. Says in the log what went wrong. */
void rest_disk(void);

#endif
