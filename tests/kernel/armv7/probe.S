/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe.S - looks at all registers around something that may change them (probe.h).
 */
    .syntax unified
    .arm
    .fpu neon-vfpv4

    .macro pattern reg, n
    ldr \reg, =0x5a5a5a00 + \n
    .endm

    .macro patterns
    pattern r2, 2
    pattern r3, 3
    pattern r4, 4
    pattern r5, 5
    pattern r6, 6
    pattern r7, 7
    pattern r8, 8
    pattern r9, 9
    pattern r10, 10
    pattern r11, 11
    pattern lr, 14
    .endm

    .macro leave /* where to lies on the stack */
    push {r0}
    ldr r0, [sp, #4]
    add r0, r0, #4
    stm r0, {r1-r14}
    pop {r1}
    pop {r2}
    str r1, [r2]
    pop {r4-r11, pc}
    .endm

    .text
    .globl probe_call
    .type probe_call, %function
probe_call:
    push {r4-r11, lr}
    push {r3}
    mov r12, r0
    mov r0, r1
    mov r1, r2
    patterns
    svc #0
    leave

    .globl probe_spin
    .type probe_spin, %function
probe_spin:
    push {r4-r11, lr}
    push {r1}
    pattern r1, 1
    pattern r12, 12
    patterns
1:  subs r0, r0, #1
    bne 1b
    leave
    .ltorg

    .globl probe_fpu_fill
    .type probe_fpu_fill, %function
probe_fpu_fill:
    and r2, r0, #0x9f
    vmsr fpscr, r2
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    vmov d\n, r0, r1
    adds r0, r0, #1
    adc r1, r1, #0
    .endr
    bx lr

    .globl probe_fpu_read
    .type probe_fpu_read, %function
probe_fpu_read:
    vstm r0!, {d0-d15}
    vstm r0!, {d16-d31}
    vmrs r1, fpscr
    mov r2, #0
    stm r0, {r1, r2}
    bx lr

    .globl probe_illegal
    .type probe_illegal, %function
probe_illegal:
    udf #0
    bx lr

    .globl probe_break
    .type probe_break, %function
probe_break:
    bkpt #0
    bx lr

    .globl probe_misaligned
    .type probe_misaligned, %function
probe_misaligned:
    add r0, r0, #1
    ldrex r1, [r0]
    bx lr
