/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * entry.S - the ways into the kernel: from the loader, and by a trap.
 *
 * While a thread runs, the supervisor's sp points behind REG_STATUS in its registers (struct
 * registers, the first member of struct thread): a trap stores downwards from there, then takes the
 * one kernel stack. Nothing on that outlives a trap, so every entry begins at its top. Interrupts
 * stay masked in the kernel; an abort of its own is a bug, and told apart by the saved status.
 *
 * All registers are saved at once; a native call's arguments and message words stay in their
 * registers besides, for kernel/fast.c. Nothing returns to the entry: whoever has decided jumps to
 * one of the ways out (arch.h). TPIDRPRW keeps a thread that faulted or is foreign until then.
 */
#include "regs.h"

#define AT(reg)      (4 * (reg))
#define THREAD_FLAGS 88 /* trap.c asserts it */
#define SAVED        AT(REG_TLS) /* what lies below sp */

#define KIND_READ      1 /* of a trap but a call: RIGHT_*, or */
#define KIND_WRITE     2
#define KIND_EXECUTE   4
#define KIND_UNDEFINED 0
#define KIND_INTERRUPT 8

#define SECTION_BOOT 0x140e /* memory, all rights, the kernel's */

    .syntax unified
    .arm
    .arch_extension sec

/*
 * From the loader: the MMU is off, the image lies at its physical place with .bss cleared;
 * r0 = physical address of struct boot, r1 = ARCH_WINDOW as loader and link.ld know it.
 * For now the first 16 MiB of memory are seen, and this code where it runs.
 */
    .section .text.start, "ax"
    .globl _start
    .type _start, %function
_start:
    mrc p15, 0, r9, c9, c13, 0 /* PMCCNTR */
    add r8, r0, r1
    ldr r5, =mmu_root
    sub r5, r5, r1
    adr r4, _start
    lsr r4, r4, #20
    ldr r6, =SECTION_BOOT
    orr r7, r6, r4, lsl #20
    str r7, [r5, r4, lsl #2]
    bic r4, r4, #15
    add r3, r5, r1, lsr #18
    add r3, r3, r4, lsl #2
    orr r7, r6, r4, lsl #20
    mov r2, #16
1:  str r7, [r3], #4
    add r7, r7, #0x100000
    subs r2, r2, #1
    bne 1b

    mov r7, #0
    mcr p15, 0, r7, c8, c7, 0  /* TLBIALL */
    mcr p15, 0, r7, c7, c5, 0  /* ICIALLU */
    mcr p15, 0, r7, c7, c5, 6  /* BPIALL */
    mcr p15, 0, r7, c13, c0, 1 /* CONTEXTIDR */
    mov r7, #1
    mcr p15, 0, r7, c2, c0, 2 /* TTBCR: 2 GiB are users' */
    mcr p15, 0, r7, c3, c0, 0 /* DACR: entries of domain 0 are checked */
    orr r7, r5, #0x48
    mcr p15, 0, r7, c2, c0, 0 /* TTBR0 */
    mcr p15, 0, r7, c2, c0, 1 /* TTBR1 */
    ldr r7, =0x00038004       /* PRRR: 1 is a device, 7 memory, */
    mcr p15, 0, r7, c10, c2, 0
    ldr r7, =0x40004000 /* NMRR: write-back, write-allocate */
    mcr p15, 0, r7, c10, c2, 1
    ldr r7, =vectors
    mcr p15, 0, r7, c12, c0, 0 /* VBAR */
    dsb
    isb
    mrc p15, 0, r7, c1, c0, 0 /* SCTLR */
    ldr r6, =0x30001805       /* AFE, TRE, I, Z, C, M */
    orr r7, r7, r6
    bic r7, r7, #0x2000 /* V */
    bic r7, r7, #0x0002 /* A */
    mcr p15, 0, r7, c1, c0, 0
    isb
    ldr sp, =kernel_stack_top
    mov r0, r8
    mov r1, r9
    mov lr, #0
    ldr r2, =trap_boot
    bx r2
    .ltorg

    .section .text.trap, "ax"
    .balign 32
vectors:
    b vector_unused
    b vector_undefined
    b vector_call
    b vector_prefetch
    b vector_data
    b vector_unused
    b vector_interrupt
vector_unused:
    b vector_unused

vector_call:
    srsdb sp!, #0x13
    stmdb sp, {r0-r14}^
    sub lr, sp, #AT(REG_IP) /* the thread */
    mrc p15, 0, sp, c13, c0, 2
    str sp, [lr, #AT(REG_SCRATCH)]
    ldrb sp, [lr, #THREAD_FLAGS]
    tst sp, #0x80 /* THREAD_FOREIGN */
    ldr sp, =fast_stack
    bne foreign_call
    cmp r12, #1 /* SYS_REPLY_RECV */
    movlo r2, lr
    blo fast_call
    bne 1f
    cmp r0, #0
    bne arch_slow_trap
    mov r0, lr
    tst r1, #0x80000 /* INFO_MAPS */
    bne fast_reply_maps
    b fast_reply
1:  cmp r12, #5 /* SYS_WAIT */
    bhi arch_slow_trap
    cmp r12, #4 /* SYS_SIGNAL */
    blo arch_slow_trap
    mov r0, lr
    b fast_notification

foreign_call:
    mcr p15, 0, lr, c13, c0, 4 /* TPIDRPRW */
    mov r0, lr
    b fast_trap

    .globl arch_slow_trap
    .type arch_slow_trap, %function
arch_slow_trap:
    bl trap_syscall
    b arch_resume

/* Ways out for a thread whose call is answered: r0 = status, r1 = badge, r2 = kind, r3 = its
 * registers. */
    .globl arch_resume_trap
    .type arch_resume_trap, %function
arch_resume_trap: /* as arch_trap_words() */
    mrc p15, 0, r12, c13, c0, 4
    ldr r4, [r12, #AT(REG_NUMBER)]
    ldr r11, [r12, #AT(REG_IP)]
    ldr lr, [r12, #AT(REG_STATUS)]
    ldm r12, {r5-r10}
    tst lr, #STATUS_THUMB
    subeq r11, r11, #4
    subne r11, r11, #2
    b arch_resume_words

    .globl arch_resume_saved
    .type arch_resume_saved, %function
arch_resume_saved:
    add r12, r3, #AT(REG_WORD(0))
    ldm r12, {r4-r11}

    .globl arch_resume_words
    .type arch_resume_words, %function
arch_resume_words: /* its words are in r4..r11 */
    add lr, r3, #AT(REG_SP)
    add sp, r3, #SAVED
    ldm lr, {r13, r14}^
    ldm sp, {r3, r12} /* REG_TLS, REG_SCRATCH */
    mcr p15, 0, r3, c13, c0, 3
    mcr p15, 0, r12, c13, c0, 2
    mov r3, #0
    mov r12, #0
    clrex
    rfedb sp

/* A fault, an interrupt, or an instruction that does not exist; lr is on the next instruction and
 * `behind` further. */
    .macro save_all behind
    sub lr, lr, #\behind
    srsdb sp!, #0x13
    cps #0x13
    stmdb sp, {r0-r14}^
    sub r2, sp, #AT(REG_IP)
    mrc p15, 0, r3, c13, c0, 2
    str r3, [r2, #AT(REG_SCRATCH)]
    mcr p15, 0, r2, c13, c0, 4
    ldr sp, =fast_stack
    .endm

    .macro unless_user kind
    mrs sp, spsr
    tst sp, #0xf
    movne r0, #\kind
    bne from_kernel
    .endm

vector_data:
    unless_user KIND_READ
    save_all 8
    mrc p15, 0, r3, c5, c0, 0 /* DFSR */
    mrc p15, 0, r0, c6, c0, 0 /* DFAR */
    ubfx r1, r3, #11, #1      /* it was a write */
    add r1, r1, #1            /* RIGHT_READ or RIGHT_WRITE */
fault: /* address, access, thread, status; a translation fault of a section or page? */
    str r1, [sp, #4]
    movw r12, #0x40d /* the status but for what tells the two apart */
    and r3, r3, r12
    cmp r3, #5
    beq fast_fault
    b arch_slow_fault

vector_prefetch:
    unless_user KIND_EXECUTE
    save_all 4
    mrc p15, 0, r3, c5, c0, 1 /* IFSR */
    mrc p15, 0, r0, c6, c0, 2 /* IFAR */
    mov r1, #KIND_EXECUTE
    b fault

vector_undefined:
    unless_user KIND_UNDEFINED
    tst sp, #STATUS_THUMB
    addne lr, lr, #2
    save_all 4
    mov r1, #KIND_UNDEFINED
    b other

vector_interrupt:
    save_all 4
    mov r1, #KIND_INTERRUPT
other:
    str r1, [sp, #4]

    .globl arch_slow_fault
    .type arch_slow_fault, %function
arch_slow_fault:
    ldr sp, =fast_stack
    ldr r0, [sp, #4]
    bl trap_other

    .globl arch_resume
    .type arch_resume, %function
    .globl arch_enter_user
    .type arch_enter_user, %function
arch_enter_user:
arch_resume: /* whoever is current now, with all registers */
    ldr r3, =cpu
    ldr r3, [r3] /* struct cpu's first member: current, whose first member are its registers */
    add sp, r3, #SAVED
    ldm sp, {r12, lr} /* REG_TLS, REG_SCRATCH */
    mcr p15, 0, r12, c13, c0, 3
    mcr p15, 0, lr, c13, c0, 2
    ldm r3, {r0-r14}^
    clrex
    rfedb sp

    .globl spent_long
    .type spent_long, %function
spent_long:
    push {r0-r3, r12, lr}
    bl timer_spent_long
    pop {r0-r3, r12, pc}

/* The registers on the way here are lost but for what trap_kernel is told. */
from_kernel:
    mov r1, lr
    cps #0x13
    ldr sp, =kernel_stack_top
    b trap_kernel
    .ltorg

    .section .stack, "aw", %nobits /* link.ld tells what lies below it */
    .balign 4096
    .space 8192 - 8
fast_stack: /* two words: an argument more than there are registers for, or a trap's kind */
    .space 8
kernel_stack_top:
