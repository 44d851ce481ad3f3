/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fpu_move.S - all floating-point registers to and from a struct fpu_state (a0).
 *
 * The kernel itself is compiled for a processor without them.
 */
    .option arch, +d

    .section .text.fpu_store, "ax"
    .globl fpu_store
    .type fpu_store, @function
fpu_store:
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, \
         24, 25, 26, 27, 28, 29, 30, 31
    fsd f\n, 8 * \n(a0)
    .endr
    frcsr t0
    sd t0, 256(a0)
    ret

    .section .text.fpu_fetch, "ax"
    .globl fpu_fetch
    .type fpu_fetch, @function
fpu_fetch:
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, \
         24, 25, 26, 27, 28, 29, 30, 31
    fld f\n, 8 * \n(a0)
    .endr
    ld t0, 256(a0)
    fscsr t0
    ret
