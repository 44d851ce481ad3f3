/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * loader.h - what the loader's files share, and what a port supplies to them.
 */
#ifndef BOOT_LOADER_H
#define BOOT_LOADER_H

#include "archive.h"
#include "boot.h"
#include "image.h"
#include "place.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAGE_MASK ((uint64_t)PAGE_SIZE - 1)

/* What is found and decided; the kernel reads it where it lies. */
extern struct boot boot;

/* One line "quire: fatal: ...", then the machine is switched off with a failing status.
 * %s, %u, %lu and %lx. */
_Noreturn void fatal(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* ---- tree.c, device.c: from the machine's device tree into `boot` ---- */

void memory_read(const void *fdt);  /* memory and what is reserved of it */
void devices_read(const void *fdt); /* what answers at physical addresses; interrupts, console */
void chosen_read(const void *fdt);  /* archive, command line */

/* main.c; called by the port's entry, on the loader's own stack, its .bss cleared. */
_Noreturn void loader_main(uint32_t processor, const void *fdt);

/* ---- node.c: reading one node ---- */

struct node {
    int at[8]; /* offsets: the root's, ..., the node's own */
    int depth; /* index of the last */
};

/* The next node in the tree's order; start with depth -1. False at the end. */
bool node_next(const void *fdt, struct node *n);
/* The n-th reg of a node as physical addresses; false if it has none, or it is no memory. */
bool node_reg(const void *fdt, const struct node *n, unsigned index, struct boot_range *range);
/* The one-cell property; false if there is none. */
bool node_u32(const void *fdt, int offset, const char *name, uint32_t *value);
/* The first string of a property, NULL if there is none. */
const char *node_string(const void *fdt, int offset, const char *name);
bool node_enabled(const void *fdt, const struct node *n);
/* Its interrupts' controller by interrupt-parent, its own or inherited; 0 = none. */
uint32_t node_interrupt_parent(const void *fdt, const struct node *n);

/* ---- the port's part: arch/ARCH/loader_*.{S,c} ---- */

/* This processor's node, clock and features. Fatal if the tree lacks what is needed. */
void port_processor(const void *fdt);
/* The interrupt controller that serves this processor; returns its phandle. */
uint32_t port_interrupt_controller(const void *fdt);
/* The line of an interrupt as that controller's cells say it; 0 if it is none. */
uint32_t port_interrupt_line(const uint32_t *cells, unsigned count);
bool port_uart_usable(const void *fdt, int node);

extern const uint16_t port_elf_machine;
extern char loader_start[], loader_end[]; /* loader.ld: whole pages */

void port_putc(char c);
_Noreturn void port_power_off(void);
/* To the kernel, at physical `entry`; it is linked `window` above. */
_Noreturn void port_enter(uint64_t entry, const struct boot *b, uint64_t window);

#endif
