/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cp15.h - the system control coprocessor's registers that are used, and their bits.
 */
#ifndef ARCH_CP15_H
#define ARCH_CP15_H

#include <stdint.h>

/* Modes and masks of the status registers. */
#define MODE_USER   0x10u
#define MODE_BITS   0x1fu
#define STATUS_USER 0xf80f0000u /* flags, saturation, greater-or-equal: a user's to choose, */
#define STATUS_IT   0x0600fc00u /* and where in a Thumb IT block it is */

/* Names for read and write: opcode 1, register, opcode 2. */
#define CP15_SCTLR      "0, %0, c1, c0, 0"
#define CP15_CPACR      "0, %0, c1, c0, 2"
#define CP15_TTBR0      "0, %0, c2, c0, 0"
#define CP15_TTBR1      "0, %0, c2, c0, 1"
#define CP15_DFSR       "0, %0, c5, c0, 0"
#define CP15_IFSR       "0, %0, c5, c0, 1"
#define CP15_DFAR       "0, %0, c6, c0, 0"
#define CP15_IFAR       "0, %0, c6, c0, 2"
#define CP15_ICIALLU    "0, %0, c7, c5, 0"
#define CP15_BPIALL     "0, %0, c7, c5, 6"
#define CP15_DCCMVAU    "0, %0, c7, c11, 1" /* clean a line to where fetches see it */
#define CP15_TLBIALL    "0, %0, c8, c7, 0"
#define CP15_TLBIMVA    "0, %0, c8, c7, 1"
#define CP15_TLBIASID   "0, %0, c8, c7, 2"
#define CP15_PMCR       "0, %0, c9, c12, 0"
#define CP15_PMCNTENSET "0, %0, c9, c12, 1"
#define CP15_PMOVSR     "0, %0, c9, c12, 3"
#define CP15_PMCCNTR    "0, %0, c9, c13, 0"
#define CP15_PMUSERENR  "0, %0, c9, c14, 0"
#define CP15_VBAR       "0, %0, c12, c0, 0"
#define CP15_ISR        "0, %0, c12, c1, 0"
#define CP15_CONTEXTIDR "0, %0, c13, c0, 1"
#define CP15_CNTKCTL    "0, %0, c14, c1, 0"
#define CP15_CNTFRQ     "0, %0, c14, c0, 0"
#define CP15_CNTV_CTL   "0, %0, c14, c3, 1"

#define ISR_INTERRUPT   0x80u
#define PMU_CYCLES      0x80000000u /* the cycle counter, in its registers */
#define CNTKCTL_VIRTUAL 2u          /* users read the virtual counter */
#define CPACR_FPU       0x00f00000u
#define FPEXC_ENABLED   0x40000000u

#define cp15_read(name)                                                                            \
    ({                                                                                             \
        uint32_t cp15_value_;                                                                      \
        __asm__ volatile("mrc p15, " name : "=r"(cp15_value_)::"memory");                          \
        cp15_value_;                                                                               \
    })
#define cp15_write(name, value)                                                                    \
    __asm__ volatile("mcr p15, " name ::"r"((uint32_t)(value)) : "memory")

static inline void data_barrier(void)
{
    __asm__ volatile("dsb" ::: "memory");
}

static inline void instruction_barrier(void)
{
    __asm__ volatile("isb" ::: "memory");
}

#endif
