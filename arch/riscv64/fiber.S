/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fiber.S - fiber.h for RV64 without floating point: ra and s0..s11 make a frame.
 */
#define FRAME 112 /* 13 registers, kept 16-byte aligned */

    .section .text.arch_fiber_switch, "ax"
    .globl arch_fiber_switch
    .type arch_fiber_switch, @function
arch_fiber_switch: /* a0 = where to store sp, a1 = sp to go on with */
    addi sp, sp, -FRAME
    sd ra, 0(sp)
    sd s0, 8(sp)
    sd s1, 16(sp)
    sd s2, 24(sp)
    sd s3, 32(sp)
    sd s4, 40(sp)
    sd s5, 48(sp)
    sd s6, 56(sp)
    sd s7, 64(sp)
    sd s8, 72(sp)
    sd s9, 80(sp)
    sd s10, 88(sp)
    sd s11, 96(sp)
    sd sp, 0(a0)
    mv sp, a1
    ld ra, 0(sp)
    ld s0, 8(sp)
    ld s1, 16(sp)
    ld s2, 24(sp)
    ld s3, 32(sp)
    ld s4, 40(sp)
    ld s5, 48(sp)
    ld s6, 56(sp)
    ld s7, 64(sp)
    ld s8, 72(sp)
    ld s9, 80(sp)
    ld s10, 88(sp)
    ld s11, 96(sp)
    addi sp, sp, FRAME
    ret

    .section .text.arch_fiber_frame, "ax"
    .globl arch_fiber_frame
    .type arch_fiber_frame, @function
arch_fiber_frame: /* a0 = top of the stack, a1 = entry, a2 = its argument */
    andi a0, a0, -16
    addi a0, a0, -FRAME
    lla t0, first
    sd t0, 0(a0)
    sd a1, 8(a0)  /* s0 */
    sd a2, 16(a0) /* s1 */
    ret
first:
    mv a0, s1
    li ra, 0 /* the end of every backtrace */
    jr s0
