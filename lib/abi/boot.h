/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * boot.h - what the loader tells the kernel, and the kernel tells init.
 *
 * Addresses are physical unless they say otherwise. Ranges are [base, base +
 * size) and 4 KiB aligned, but for the command line.
 */
#ifndef ABI_BOOT_H
#define ABI_BOOT_H

#include "cap.h"

#include <stdint.h>

#define BOOT_MAGIC    0x51554952u /* "QUIR" */
#define BOOT_VERSION  1u
#define BOOT_RANGES   16
#define BOOT_SEGMENTS 8
#define BOOT_DEVICES  64
#define BOOT_CMDLINE  1024

struct boot_range {
    uint64_t base, size;
};

/* A piece of init, laid out by the loader, to be mapped at `va`. */
struct boot_segment {
    uint64_t base, va;
    uint32_t pages;
    uint32_t rights; /* RIGHT_READ | WRITE | EXECUTE */
};

/* A memory-mapped device: the first reg of a node of the machine's tree. */
struct boot_device {
    uint64_t base, size;
    uint32_t irq;        /* line of the kernel's interrupt controller; 0 = none */
    char compatible[28]; /* the first string of the property, cut if longer */
};

enum boot_flag {
    BOOT_MEASURE = 1 << 0, /* a measuring run: "quire.measure" on the command line */
    BOOT_DEBUG = 1 << 1,   /* "quire.debug" */
    BOOT_SSTC = 1 << 2,    /* riscv64: stimecmp exists */
    BOOT_SMC = 1 << 3,     /* armv7: firmware is called by smc, not hvc */
};

/* Loader -> kernel. */
struct boot {
    uint32_t magic, version;
    uint32_t flags;
    uint32_t hart;                           /* processor that boots */
    uint64_t timebase;                       /* Hz of the clock */
    struct boot_range ram[BOOT_RANGES];      /* all of the machine's memory */
    struct boot_range reserved[BOOT_RANGES]; /* firmware; never handed out */
    struct boot_range kernel;                /* image, bss and stack */
    struct boot_range archive;               /* the boot archive; init frees it */
    struct boot_range tree;                  /* the machine's device tree */
    struct boot_range loader;                /* this structure and the loader: free once read */
    struct boot_segment init[BOOT_SEGMENTS];
    uint64_t init_entry; /* virtual */
    struct boot_range intc, uart;
    struct boot_range intc_cpu; /* armv7: the interrupt controller's interface to this processor */
    uint32_t intc_context;      /* riscv64: PLIC context of the hart's S mode */
    uint32_t irq_lines;         /* lines are numbered below that; 0 is none */
    uint32_t uart_shift;        /* log2 of the bytes between its registers */
    uint32_t ram_count, reserved_count, init_count, device_count;
    struct boot_device device[BOOT_DEVICES];
    char cmdline[BOOT_CMDLINE];
};

/*
 * Kernel -> init: one or more read-only pages at BOOTINFO_VA. Init's root table
 * (INIT_ROOT_BITS) holds its capabilities at the slots named here.
 */
#define INIT_ROOT_BITS 14u /* 512 slots */

enum init_slot {
    INIT_ROOT = 1, /* its root CapTable */
    INIT_SPACE,
    INIT_THREAD,
    INIT_BUFFER = 7,       /* Frame bound as its buffer */
    INIT_IMAGE_FIRST = 32, /* Frames of its own image, in address order; then: */
};

enum untyped_kind {
    UNTYPED_RAM,
    UNTYPED_ARCHIVE, /* RAM with the boot archive in it: retype to Frames keeps it */
    UNTYPED_HIGH,    /* RAM outside the kernel window: Frames only */
    UNTYPED_DEVICE,  /* registers of a device: Frames only, never cleared */
};

struct bootinfo_untyped {
    uint64_t base;
    cap_t slot;
    uint8_t log2_size, kind;
    uint16_t device; /* UNTYPED_DEVICE: index into device[] */
};

struct bootinfo {
    uint32_t magic, version, flags;
    uint32_t irq_first, irq_count; /* slots of Irq capabilities: line n at irq_first + n */
    uint32_t image_first, image_count;
    uint32_t free_first; /* first empty slot of the root table */
    uint64_t timebase;
    uint64_t entered; /* instructions from power-on to the kernel's first */
    uint64_t ram_bytes, firmware_bytes, kernel_bytes; /* kernel: image + init's own objects */
    struct boot_range archive, tree;
    uint32_t untyped_count, device_count;
    struct boot_device device[BOOT_DEVICES];
    char cmdline[BOOT_CMDLINE];
    struct bootinfo_untyped untyped[];
};

#define BOOTINFO_VA      0x003a0000ul /* where servers find their start block */
#define BOOTINFO_PAGES   2u
#define INIT_BUFFER_VA   0x003f8000ul
#define INIT_STACK_TOP   0x003f0000ul
#define INIT_STACK_PAGES 8u

#endif
