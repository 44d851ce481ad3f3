/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * loader_entry.S - the ways into and out of the loader. It begins by Linux's protocol, r2 = the
 * device tree, MMU and data cache off, in supervisor mode or (virtualization=on) in hypervisor
 * mode, which is left at once.
 */
    .syntax unified
    .arm
    .arch_extension virt

    .section .text.start, "ax"
    .globl _start
    .type _start, %function
_start:
    mrs r4, cpsr
    and r5, r4, #0x1f
    cmp r5, #0x1a /* hypervisor mode */
    bne 1f

    /* Nothing of what runs below goes there; clock and counters are its own. */
    mov r5, #0
    mcr p15, 4, r5, c1, c1, 0 /* HCR */
    mcr p15, 4, r5, c1, c1, 2 /* HCPTR: floating point */
    mcr p15, 4, r5, c1, c1, 3 /* HSTR */
    mrc p15, 0, r6, c9, c12, 0 /* PMCR: how many counters there are */
    ubfx r6, r6, #11, #5
    mcr p15, 4, r6, c1, c1, 1 /* HDCR: all of them for the kernel */
    mcrr p15, 4, r5, r5, c14 /* CNTVOFF */
    mov r6, #3
    mcr p15, 4, r6, c14, c1, 0 /* CNTHCTL */
    mrc p15, 0, r6, c0, c0, 0
    mcr p15, 4, r6, c0, c0, 0 /* VPIDR */
    mrc p15, 0, r6, c0, c0, 5
    mcr p15, 4, r6, c0, c0, 5 /* VMPIDR */
    mov r6, #0x1d3 /* supervisor, all masked */
    msr spsr_cxsf, r6 /* by its banked name only a monitor may */
    adr r6, 1f
    msr elr_hyp, r6
    eret

1:  cpsid aif, #0x13
    ldr sp, =loader_stack_top
    ldr r3, =bss_start /* both on 16 bytes */
    ldr r4, =bss_end
    mov r5, #0
    mov r6, #0
    mov r7, #0
    mov r8, #0
2:  stm r3!, {r5-r8}
    cmp r3, r4
    blo 2b
    mrc p15, 0, r0, c0, c0, 5 /* MPIDR */
    and r0, r0, #0xff
    mov r1, r2
    mov lr, #0
    ldr r3, =loader_main
    bx r3

    .text
    .globl loader_jump
    .type loader_jump, %function
loader_jump: /* r0 = entry, r1 = struct boot, r2 = window */
    mov r3, r0
    mov r0, r1
    mov r1, r2
    mov r4, #0
    dsb
    mcr p15, 0, r4, c7, c5, 0 /* ICIALLU: what was written is code */
    mcr p15, 0, r4, c7, c5, 6 /* BPIALL */
    dsb
    isb
    bx r3

    .section .stack, "aw", %nobits
    .balign 16
    .space 8192
loader_stack_top:
