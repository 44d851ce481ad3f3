/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memory.S - clearing and copying, eight words an instruction.
 */
    .syntax unified
    .arm

    .section .text.arch_clear, "ax"
    .globl arch_clear
    .type arch_clear, %function
arch_clear: /* r0 = where, r1 = bytes: a multiple of 64 */
    push {r4-r9}
    mov r2, #0
    mov r3, #0
    mov r4, #0
    mov r5, #0
    mov r6, #0
    mov r7, #0
    mov r8, #0
    mov r9, #0
    subs r1, r1, #256
    blo 2f
1:  stm r0!, {r2-r9}
    stm r0!, {r2-r9}
    stm r0!, {r2-r9}
    stm r0!, {r2-r9}
    stm r0!, {r2-r9}
    stm r0!, {r2-r9}
    stm r0!, {r2-r9}
    stm r0!, {r2-r9}
    subs r1, r1, #256
    bhs 1b
2:  adds r1, r1, #256
    beq 4f
3:  stm r0!, {r2-r9}
    stm r0!, {r2-r9}
    subs r1, r1, #64
    bne 3b
4:  pop {r4-r9}
    bx lr

    .section .text.arch_copy_page, "ax"
    .globl arch_copy_page
    .type arch_copy_page, %function
arch_copy_page: /* r0 = to, r1 = from; 4 KiB */
    push {r4-r9, lr}
    add lr, r0, #4096
1:  ldm r1!, {r2-r9}
    stm r0!, {r2-r9}
    ldm r1!, {r2-r9}
    stm r0!, {r2-r9}
    ldm r1!, {r2-r9}
    stm r0!, {r2-r9}
    ldm r1!, {r2-r9}
    stm r0!, {r2-r9}
    cmp r0, lr
    bne 1b
    pop {r4-r9, pc}

    .section .text.arch_copy, "ax"
    .globl arch_copy
    .type arch_copy, %function
arch_copy: /* r0 = to, r1 = from, r2 = bytes */
    orr r3, r0, r1
    tst r3, #3
    bne memory_copy /* lib/string */
    subs r3, r2, #64
    blo memory_copy
    push {r4-r10}
1:  ldm r1!, {r4-r10, r12}
    stm r0!, {r4-r10, r12}
    ldm r1!, {r4-r10, r12}
    stm r0!, {r4-r10, r12}
    subs r3, r3, #64
    bhs 1b
    pop {r4-r10}
    ands r2, r2, #63
    bxeq lr
    b memory_copy
