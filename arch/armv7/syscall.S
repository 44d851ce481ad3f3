/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * syscall.S - arch_syscall() of syscall.h. r0 = where the result goes, r1 = number, r2, r3 and
 * the stack = arguments and words.
 */
    .syntax unified
    .arm

    .section .text.arch_syscall, "ax"
    .globl arch_syscall
    .type arch_syscall, %function
arch_syscall:
    push {r0, r4-r11, lr} /* 40 bytes */
    mov r12, r1
    mov r0, r2
    mov r1, r3
    ldrd r2, r3, [sp, #40]
    ldr lr, [sp, #48] /* the words */
    ldm lr, {r4-r11}
    svc #0
    ldr lr, [sp, #48]
    stm lr, {r4-r11}
    pop {r3}
    stm r3, {r0-r2}
    pop {r4-r11, pc}
