/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fault.c - from a trap to a message for the thread's handler.
 *
 * Before any fault becomes a message the entry is read again: if it permits the access by now
 * (an entry that became valid and was not flushed, or one whose accessed or dirty bit the
 * kernel sets), the bits are set, that page is flushed, and the thread goes on.
 */
#include "ipc.h"
#include "space.h"

static void fault_deliver(struct thread *t, unsigned cause, vaddr_t address, unsigned access)
{
    t->trap = TRAP_FAULT;
    t->fault_cause = (uint8_t)cause;
    t->fault_address = address;
    t->fault_access = (uint8_t)access;
    t->sequence++;
    ipc_fault(t, BIND_FAULT);
}

void trap_fault(vaddr_t address, unsigned access)
{
    struct thread *t = cpu.current;
    struct slot *space = thread_binding(t, BIND_SPACE);
    unsigned cause = FAULT_NOT_PRESENT;

    if (space && address < ARCH_USER_TOP) {
        struct walk w = walk_to(space_of(space), address, 0);
        pte_t e = place_load(walk_place(&w));

        if (pte_valid(e) && !pte_is_table(e, w.level)) {
            if ((pte_rights(e) & access) == access) {
                place_set(walk_place(&w), access == RIGHT_WRITE ? PTE_A | PTE_D : PTE_A, w.level);
                space_flush(space_of(space), address, 1);
                return;
            }
            cause = FAULT_PERMISSION;
        }
    }
    t->fault_code = 0;
    fault_deliver(t, cause, address, access);
    sched_switch();
}

void trap_bus(unsigned cause, vaddr_t address, unsigned access)
{
    cpu.current->fault_code = 0;
    fault_deliver(cpu.current, cause, address, access);
    sched_switch();
}

void trap_exception(word_t code, word_t detail)
{
    cpu.current->fault_code = code;
    fault_deliver(cpu.current, FAULT_EXCEPTION, detail, 0);
    sched_switch();
}

void trap_fpu(void)
{
    struct thread *t = cpu.current;

    if (cpu.fpu == t) {
        arch_fpu_allow(true);
        return;
    }
    arch_fpu_allow(true);
    if (cpu.fpu)
        arch_fpu_save(&cpu.fpu->fpu);
    cpu.fpu = t;
    arch_fpu_load(&t->fpu);
}

void trap_interrupt(void)
{
    arch_poll();
    sched_switch();
}
