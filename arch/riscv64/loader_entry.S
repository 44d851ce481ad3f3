/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * loader_entry.S - the ways into and out of the loader. Firmware jumps to the first byte of
 * the image in supervisor mode: a0 = this hart, a1 = the device tree, no translation.
 */
    .section .text.start, "ax"
    .globl _start
    .type _start, @function
_start:
    .option push
    .option norelax
    lla gp, __global_pointer$
    .option pop
    lla sp, loader_stack_top
    csrw sie, zero
    csrw satp, zero
    lla t0, bss_start /* both on 16 bytes */
    lla t1, bss_end
1:  sd zero, 0(t0)
    sd zero, 8(t0)
    addi t0, t0, 16
    bltu t0, t1, 1b
    li ra, 0
    tail loader_main

    .text
    .globl port_enter
    .type port_enter, @function
port_enter: /* a0 = entry, a1 = struct boot, a2 = window */
    mv t0, a0
    mv a0, a1
    mv a1, a2
    fence.i
    jr t0

    .section .stack, "aw", @nobits
    .balign 16
    .space 8192
loader_stack_top:
