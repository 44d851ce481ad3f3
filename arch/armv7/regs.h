/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * regs.h - numbering of a thread's registers in struct buffer's reg[] (THREAD_READ,
 * THREAD_WRITE). Shared with user space; also read by the assembler.
 *
 * reg[0..14] are r0..r14, then the instruction pointer and the status (of which a user may choose
 * flags and instruction set), the two thread pointers, d0..d31 and fpscr. An instruction pointer
 * never has bit 0 set: Thumb is a bit of the status.
 * Portable code uses the names that every port gives: REG_IP, REG_SP, REG_TLS,
 * REG_NUMBER, REG_RESULT, REG_ARG(n), REG_RETURN and REG_COUNT.
 */
#ifndef ARCH_REGS_H
#define ARCH_REGS_H

#define REG_R(n)    (n)
#define REG_SP      13
#define REG_LR      14
#define REG_IP      15
#define REG_STATUS  16
#define REG_TLS     17 /* thread-local storage: users read it */
#define REG_SCRATCH 18 /* users write it, too */
#define REG_F0      19
#define REG_FPSCR   51
#define REG_COUNT   52

#define REG_RETURN  REG_LR    /* where a function returns to */
#define REG_NUMBER  7         /* a Linux system call's number; a native one's is in r12 */
#define REG_RESULT  0         /* its result */
#define REG_ARG(n)  (n)       /* a function's or system call's arguments, n = 0..5 */
#define REG_WORD(n) (4 + (n)) /* a native system call's message words, n = 0..7 */

#define STATUS_THUMB 0x20 /* in REG_STATUS: Thumb instructions */

/* What FAULT_CODE says of an exception. */
#define EXCEPTION_UNDEFINED  1 /* instruction */
#define EXCEPTION_BREAKPOINT 2

#endif
