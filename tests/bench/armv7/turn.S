/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * turn.S - all registers that C could use carry the words: lib/rt's stub loads and stores them.
 */
    .syntax unified
    .arm

    .section .text.turn_calls, "ax"
    .globl turn_calls
    .type turn_calls, %function
turn_calls: /* r0 = rounds, r1 = session, r2 = info, r3 = capability */
    mov r12, #0
    push {r1-r3}
    push {r0, r4-r12, lr}
    sub sp, sp, #4 /* what follows: rounds, nine registers of which one is the sum, lr, arguments */
1:  add r12, sp, #48
    mrc p15, 0, lr, c9, c13, 0 /* PMCCNTR */
    ldm r12, {r0-r2}
    mov r3, #0
    mov r12, #0 /* SYS_CALL */
    svc #0
    mrc p15, 0, r0, c9, c13, 0
    sub r0, r0, lr
    sub r0, r0, #1 /* reading it */
    ldr r1, [sp, #40]
    add r1, r1, r0
    str r1, [sp, #40]
    ldr r1, [sp, #4]
    subs r1, r1, #1
    str r1, [sp, #4]
    bne 1b
    add sp, sp, #8
    pop {r4-r11}
    pop {r0, lr}
    add sp, sp, #12
    bx lr

    .section .text.turn_echo, "ax"
    .globl turn_echo
    .type turn_echo, %function
turn_echo:
    mov r12, #2 /* SYS_RECV */
    mov r3, #0
1:  mov r0, #0
    mov r1, #0
    mov r2, #0
    svc #0
    mov r12, #1 /* SYS_REPLY_RECV; r3 is 0 */
    b 1b
