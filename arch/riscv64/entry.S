/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * entry.S - the ways into the kernel: from the loader, and by a trap.
 *
 * sscratch holds the registers of the thread that runs (struct registers, the first member
 * of struct thread) while it runs, and 0 while the kernel does: a trap that finds 0 is the
 * kernel's own bug. There is one kernel stack and nothing on it outlives a trap, so every
 * entry begins at its top. Interrupts stay masked in the kernel.
 *
 * Three ways in: a native system call, whose message words stay in s2..s9 while kernel/fast.c
 * looks whether it is the common case; a page fault or a foreign thread's call, which are
 * messages too; and the rest. What is not the common case saves what is missing and takes the
 * slow way. Two ways out: all registers of whoever is current, or words and zeroes for
 * a thread whose call is answered.
 */
#include "regs.h"

#define AT(reg)      (8 * (reg))
#define THREAD_FLAGS 280 /* trap.c asserts it */

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
    rdinstret s2
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
    mv a1, s2
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
    sd t0, AT(REG_T0)(tp)
    csrr t0, scause
    addi t0, t0, -8 /* EXCEPTION_USER_CALL */
    bnez t0, save_all
    lbu t0, THREAD_FLAGS(tp)
    andi t0, t0, 1 /* THREAD_FOREIGN */
    bnez t0, save_all

    /* A native system call. The message words stay in s2..s9; the arguments go to registers
     * that C preserves, should the slow path need them. */
    sd x1, AT(1)(tp)
    sd x2, AT(2)(tp)
    sd x3, AT(3)(tp)
    sd x8, AT(8)(tp)
    sd x9, AT(9)(tp)
    sd x26, AT(26)(tp)
    sd x27, AT(27)(tp)
    csrr t0, sepc
    addi t0, t0, 4
    sd t0, AT(REG_IP)(tp)
    csrrw t0, sscratch, zero
    sd t0, AT(REG_TP)(tp)
    mv s0, a0
    mv s1, a1
    mv s10, a2
    mv s11, a3
    .option push
    .option norelax
    lla gp, __global_pointer$
    .option pop
    lla sp, kernel_stack_top
    li t0, 1
    bgtu a7, t0, native_slow
    mv a2, a3
    mv a3, tp
    beq a7, t0, 1f
    call fast_call
    li a7, 0 /* SYS_CALL */
    beqz a0, native_slow
    li a2, 1 /* KIND_CALL */
    j resume_words
1:  mv a4, s2
    mv a5, s3
    mv a6, s4
    call fast_reply_receive
    li a7, 1 /* SYS_REPLY_RECV */
    beqz a0, native_slow
    li a2, 0 /* KIND_NONE */
    bnez a1, resume

/* a0 = thread, in a call or receive; a1 = badge, a2 = kind for it; its words are in s2..s9. */
resume_words:
    ld t0, AT(REG_IP)(a0)
    csrw sscratch, a0
    csrw sepc, t0
    ld x1, AT(1)(a0)
    ld x2, AT(2)(a0)
    ld x3, AT(3)(a0)
    ld x4, AT(4)(a0)
    ld x8, AT(8)(a0)
    ld x9, AT(9)(a0)
    ld x26, AT(26)(a0)
    ld x27, AT(27)(a0)
    li a0, 0 /* ERR_OK */
    li a3, 0
    li a4, 0
    li a5, 0
    li a6, 0
    li a7, 0
    li t0, 0
    li t1, 0
    li t2, 0
    li t3, 0
    li t4, 0
    li t5, 0
    li t6, 0
    sret

native_slow: /* a7 is the number still */
    sd a7, AT(REG_A7)(tp)
    sd s0, AT(REG_A0)(tp)
    sd s1, AT(REG_A0 + 1)(tp)
    sd s10, AT(REG_A0 + 2)(tp)
    sd s11, AT(REG_A0 + 3)(tp)
    sd x18, AT(18)(tp)
    sd x19, AT(19)(tp)
    sd x20, AT(20)(tp)
    sd x21, AT(21)(tp)
    sd x22, AT(22)(tp)
    sd x23, AT(23)(tp)
    sd x24, AT(24)(tp)
    sd x25, AT(25)(tp)
    call trap_syscall
    j resume

/* A fault, an interrupt, or a foreign thread's call. */
save_all:
    sd x1, AT(1)(tp)
    sd x2, AT(2)(tp)
    sd x3, AT(3)(tp)
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
    csrr s0, scause
    csrr t1, sepc
    csrr a0, stval
    .option push
    .option norelax
    lla gp, __global_pointer$
    .option pop
    lla sp, kernel_stack_top
    mv a2, tp
    li t0, 15 /* EXCEPTION_STORE_PAGE */
    li a1, 2  /* RIGHT_WRITE */
    beq s0, t0, page_fault
    li t0, 13
    li a1, 1
    beq s0, t0, page_fault
    li t0, 12
    li a1, 4
    beq s0, t0, page_fault
    li t0, 8
    beq s0, t0, foreign_call
    sd t1, AT(REG_IP)(tp)
other:
    mv a0, s0
    csrr a1, stval
    call trap_other
    j resume

foreign_call:
    addi t1, t1, 4
    sd t1, AT(REG_IP)(tp)
    mv a0, tp
    call fast_trap
    beqz a0, 1f
    li a2, 3 /* KIND_TRAP */
    ld x18, AT(REG_A7)(tp) /* as arch_trap_words() */
    ld x19, AT(REG_A0)(tp)
    ld x20, AT(REG_A0 + 1)(tp)
    ld x21, AT(REG_A0 + 2)(tp)
    ld x22, AT(REG_A0 + 3)(tp)
    ld x23, AT(REG_A0 + 4)(tp)
    ld x24, AT(REG_A0 + 5)(tp)
    ld x25, AT(REG_IP)(tp)
    addi x25, x25, -4
    j resume_words
1:  call trap_syscall
    j resume

page_fault:
    sd t1, AT(REG_IP)(tp)
    call fast_fault
    beqz a0, other
    li a2, 2 /* KIND_FAULT */

/* As resume_words, with the words in its saved registers. */
resume_handler:
    ld x18, AT(18)(a0)
    ld x19, AT(19)(a0)
    ld x20, AT(20)(a0)
    ld x21, AT(21)(a0)
    ld x22, AT(22)(a0)
    ld x23, AT(23)(a0)
    ld x24, AT(24)(a0)
    ld x25, AT(25)(a0)
    j resume_words

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
