/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * regs.h - numbering of a thread's registers in struct buffer's reg[] (THREAD_READ,
 * THREAD_WRITE). Shared with user space; also read by the assembler.
 *
 * reg[0] is the instruction pointer, 1..31 are x1..x31, then f0..f31 and fcsr.
 * Portable code uses the names that every port gives: REG_IP, REG_SP, REG_TLS,
 * REG_NUMBER, REG_RESULT, REG_ARG(n), REG_RETURN and REG_COUNT.
 */
#ifndef ARCH_REGS_H
#define ARCH_REGS_H

#define REG_IP    0
#define REG_RA    1
#define REG_SP    2
#define REG_TP    4
#define REG_T0    5
#define REG_S0    8
#define REG_A0    10
#define REG_A7    17
#define REG_S2    18
#define REG_T3    28
#define REG_F0    32
#define REG_FCSR  64
#define REG_COUNT 65

#define REG_TLS     REG_TP         /* thread-local storage */
#define REG_RETURN  REG_RA         /* where a function returns to */
#define REG_NUMBER  REG_A7         /* a system call's number */
#define REG_RESULT  REG_A0         /* its result */
#define REG_ARG(n)  (REG_A0 + (n)) /* a function's or system call's arguments, n = 0..5 */
#define REG_WORD(n) (REG_S2 + (n)) /* a native system call's message words, n = 0..7 */

#endif
