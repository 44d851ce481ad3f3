/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * root.h - the means of the first task (init, or a kernel test in its place): the kernel's
 * findings, all memory as Untyped, and the end of the machine.
 *
 * A root task gets this library instead of lib/rt's source.c: object_make, windows and
 * the heap work on its own memory.
 */
#ifndef ROOT_ROOT_H
#define ROOT_ROOT_H

#include "boot.h"
#include "rt.h"

const struct bootinfo *root_info(void);

/*
 * `count` objects of 2^log2_size bytes into the empty slots from `to`, of the smallest
 * pieces of memory that have room. Frames are not cleared. ERR_NO_MEMORY: as many as
 * there was memory for were made.
 */
enum err root_retype(unsigned type, unsigned log2_size, cap_t to, unsigned count);

/* How an Untyped of bootinfo stands: bytes from its base on that are used. */
enum err root_used(const struct bootinfo_untyped *u, uint64_t *used);

/* A capability for the registers of a device (origin, kept by the root task), and where in
 * its first page they begin. CAP_NULL if there is no such device. */
cap_t root_device(unsigned device, unsigned *offset);
/* Index of the first device from `from` on whose first compatible string is `name`;
 * device_count if there is none. */
unsigned root_device_find(const char *name, unsigned from);

/* Ends the machine. 0: all is well. */
_Noreturn void root_power_off(unsigned status);

#endif
