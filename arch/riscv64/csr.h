/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * csr.h - control and status registers of supervisor mode, and their bits that are used.
 */
#ifndef ARCH_CSR_H
#define ARCH_CSR_H

#include <stdint.h>

#define SSTATUS_SPIE (1ul << 5)
#define SSTATUS_SPP  (1ul << 8)
#define SSTATUS_FS   (3ul << 13) /* 0: using the FPU traps; 3: its registers were written */
#define SSTATUS_SUM  (1ul << 18)
#define SSTATUS_MXR  (1ul << 19)

#define FS_CLEAN (2ul << 13)
#define FS_DIRTY (3ul << 13)

/* Interrupts, in sie and sip; their numbers in scause. */
#define INTERRUPT_TIMER    5u
#define INTERRUPT_EXTERNAL 9u
#define SIE_TIMER          (1ul << INTERRUPT_TIMER)
#define SIE_EXTERNAL       (1ul << INTERRUPT_EXTERNAL)
#define SCAUSE_INTERRUPT   (1ul << 63)

enum exception {
    EXCEPTION_FETCH_MISALIGNED,
    EXCEPTION_FETCH_ACCESS,
    EXCEPTION_ILLEGAL,
    EXCEPTION_BREAKPOINT,
    EXCEPTION_LOAD_MISALIGNED,
    EXCEPTION_LOAD_ACCESS,
    EXCEPTION_STORE_MISALIGNED,
    EXCEPTION_STORE_ACCESS,
    EXCEPTION_USER_CALL,
    EXCEPTION_FETCH_PAGE = 12,
    EXCEPTION_LOAD_PAGE = 13,
    EXCEPTION_STORE_PAGE = 15,
};

#define SATP_SV39       (8ul << 60)
#define SATP_ASID_SHIFT 44
#define SATP_ASID_MASK  0xfffful
#define SATP_PPN_MASK   ((1ul << 44) - 1)

#define CSR_STIMECMP "0x14d" /* Sstc; the assembler's ISA version does not know the name */

#define csr_read(name)                                                                             \
    ({                                                                                             \
        uint64_t csr_value_;                                                                       \
        __asm__ volatile("csrr %0, " name : "=r"(csr_value_)::"memory");                           \
        csr_value_;                                                                                \
    })
#define csr_write(name, value)                                                                     \
    __asm__ volatile("csrw " name ", %0" ::"rK"((uint64_t)(value)) : "memory")
#define csr_set(name, bits)                                                                        \
    __asm__ volatile("csrs " name ", %0" ::"rK"((uint64_t)(bits)) : "memory")
#define csr_clear(name, bits)                                                                      \
    __asm__ volatile("csrc " name ", %0" ::"rK"((uint64_t)(bits)) : "memory")

#endif
