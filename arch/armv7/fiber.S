/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fiber.S - fiber.h for ARM without floating point: r4..r11 and lr make a frame.
 */
    .syntax unified
    .arm

#define FRAME 40 /* 9 registers, kept 8-byte aligned */

    .section .text.arch_fiber_switch, "ax"
    .globl arch_fiber_switch
    .type arch_fiber_switch, %function
arch_fiber_switch: /* r0 = where to store sp, r1 = sp to go on with */
    push {r3-r11, lr}
    str sp, [r0]
    mov sp, r1
    pop {r3-r11, pc}

    .section .text.arch_fiber_frame, "ax"
    .globl arch_fiber_frame
    .type arch_fiber_frame, %function
arch_fiber_frame: /* r0 = top of the stack, r1 = entry, r2 = its argument */
    bic r0, r0, #7
    sub r0, r0, #FRAME
    ldr r3, =first
    str r3, [r0, #36]
    str r1, [r0, #4] /* r4 */
    str r2, [r0, #8] /* r5 */
    bx lr
first:
    mov r0, r5
    mov lr, #0 /* the end of every backtrace */
    bx r4
