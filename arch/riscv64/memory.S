/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memory.S - clearing and copying in whole pages, eight words and more a turn.
 */
    .macro clear_words count
    .set .Lat, 0
    .rept \count
    sd zero, .Lat(a0)
    .set .Lat, .Lat + 8
    .endr
    .endm

    .section .text.arch_clear, "ax"
    .globl arch_clear
    .type arch_clear, @function
arch_clear: /* a0 = where, a1 = bytes: a multiple of 64 */
    add a1, a0, a1
    addi t1, a1, -256
    bgtu a0, t1, 3f
1:  clear_words 32
    addi a0, a0, 256
    bleu a0, t1, 1b
    j 3f
2:  clear_words 8
    addi a0, a0, 64
3:  bltu a0, a1, 2b
    ret

    .section .text.arch_copy_page, "ax"
    .globl arch_copy_page
    .type arch_copy_page, @function
arch_copy_page: /* a0 = to, a1 = from; 4 KiB */
    li t0, 4096
    add a6, a0, t0
1:  .irp at, 0, 64
    ld a2, \at + 0(a1)
    ld a3, \at + 8(a1)
    ld a4, \at + 16(a1)
    ld a5, \at + 24(a1)
    ld t0, \at + 32(a1)
    ld t1, \at + 40(a1)
    ld t2, \at + 48(a1)
    ld t3, \at + 56(a1)
    sd a2, \at + 0(a0)
    sd a3, \at + 8(a0)
    sd a4, \at + 16(a0)
    sd a5, \at + 24(a0)
    sd t0, \at + 32(a0)
    sd t1, \at + 40(a0)
    sd t2, \at + 48(a0)
    sd t3, \at + 56(a0)
    .endr
    addi a1, a1, 128
    addi a0, a0, 128
    bltu a0, a6, 1b
    ret

    .section .text.arch_copy, "ax"
    .globl arch_copy
    .type arch_copy, @function
arch_copy:
    tail memory_copy /* lib/string */
