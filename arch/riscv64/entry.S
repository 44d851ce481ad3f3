/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * entry.S - the ways into the kernel: from the loader, and by a trap.
 *
 * sscratch holds the registers of the thread that runs (struct registers, the first member
 * of struct thread) while it runs, and 0 while the kernel does: a trap that finds 0 is the
 * kernel's own bug. There is one kernel stack and nothing on it outlives a trap, so every
 * entry begins at its top. Interrupts stay masked in the kernel.
 */
#include "regs.h"

#define AT(reg) (8 * (reg))

/*
 * From the loader: the MMU is off, the image lies at its physical place with .bss cleared;
 * a0 = physical address of struct boot, a1 = ARCH_WINDOW as loader and link.ld know it.
 */
    .section .text.start, "ax"
    .globl _start
    .type _start, @function
_start:
    .option push
    .option norelax
    lla gp, __global_pointer$
    .option pop
    lla sp, kernel_stack_top
    mv s0, a0
    mv s1, a1
    csrw sie, zero
    csrw sscratch, zero
    call mmu_boot

    /* Nothing maps this code where it runs now: the fetch after the write of satp faults,
     * and the trap vector leads on in the window. */
    lla t0, in_window
    add t0, t0, s1
    csrw stvec, t0
    sfence.vma
    csrw satp, a0
    .balign 4
in_window:
    .option push
    .option norelax
    lla gp, __global_pointer$
    .option pop
    lla sp, kernel_stack_top
    lla t0, trap_entry
    csrw stvec, t0
    add a0, s0, s1
    li ra, 0
    li s0, 0
    tail kernel_main

    .section .text.trap, "ax"
    .balign 4
    .globl trap_entry
    .type trap_entry, @function
trap_entry:
    csrrw tp, sscratch, tp
    beqz tp, from_kernel
    sd x1, AT(1)(tp)
    sd x2, AT(2)(tp)
    sd x3, AT(3)(tp)
    sd x5, AT(5)(tp)
    sd x6, AT(6)(tp)
    sd x7, AT(7)(tp)
    sd x8, AT(8)(tp)
    sd x9, AT(9)(tp)
    sd x10, AT(10)(tp)
    sd x11, AT(11)(tp)
    sd x12, AT(12)(tp)
    sd x13, AT(13)(tp)
    sd x14, AT(14)(tp)
    sd x15, AT(15)(tp)
    sd x16, AT(16)(tp)
    sd x17, AT(17)(tp)
    sd x18, AT(18)(tp)
    sd x19, AT(19)(tp)
    sd x20, AT(20)(tp)
    sd x21, AT(21)(tp)
    sd x22, AT(22)(tp)
    sd x23, AT(23)(tp)
    sd x24, AT(24)(tp)
    sd x25, AT(25)(tp)
    sd x26, AT(26)(tp)
    sd x27, AT(27)(tp)
    sd x28, AT(28)(tp)
    sd x29, AT(29)(tp)
    sd x30, AT(30)(tp)
    sd x31, AT(31)(tp)
    csrrw t0, sscratch, zero
    sd t0, AT(REG_TP)(tp)
    csrr a0, scause
    csrr t1, sepc
    li t2, 8 /* EXCEPTION_USER_CALL */
    .option push
    .option norelax
    lla gp, __global_pointer$
    .option pop
    lla sp, kernel_stack_top
    bne a0, t2, 1f
    addi t1, t1, 4
    sd t1, AT(REG_IP)(tp)
    call trap_syscall
    j resume
1:  sd t1, AT(REG_IP)(tp)
    csrr a1, stval
    call trap_other

resume: /* whoever is current now */
    ld tp, cpu /* struct cpu's first member: current, whose first member are its registers */
    ld t0, AT(REG_IP)(tp)
    csrw sscratch, tp
    csrw sepc, t0
    ld x1, AT(1)(tp)
    ld x2, AT(2)(tp)
    ld x3, AT(3)(tp)
    ld x5, AT(5)(tp)
    ld x6, AT(6)(tp)
    ld x7, AT(7)(tp)
    ld x8, AT(8)(tp)
    ld x9, AT(9)(tp)
    ld x10, AT(10)(tp)
    ld x11, AT(11)(tp)
    ld x12, AT(12)(tp)
    ld x13, AT(13)(tp)
    ld x14, AT(14)(tp)
    ld x15, AT(15)(tp)
    ld x16, AT(16)(tp)
    ld x17, AT(17)(tp)
    ld x18, AT(18)(tp)
    ld x19, AT(19)(tp)
    ld x20, AT(20)(tp)
    ld x21, AT(21)(tp)
    ld x22, AT(22)(tp)
    ld x23, AT(23)(tp)
    ld x24, AT(24)(tp)
    ld x25, AT(25)(tp)
    ld x26, AT(26)(tp)
    ld x27, AT(27)(tp)
    ld x28, AT(28)(tp)
    ld x29, AT(29)(tp)
    ld x30, AT(30)(tp)
    ld x31, AT(31)(tp)
    ld x4, AT(4)(tp)
    sret

/* The registers on the way here are lost but for what trap_kernel is told. */
from_kernel:
    csrr a0, scause
    csrr a1, sepc
    csrr a2, stval
    lla sp, kernel_stack_top
    tail trap_kernel

    .globl arch_enter_user
    .type arch_enter_user, @function
arch_enter_user:
    j resume

    .section .stack, "aw", @nobits /* link.ld tells what lies below it */
    .balign 4096
    .space 8192
    .globl kernel_stack_top
kernel_stack_top:
