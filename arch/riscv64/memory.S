/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memory.S - clearing and copying in whole pages, eight words and more a turn.
 */
    .section .text.arch_clear, "ax"
    .globl arch_clear
    .type arch_clear, @function
arch_clear: /* a0 = where, a1 = bytes: a multiple of 64 */
    add a1, a0, a1
    addi t1, a1, -256
    bgtu a0, t1, 3f
1:  sd zero, 0(a0)
    sd zero, 8(a0)
    sd zero, 16(a0)
    sd zero, 24(a0)
    sd zero, 32(a0)
    sd zero, 40(a0)
    sd zero, 48(a0)
    sd zero, 56(a0)
    sd zero, 64(a0)
    sd zero, 72(a0)
    sd zero, 80(a0)
    sd zero, 88(a0)
    sd zero, 96(a0)
    sd zero, 104(a0)
    sd zero, 112(a0)
    sd zero, 120(a0)
    sd zero, 128(a0)
    sd zero, 136(a0)
    sd zero, 144(a0)
    sd zero, 152(a0)
    sd zero, 160(a0)
    sd zero, 168(a0)
    sd zero, 176(a0)
    sd zero, 184(a0)
    sd zero, 192(a0)
    sd zero, 200(a0)
    sd zero, 208(a0)
    sd zero, 216(a0)
    sd zero, 224(a0)
    sd zero, 232(a0)
    sd zero, 240(a0)
    sd zero, 248(a0)
    addi a0, a0, 256
    bleu a0, t1, 1b
    j 3f
2:  sd zero, 0(a0)
    sd zero, 8(a0)
    sd zero, 16(a0)
    sd zero, 24(a0)
    sd zero, 32(a0)
    sd zero, 40(a0)
    sd zero, 48(a0)
    sd zero, 56(a0)
    addi a0, a0, 64
3:  bltu a0, a1, 2b
    ret

    .section .text.arch_copy_page, "ax"
    .globl arch_copy_page
    .type arch_copy_page, @function
arch_copy_page: /* a0 = to, a1 = from; 4 KiB */
    li t0, 4096
    add a6, a0, t0
1:  ld a2, 0(a1)
    ld a3, 8(a1)
    ld a4, 16(a1)
    ld a5, 24(a1)
    ld t0, 32(a1)
    ld t1, 40(a1)
    ld t2, 48(a1)
    ld t3, 56(a1)
    sd a2, 0(a0)
    sd a3, 8(a0)
    sd a4, 16(a0)
    sd a5, 24(a0)
    sd t0, 32(a0)
    sd t1, 40(a0)
    sd t2, 48(a0)
    sd t3, 56(a0)
    ld a2, 64(a1)
    ld a3, 72(a1)
    ld a4, 80(a1)
    ld a5, 88(a1)
    ld t0, 96(a1)
    ld t1, 104(a1)
    ld t2, 112(a1)
    ld t3, 120(a1)
    sd a2, 64(a0)
    sd a3, 72(a0)
    sd a4, 80(a0)
    sd a5, 88(a0)
    sd t0, 96(a0)
    sd t1, 104(a0)
    sd t2, 112(a0)
    sd t3, 120(a0)
    addi a1, a1, 128
    addi a0, a0, 128
    bltu a0, a6, 1b
    ret

    .section .text.arch_copy, "ax"
    .globl arch_copy
    .type arch_copy, @function
arch_copy:
    tail memory_copy /* lib/string */
