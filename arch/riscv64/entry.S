/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * entry.S - the ways into the kernel: from the loader, and by a trap.
 *
 * sscratch holds the registers of the thread that runs (struct registers, the first member
 * of struct thread) while it runs, and 0 while the kernel does: a trap that finds 0 is the
 * kernel's own bug. There is one kernel stack and nothing on it outlives a trap, so every
 * entry begins at its top. Interrupts stay masked in the kernel.
 *
 * Three ways in: a native system call, whose arguments and message words stay in their
 * registers while kernel/fast.c looks whether it is the common case; a page fault or a foreign
 * thread's call, which are messages too; and the rest. Nothing returns to the entry: whoever
 * has decided jumps to one of the ways out (arch.h), and tp keeps the thread that trapped until
 * then, because C does not use it.
 */
#include "regs.h"

#define AT(reg)      (8 * (reg))
#define THREAD_FLAGS 280 /* trap.c asserts it */

/* A function that others jump to or call. */
    .macro entry name
    .globl \name
    .type \name, @function
\name:
    .endm

/* What C expects of the kernel's own registers. */
    .macro kernel_pointers
    .option push
    .option norelax
    lla gp, __global_pointer$
    .option pop
    lla sp, kernel_stack_top
    .endm

/*
 * From the loader: the MMU is off, the image lies at its physical place with .bss cleared;
 * a0 = physical address of struct boot, a1 = ARCH_WINDOW as loader and link.ld know it.
 */
    .section .text.start, "ax"
entry _start
    kernel_pointers
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
    kernel_pointers
    lla t0, trap_entry
    csrw stvec, t0
    add a0, s0, s1
    mv a1, s2
    li ra, 0
    li s0, 0
    tail kernel_main

    .section .text.trap, "ax"
    .balign 4
entry trap_entry
    csrrw tp, sscratch, tp
    beqz tp, from_kernel
    sd t0, AT(REG_T0)(tp)
    csrr t0, scause
    addi t0, t0, -8 /* EXCEPTION_USER_CALL */
    bnez t0, save_all
    lb t0, THREAD_FLAGS(tp)
    bltz t0, save_all /* THREAD_FOREIGN */

    /* A native system call: arguments and message words stay where they are. */
    .irp n, 1, 2, 3, 8, 9, 26, 27
    sd x\n, AT(\n)(tp)
    .endr
    csrr t0, sepc
    addi t0, t0, 4
    sd t0, AT(REG_IP)(tp)
    csrrw t0, sscratch, zero
    sd t0, AT(REG_TP)(tp)
    kernel_pointers
    bnez a7, 1f
    sd a2, AT(REG_A0 + 2)(tp)
    mv a2, tp
    tail fast_call
1:  addi t0, a7, -1 /* SYS_REPLY_RECV */
    bnez t0, save_call /* never negative */
    bnez a0, save_call
    slli t0, a1, 63 - 19 /* INFO_MAPS */
    bltz t0, save_call
    sd s2, AT(REG_WORD(0))(tp)
    mv a0, tp
    tail fast_reply

entry arch_slow_call /* what fast.c was given in a0..a3, unchanged, and the number */
    mv a7, a4
    li t0, 0
save_call: /* all that is missing; t0: the number less 1; < 0: fast_reply_maps is next */
    sd a7, AT(REG_A7)(tp)
    sd a0, AT(REG_A0)(tp)
    sd a1, AT(REG_A0 + 1)(tp)
    sd a2, AT(REG_A0 + 2)(tp)
    sd a3, AT(REG_A0 + 3)(tp)
    .irp n, 18, 19, 20, 21, 22, 23, 24, 25
    sd x\n, AT(\n)(tp)
    .endr
    bltz t0, 1f
    addi t0, t0, 1 - 4 /* SYS_SIGNAL, and SYS_WAIT behind it */
    sltiu t0, t0, 2
    beqz t0, arch_slow_trap
    mv a0, tp
    tail fast_notification
1:  mv a0, tp
    tail fast_reply_maps

/* Ways out for a thread whose call is answered: a0 = status, a1 = badge, a2 = kind, a3 = its
 * registers. */
entry arch_resume_saved
    .irp n, 18, 19, 20, 21, 22, 23, 24, 25
    ld x\n, AT(\n)(a3)
    .endr
    j arch_resume_words

entry arch_resume_trap /* as arch_trap_words() */
    ld x18, AT(REG_A7)(tp)
    ld x19, AT(REG_A0)(tp)
    ld x20, AT(REG_A0 + 1)(tp)
    ld x21, AT(REG_A0 + 2)(tp)
    ld x22, AT(REG_A0 + 3)(tp)
    ld x23, AT(REG_A0 + 4)(tp)
    ld x24, AT(REG_A0 + 5)(tp)
    ld x25, AT(REG_IP)(tp)
    addi x25, x25, -4
    j arch_resume_words

entry arch_resume_fault /* a4 = cause, a5 = address, a6 = sequence */
    mv s2, a4
    mv s3, a5
    ld s4, AT(REG_IP)(tp)
    ld s5, AT(2)(tp)
    li s6, 0
    mv s7, a6
    li s8, 0
    li s9, 0

entry arch_resume_words /* its words are in s2..s9 */
    ld t0, AT(REG_IP)(a3)
    csrw sscratch, a3
    csrw sepc, t0
    .irp n, 1, 2, 3, 4, 8, 9, 26, 27
    ld x\n, AT(\n)(a3)
    .endr
    .irp reg, a3, a4, a5, a6, a7, t0, t1, t2, t3, t4, t5, t6
    li \reg, 0
    .endr
    sret

/* A fault, an interrupt, or a foreign thread's call. */
save_all:
    sd x2, AT(2)(tp)
    mv sp, tp /* instructions are shorter with sp */
    sd x1, AT(1)(sp)
    sd x3, AT(3)(sp)
    .irp n, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, \
         28, 29, 30, 31
    sd x\n, AT(\n)(sp)
    .endr
    csrrw t0, sscratch, zero
    sd t0, AT(REG_TP)(sp)
    csrr t0, scause
    csrr t1, sepc
    kernel_pointers
    csrr a0, stval
    mv a2, tp
    addi t0, t0, -15 /* EXCEPTION_STORE_PAGE */
    li a1, 2         /* RIGHT_WRITE */
    beqz t0, page_fault
    addi t0, t0, 15 - 13 /* EXCEPTION_LOAD_PAGE */
    li a1, 1
    beqz t0, page_fault
    addi t0, t0, 13 - 12 /* EXCEPTION_FETCH_PAGE */
    li a1, 4
    beqz t0, page_fault
    addi t0, t0, 12 - 8 /* EXCEPTION_USER_CALL */
    beqz t0, foreign_call
    sd t1, AT(REG_IP)(tp)
    j arch_slow_fault

page_fault:
    sd t1, AT(REG_IP)(tp)
    tail fast_fault

foreign_call:
    addi t1, t1, 4
    sd t1, AT(REG_IP)(tp)
    mv a0, tp
    tail fast_trap

entry arch_slow_trap
    call trap_syscall
    j arch_resume

entry arch_slow_fault
    csrr a0, scause
    csrr a1, stval
    call trap_other

entry arch_enter_user
entry arch_resume /* whoever is current now, with all registers */
    ld sp, cpu /* struct cpu's first member: current, whose first member are its registers */
    ld t0, AT(REG_IP)(sp)
    csrw sscratch, sp
    csrw sepc, t0
    ld x1, AT(1)(sp)
    .irp n, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, \
         26, 27, 28, 29, 30, 31
    ld x\n, AT(\n)(sp)
    .endr
    ld x2, AT(2)(sp)
    sret

/* The registers on the way here are lost but for what trap_kernel is told. */
from_kernel:
    csrr a0, scause
    csrr a1, sepc
    csrr a2, stval
    lla sp, kernel_stack_top
    tail trap_kernel

    .section .stack, "aw", @nobits /* link.ld tells what lies below it */
    .balign 4096
    .space 8192
    .globl kernel_stack_top
kernel_stack_top:
