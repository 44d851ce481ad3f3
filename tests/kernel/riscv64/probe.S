/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe.S - looks at all registers around something that may change them (probe.h).
 */
    .option arch, +d

#define FRAME 128 /* ra and s0..s11, where to put what was seen, a word of room */

    .macro patterns
    li t0, 0x5a5a5a5a
    slli t0, t0, 32
    addi x1, t0, 1
    addi x6, t0, 6
    addi x7, t0, 7
    addi x8, t0, 8
    addi x9, t0, 9
    addi x10, t0, 10
    addi x11, t0, 11
    addi x12, t0, 12
    addi x13, t0, 13
    addi x14, t0, 14
    addi x15, t0, 15
    addi x16, t0, 16
    addi x17, t0, 17
    addi x18, t0, 18
    addi x19, t0, 19
    addi x20, t0, 20
    addi x21, t0, 21
    addi x22, t0, 22
    addi x23, t0, 23
    addi x24, t0, 24
    addi x25, t0, 25
    addi x26, t0, 26
    addi x27, t0, 27
    addi x28, t0, 28
    addi x29, t0, 29
    addi x30, t0, 30
    addi x31, t0, 31
    addi t0, t0, 5
    .endm

    .macro enter out
    addi sp, sp, -FRAME
    sd ra, 0(sp)
    sd x8, 8(sp)
    sd x9, 16(sp)
    sd x18, 24(sp)
    sd x19, 32(sp)
    sd x20, 40(sp)
    sd x21, 48(sp)
    sd x22, 56(sp)
    sd x23, 64(sp)
    sd x24, 72(sp)
    sd x25, 80(sp)
    sd x26, 88(sp)
    sd x27, 96(sp)
    sd \out, 104(sp)
    .endm

    .macro leave
    sd t0, 112(sp)
    ld t0, 104(sp)
    sd zero, 0(t0)
    sd x1, 8(t0)
    sd x2, 16(t0)
    sd x3, 24(t0)
    sd x4, 32(t0)
    sd x6, 48(t0)
    sd x7, 56(t0)
    sd x8, 64(t0)
    sd x9, 72(t0)
    sd x10, 80(t0)
    sd x11, 88(t0)
    sd x12, 96(t0)
    sd x13, 104(t0)
    sd x14, 112(t0)
    sd x15, 120(t0)
    sd x16, 128(t0)
    sd x17, 136(t0)
    sd x18, 144(t0)
    sd x19, 152(t0)
    sd x20, 160(t0)
    sd x21, 168(t0)
    sd x22, 176(t0)
    sd x23, 184(t0)
    sd x24, 192(t0)
    sd x25, 200(t0)
    sd x26, 208(t0)
    sd x27, 216(t0)
    sd x28, 224(t0)
    sd x29, 232(t0)
    sd x30, 240(t0)
    sd x31, 248(t0)
    ld t1, 112(sp)
    sd t1, 40(t0)
    ld ra, 0(sp)
    ld x8, 8(sp)
    ld x9, 16(sp)
    ld x18, 24(sp)
    ld x19, 32(sp)
    ld x20, 40(sp)
    ld x21, 48(sp)
    ld x22, 56(sp)
    ld x23, 64(sp)
    ld x24, 72(sp)
    ld x25, 80(sp)
    ld x26, 88(sp)
    ld x27, 96(sp)
    addi sp, sp, FRAME
    ret
    .endm

    .text
    .globl probe_call
    .type probe_call, @function
probe_call:
    enter a3
    addi sp, sp, -32
    sd a0, 0(sp)
    sd a1, 8(sp)
    sd a2, 16(sp)
    patterns
    ld a7, 0(sp)
    ld a0, 8(sp)
    ld a1, 16(sp)
    addi sp, sp, 32
    ecall
    leave

    .globl probe_spin
    .type probe_spin, @function
probe_spin:
    enter a1
    addi sp, sp, -16
    sd a0, 0(sp)
    patterns
    ld a0, 0(sp)
    addi sp, sp, 16
1:  addi a0, a0, -1
    bnez a0, 1b
    leave

    .globl probe_fpu_fill
    .type probe_fpu_fill, @function
probe_fpu_fill:
    fmv.d.x f0, a0
    addi a0, a0, 1
    fmv.d.x f1, a0
    addi a0, a0, 1
    fmv.d.x f2, a0
    addi a0, a0, 1
    fmv.d.x f3, a0
    addi a0, a0, 1
    fmv.d.x f4, a0
    addi a0, a0, 1
    fmv.d.x f5, a0
    addi a0, a0, 1
    fmv.d.x f6, a0
    addi a0, a0, 1
    fmv.d.x f7, a0
    addi a0, a0, 1
    fmv.d.x f8, a0
    addi a0, a0, 1
    fmv.d.x f9, a0
    addi a0, a0, 1
    fmv.d.x f10, a0
    addi a0, a0, 1
    fmv.d.x f11, a0
    addi a0, a0, 1
    fmv.d.x f12, a0
    addi a0, a0, 1
    fmv.d.x f13, a0
    addi a0, a0, 1
    fmv.d.x f14, a0
    addi a0, a0, 1
    fmv.d.x f15, a0
    addi a0, a0, 1
    fmv.d.x f16, a0
    addi a0, a0, 1
    fmv.d.x f17, a0
    addi a0, a0, 1
    fmv.d.x f18, a0
    addi a0, a0, 1
    fmv.d.x f19, a0
    addi a0, a0, 1
    fmv.d.x f20, a0
    addi a0, a0, 1
    fmv.d.x f21, a0
    addi a0, a0, 1
    fmv.d.x f22, a0
    addi a0, a0, 1
    fmv.d.x f23, a0
    addi a0, a0, 1
    fmv.d.x f24, a0
    addi a0, a0, 1
    fmv.d.x f25, a0
    addi a0, a0, 1
    fmv.d.x f26, a0
    addi a0, a0, 1
    fmv.d.x f27, a0
    addi a0, a0, 1
    fmv.d.x f28, a0
    addi a0, a0, 1
    fmv.d.x f29, a0
    addi a0, a0, 1
    fmv.d.x f30, a0
    addi a0, a0, 1
    fmv.d.x f31, a0
    addi a0, a0, 1
    addi a0, a0, -32
    andi a0, a0, 0xff
    fscsr a0
    ret

    .globl probe_fpu_read
    .type probe_fpu_read, @function
probe_fpu_read:
    fsd f0, 0(a0)
    fsd f1, 8(a0)
    fsd f2, 16(a0)
    fsd f3, 24(a0)
    fsd f4, 32(a0)
    fsd f5, 40(a0)
    fsd f6, 48(a0)
    fsd f7, 56(a0)
    fsd f8, 64(a0)
    fsd f9, 72(a0)
    fsd f10, 80(a0)
    fsd f11, 88(a0)
    fsd f12, 96(a0)
    fsd f13, 104(a0)
    fsd f14, 112(a0)
    fsd f15, 120(a0)
    fsd f16, 128(a0)
    fsd f17, 136(a0)
    fsd f18, 144(a0)
    fsd f19, 152(a0)
    fsd f20, 160(a0)
    fsd f21, 168(a0)
    fsd f22, 176(a0)
    fsd f23, 184(a0)
    fsd f24, 192(a0)
    fsd f25, 200(a0)
    fsd f26, 208(a0)
    fsd f27, 216(a0)
    fsd f28, 224(a0)
    fsd f29, 232(a0)
    fsd f30, 240(a0)
    fsd f31, 248(a0)
    frcsr t0
    sd t0, 256(a0)
    ret

    .globl probe_illegal
    .type probe_illegal, @function
probe_illegal:
    .word 0
    ret

    .globl probe_break
    .type probe_break, @function
probe_break:
    .option push
    .option norvc
    ebreak
    .option pop
    ret

    .globl probe_misaligned
    .type probe_misaligned, @function
probe_misaligned:
    addi a0, a0, 1
    lr.d zero, (a0)
    ret
