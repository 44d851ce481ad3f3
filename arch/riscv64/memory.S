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

    .macro each_word op, base, at
    .set .Lat, \at
    .irp reg, a2, a3, a4, a5, t0, t1, t2, t3
    \op \reg, .Lat(\base)
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
    each_word ld, a1, \at
    each_word sd, a0, \at
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
