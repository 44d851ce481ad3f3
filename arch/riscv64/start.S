/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * start.S - where a native server begins: a0 = its start block, sp = its stack.
 *
 * The loader of the image has zeroed .bss. There is one set of thread-local variables
 * (errno and the like); server.ld lays it out in place, so tp only has to point there.
 */
    .section .text.start, "ax"
    .globl _start
    .type _start, @function
_start:
    .option push
    .option norelax
    lla gp, __global_pointer$
    .option pop
    lla tp, __tls_pointer
    li ra, 0
    li s0, 0
    tail rt_main /* rt_main(start block): never returns */

    .section .text.arch_thread_entry, "ax"
    .globl arch_thread_entry
    .type arch_thread_entry, @function
arch_thread_entry: /* a0 = struct arch_thread; sp and tp are the thread's own already */
    .option push
    .option norelax
    lla gp, __global_pointer$
    .option pop
    ld t0, 0(a0)
    ld a0, 8(a0)
    li ra, 0
    jr t0
