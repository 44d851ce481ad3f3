/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * start.S - where a native server begins: r0 = its start block, sp = its stack.
 *
 * The loader of the image has zeroed .bss. There is one set of thread-local variables
 * (errno and the like); server.ld lays it out in place. Only the kernel can say where.
 */
    .syntax unified
    .arm

#define SYS_TLS 11 /* main.c of tests/rt sees that it works */

    .section .text.start, "ax"
    .globl _start
    .type _start, %function
_start:
    mov r5, r0
    ldr r0, =__tls_pointer
    mov r12, #SYS_TLS
    svc #0
    mov r0, r5
    mov lr, #0
    b rt_main /* rt_main(start block): never returns */

    .section .text.arch_thread_entry, "ax"
    .globl arch_thread_entry
    .type arch_thread_entry, %function
arch_thread_entry: /* r0 = struct arch_thread; sp and thread pointer are the thread's own already */
    ldr r1, [r0]
    ldr r0, [r0, #4]
    mov lr, #0
    bx r1
