/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * trap.c - from the machine's causes to the kernel's functions.
 *
 * System calls do not come this way: entry.S calls trap_syscall itself.
 */
#include "thread.h"

#include "fpu.h"
#include "irq.h"
#include "trap_entry.h"

_Static_assert(offsetof(struct cpu, current) == 0, "entry.S loads `current` from cpu itself");
_Static_assert(offsetof(struct registers, x) == 0, "entry.S counts from the registers' start");
_Static_assert(offsetof(struct thread, flags) == 280, "entry.S looks there");
_Static_assert(THREAD_FOREIGN == 1 << 7 && SYS_CALL == 0 && SYS_REPLY_RECV == 1 &&
                   SYS_SIGNAL == 4 && SYS_WAIT == 5 && INFO_MAPS == 0x80000,
               "entry.S compares");
_Static_assert(EXCEPTION_USER_CALL == 8 && EXCEPTION_FETCH_PAGE == 12 &&
                   EXCEPTION_LOAD_PAGE == 13 && EXCEPTION_STORE_PAGE == 15,
               "entry.S compares with these numbers");

/* A program that has no FPU state loaded learns of it by an illegal instruction. */
static void illegal(uint64_t instruction)
{
    if (fpu_usable() && !(csr_read("sstatus") & SSTATUS_FS))
        trap_fpu();
    else
        trap_exception(EXCEPTION_ILLEGAL, instruction);
}

/* Of an access at its address, then by its answer: fetches, loads, stores. */
static void refused(uint64_t cause, uint64_t value)
{
    unsigned access = cause < EXCEPTION_LOAD_MISALIGNED    ? RIGHT_EXECUTE
                      : cause < EXCEPTION_STORE_MISALIGNED ? RIGHT_READ
                                                           : RIGHT_WRITE;

    trap_bus(cause & 1 ? FAULT_BUS : FAULT_MISALIGNED, value, access);
}

void trap_other(uint64_t cause, uint64_t value)
{
    if (cause & SCAUSE_INTERRUPT) {
        trap_interrupt();
        return;
    }
    switch (cause) {
    case EXCEPTION_FETCH_PAGE:
        trap_fault(value, RIGHT_EXECUTE);
        break;
    case EXCEPTION_LOAD_PAGE:
        trap_fault(value, RIGHT_READ);
        break;
    case EXCEPTION_STORE_PAGE:
        trap_fault(value, RIGHT_WRITE);
        break;
    case EXCEPTION_FETCH_MISALIGNED:
    case EXCEPTION_FETCH_ACCESS:
    case EXCEPTION_LOAD_MISALIGNED:
    case EXCEPTION_LOAD_ACCESS:
    case EXCEPTION_STORE_MISALIGNED:
    case EXCEPTION_STORE_ACCESS:
        refused(cause, value);
        break;
    case EXCEPTION_ILLEGAL:
        illegal(value);
        break;
    default:
        trap_exception(cause, value);
    }
}

/* Said once: a second trap on the way to saying it would come here again. */
void trap_kernel(uint64_t cause, uint64_t ip, uint64_t value)
{
    static bool told;

    if (told)
        arch_halt();
    told = true;
    panic("trap in the kernel: cause %lx at %lx, value %lx", cause, ip, value);
}

void arch_poll(void)
{
    uint64_t pending = csr_read("sip") & csr_read("sie");

    if (pending & SIE_TIMER) {
        arch_timer_set(UINT64_MAX);
        trap_timer();
    }
    if (pending & SIE_EXTERNAL)
        irq_serve();
}

/* An interrupt that is pending ends the wait although it is not taken; the end of a nap too, of
 * which nobody else learns. */
void arch_idle(void)
{
    bool nap = timer_nap_begin();

    __asm__ volatile("wfi" ::: "memory");
    if (nap)
        timer_nap_end();
}

void arch_init(const struct boot *boot)
{
    csr_clear("sstatus", SSTATUS_SPP | SSTATUS_SPIE | SSTATUS_SUM | SSTATUS_MXR);
    csr_write("scounteren", 7); /* cycle, time and instret are no secret */
    console_init(boot);
    mmu_init();
    fpu_init();
    timer_init(boot);
    irq_init(boot);
    csr_write("sie", SIE_TIMER | SIE_EXTERNAL);
}
