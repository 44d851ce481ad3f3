/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * trap.c - from the machine's causes to the kernel's functions.
 *
 * System calls do not come this way: entry.S calls trap_syscall itself.
 */
#include "thread.h"

#include "trap_entry.h"

_Static_assert(offsetof(struct cpu, current) == 0, "entry.S loads `current` from cpu itself");
_Static_assert(offsetof(struct registers, x) == 0, "entry.S counts from the registers' start");
_Static_assert(offsetof(struct thread, flags) == 88, "entry.S looks there");
_Static_assert(THREAD_FOREIGN == 0x80 && SYS_CALL == 0 && SYS_REPLY_RECV == 1 && SYS_SIGNAL == 4 &&
                   SYS_WAIT == 5 && INFO_MAPS == 0x80000,
               "entry.S compares");
_Static_assert(RIGHT_READ == 1 && RIGHT_WRITE == 2 && RIGHT_EXECUTE == 4, "entry.S says so");

/* The status of an abort, its bit 10 moved beside the others. */
enum fault_status {
    STATUS_ALIGNMENT = 0x01,
    STATUS_DEBUG = 0x02, /* a breakpoint */
    STATUS_ACCESS_SECTION = 0x03,
    STATUS_TRANSLATION_SECTION = 0x05,
    STATUS_ACCESS_PAGE = 0x06,
    STATUS_TRANSLATION_PAGE = 0x07,
    STATUS_PERMISSION_SECTION = 0x0d,
    STATUS_PERMISSION_PAGE = 0x0f,
};

/* What is left is the bus: external aborts, parity, and walks that met them. */
static void abort_taken(unsigned access, uint32_t fsr, vaddr_t address)
{
    switch ((fsr & 0xf) | (fsr >> 6 & 0x10)) {
    case STATUS_ACCESS_SECTION:
    case STATUS_ACCESS_PAGE:
    case STATUS_TRANSLATION_SECTION:
    case STATUS_TRANSLATION_PAGE:
    case STATUS_PERMISSION_SECTION:
    case STATUS_PERMISSION_PAGE:
        trap_fault(address, access);
        break;
    case STATUS_DEBUG:
        trap_exception(EXCEPTION_BREAKPOINT, address);
        break;
    case STATUS_ALIGNMENT:
        trap_bus(FAULT_MISALIGNED, address, access);
        break;
    default:
        trap_bus(FAULT_BUS, address, access);
    }
}

/* A program that has no FPU state loaded learns of it by an undefined instruction. */
static void undefined(void)
{
    if (fpu_off())
        trap_fpu();
    else
        trap_exception(EXCEPTION_UNDEFINED, arch_ip(&cpu.current->registers));
}

void trap_other(unsigned kind)
{
    switch (kind) {
    case TRAP_INTERRUPT:
        trap_interrupt();
        break;
    case TRAP_UNDEFINED:
        undefined();
        break;
    case RIGHT_EXECUTE:
        abort_taken(kind, cp15_read(CP15_IFSR), cp15_read(CP15_IFAR));
        break;
    default:
        abort_taken(kind, cp15_read(CP15_DFSR), cp15_read(CP15_DFAR));
    }
}

/* Said once: a second trap on the way to saying it would come here again. */
void trap_kernel(unsigned kind, uint32_t ip)
{
    static bool told;
    unsigned long status = kind == RIGHT_EXECUTE ? cp15_read(CP15_IFSR) : cp15_read(CP15_DFSR);
    unsigned long address = cp15_read(CP15_DFAR), near = ip;

    if (told)
        arch_halt();
    told = true;
    panic("trap in the kernel: kind %u near %lx, status %lx, address %lx", kind, near, status,
          address);
}

void arch_poll(void)
{
    irq_serve();
}

/* An interrupt that is pending ends the wait although it is not taken. */
void arch_idle(void)
{
    data_barrier();
    __asm__ volatile("wfi" ::: "memory");
}

void arch_init(const struct boot *boot)
{
    mmu_init(boot);
    console_init(boot);
    fpu_init();
    timer_init(boot);
    irq_init(boot);
}

void trap_boot(const struct boot *boot, uint32_t cycles)
{
    uint64_t now = arch_instructions();

    kernel_main(boot, now - (uint32_t)((uint32_t)now - cycles));
}
