/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * machine.c - the port over plain memory, and the machine that tests act on.
 */
#define _GNU_SOURCE
#include "machine.h"

#include "audit.h"
#include "captable.h"
#include "fast.h"
#include "ipc.h"
#include "mmu.h"
#include "space.h"
#include "unit.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

static struct {
    uint64_t ns, alarm;
    unsigned every, looks;
    struct thread *init;
    jmp_buf booted;
    struct {
        volatile uint16_t *counter; /* NULL: there is none */
        unsigned line;
        bool pending, silent;
    } device;
} machine;

/* ---- what arch.h asks for ---- */

void arch_init(const struct boot *boot)
{
    (void)boot;
}

void arch_enter_user(void)
{
    longjmp(machine.booted, 1);
}

void arch_putc(char c)
{
    if (!machine_quiet)
        fputc(c, stderr);
}

bool machine_quiet, machine_unaudited;
void (*machine_failed)(const char *why);

static _Noreturn void lost(const char *why)
{
    if (machine_failed)
        machine_failed(why);
    unit_fail("kernel", 0, "%s", why);
}

void arch_power(enum power how, unsigned status)
{
    (void)how, (void)status;
    lost("the machine was switched off");
}

void arch_halt(void)
{
    lost("the kernel panicked");
}

void arch_fpu_allow(bool owner)
{
    (void)owner;
}

void arch_fpu_save(struct fpu_state *f)
{
    (void)f;
}

void arch_fpu_load(const struct fpu_state *f)
{
    (void)f;
}

void arch_root_init(void *root)
{
    (void)root;
}

void arch_clear(void *p, size_t bytes)
{
    memset(p, 0, bytes);
}

void arch_copy_page(void *to, const void *from)
{
    memcpy(to, from, PAGE_SIZE);
}

void arch_copy(void *to, const void *from, size_t bytes)
{
    memmove(to, from, bytes);
}

uint64_t arch_now(void)
{
    return machine.ns;
}

uint64_t arch_cycles(void)
{
    return ++machine.ns;
}

void arch_timer_set(uint64_t ns)
{
    machine.alarm = ns;
}

/* With nobody to run, time goes to the alarm; without one nothing will ever happen, unless a device
 * interrupts. */
void arch_idle(void)
{
    if (machine.device.counter && !machine.device.silent) {
        machine.device.pending = machine.device.silent = true;
        return;
    }
    if (machine.alarm == UINT64_MAX)
        lost("nothing is ready and no deadline runs");
    if (machine.ns < machine.alarm)
        machine.ns = machine.alarm;
}

bool arch_interrupt_pending(void)
{
    return machine.ns >= machine.alarm || (machine.every && ++machine.looks % machine.every == 0);
}

void arch_poll(void)
{
    if (machine.device.pending) {
        machine.device.pending = false;
        trap_irq(machine.device.line);
    } else if (machine.device.silent) {
        ++*machine.device.counter;
        machine.device.silent = false;
        machine.device.counter = NULL;
    }
    if (machine.ns < machine.alarm)
        return;
    machine.alarm = UINT64_MAX;
    trap_timer();
}

void arch_align(uint64_t start)
{
    (void)start;
}

void arch_irq_mask(unsigned line)
{
    (void)line;
}

void arch_irq_unmask(unsigned line)
{
    (void)line;
}

/* ---- ways out of a trap: saved registers are all there is ---- */

static struct registers *trapped; /* whose words are said to be in the processor's registers */

void arch_resume_words(unsigned status, word_t badge, unsigned kind, struct registers *to)
{
    for (unsigned i = 0; i < MESSAGE_WORDS; i++)
        arch_set_word(to, i, arch_word(trapped, i));
    arch_answer(to, status, badge, kind);
}

void arch_resume_saved(unsigned status, word_t badge, unsigned kind, struct registers *to)
{
    arch_answer(to, status, badge, kind);
}

void arch_resume_trap(unsigned status, word_t badge, unsigned kind, struct registers *to)
{
    word_t word[MESSAGE_WORDS];

    arch_trap_words(trapped, word);
    for (unsigned i = 0; i < MESSAGE_WORDS; i++)
        arch_set_word(to, i, word[i]);
    arch_answer(to, status, badge, kind);
}

void arch_resume_fault(unsigned status, word_t badge, unsigned kind, struct registers *to,
                       word_t cause, vaddr_t address, word_t sequence)
{
    word_t word[MESSAGE_WORDS] = {[FAULT_CAUSE] = cause,
                                  [FAULT_ADDRESS] = address,
                                  [FAULT_IP] = arch_ip(trapped),
                                  [FAULT_SP] = arch_sp(trapped),
                                  [FAULT_SEQUENCE] = sequence};

    for (unsigned i = 0; i < MESSAGE_WORDS; i++)
        arch_set_word(to, i, word[i]);
    arch_answer(to, status, badge, kind);
}

void arch_resume(void)
{
}

void arch_slow_call(word_t arg0, word_t arg1, word_t arg2, word_t arg3, unsigned number)
{
    uint64_t *x = trapped->x;

    CHECK_EQ(x[REG_NUMBER], number);
    CHECK(x[REG_A0] == arg0 && x[REG_A0 + 1] == arg1 && x[REG_A0 + 2] == arg2 &&
          x[REG_A0 + 3] == arg3);
    trap_syscall();
}

void arch_slow_trap(void)
{
    trap_syscall();
}

static struct {
    vaddr_t va;
    unsigned access;
} faulted;

void arch_slow_fault(void)
{
    trap_fault(faulted.va, faulted.access);
}

/* ---- the machine ---- */

static size_t mapped;

static void memory_map(unsigned pages)
{
    void *at = window(MACHINE_BASE);

    if (mapped != (size_t)pages * PAGE_SIZE) {
        if (mapped)
            munmap(at, mapped);
        mapped = (size_t)pages * PAGE_SIZE;
        if (mmap(at, mapped, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) != at)
            unit_fail(__FILE__, __LINE__, "no memory at the window's place");
    }
    memset(at, 0xa5, mapped); /* memory is never clean by chance */
}

/* Everything that is static in the kernel begins anew. */
static void kernel_reset(void)
{
    memset(&cpu, 0, sizeof(cpu));
    timer_reset();
    mmu_reset();
}

void machine_boot(unsigned pages)
{
    static struct boot boot;

    memory_map(pages);
    kernel_reset();
    memset(&machine, 0, sizeof(machine));
    machine.alarm = UINT64_MAX;
    boot = (struct boot){.magic = BOOT_MAGIC, .version = BOOT_VERSION, .timebase = 1000000000};
    boot.ram[0] = (struct boot_range){MACHINE_BASE, (uint64_t)pages * PAGE_SIZE};
    boot.ram_count = 1;
    boot.kernel = (struct boot_range){MACHINE_BASE, 16 * PAGE_SIZE};
    boot.init[0] = (struct boot_segment){MACHINE_BASE + 16 * PAGE_SIZE, 0x200000, 4,
                                         RIGHT_READ | RIGHT_WRITE | RIGHT_EXECUTE};
    boot.init_count = 1;
    boot.init_entry = 0x200000;
    if (!setjmp(machine.booted))
        kernel_main(&boot, 0);
    machine.init = cpu.current;
}

void machine_device(unsigned line, volatile uint16_t *counter)
{
    machine.device.line = line;
    machine.device.counter = counter;
}

size_t machine_bytes(void)
{
    return mapped;
}

struct slot *machine_slot(cap_t address)
{
    return cap_slot(machine.init, address);
}

struct thread *machine_thread(cap_t address)
{
    return thread_of(machine_slot(address));
}

const struct bootinfo *machine_info(void)
{
    struct slot *s = thread_binding(machine.init, BIND_SPACE);
    size_t left;

    return walk_user(space_of(s), BOOTINFO_VA, RIGHT_READ, &left);
}

cap_t machine_untyped(unsigned bits)
{
    const struct bootinfo *info = machine_info();

    for (unsigned i = 0; i < info->untyped_count; i++) {
        if (info->untyped[i].log2_size >= bits &&
            slot_empty(machine_slot(info->untyped[i].slot)) == 0 &&
            !machine_slot(info->untyped[i].slot)->child)
            return info->untyped[i].slot;
    }
    unit_fail(__FILE__, __LINE__, "no Untyped of 2^%u bytes is left", bits);
}

static void audit(void)
{
    const char *bad = machine_unaudited ? NULL : audit_all(machine_slot(INIT_ROOT));

    if (!bad)
        bad = mmu_audit();
    if (bad)
        unit_fail("kernel", 0, "breaks %s", bad);
}

struct result machine_result(const struct thread *t)
{
    struct result r = {.err = (unsigned)t->registers.x[REG_A0],
                       .badge = t->registers.x[REG_A0 + 1],
                       .kind = (unsigned)t->registers.x[REG_A0 + 2]};

    for (unsigned i = 0; i < MESSAGE_WORDS; i++)
        r.word[i] = arch_word(&t->registers, i);
    return r;
}

bool machine_fast_first;

/* As entry.S decides. */
void machine_trap(bool fast)
{
    struct thread *t = cpu.current;
    uint64_t *x = t->registers.x;

    trapped = &t->registers;
    if (!fast)
        trap_syscall();
    else if (t->flags & THREAD_FOREIGN)
        fast_trap(t);
    else if (x[REG_NUMBER] == SYS_CALL)
        fast_call(x[REG_A0], x[REG_A0 + 1], t, x[REG_A0 + 3]);
    else if (x[REG_NUMBER] == SYS_SIGNAL || x[REG_NUMBER] == SYS_WAIT)
        fast_notification(t);
    else if (x[REG_NUMBER] != SYS_REPLY_RECV || x[REG_A0])
        trap_syscall();
    else if (x[REG_A0 + 1] & INFO_MAPS)
        fast_reply_maps(t);
    else
        fast_reply(t, x[REG_A0 + 1], x[REG_A0 + 2], x[REG_A0 + 3]);
}

struct result machine_go_on(void)
{
    struct thread *t = cpu.current;
    uint64_t *x = t->registers.x, ip = x[REG_IP];

    do {
        x[REG_IP] = ip + 4;
        machine_trap(machine_fast_first);
        audit();
    } while (cpu.current == t && x[REG_IP] == ip);
    return machine_result(t);
}

struct result machine_call(unsigned number, word_t a0, word_t a1, word_t a2, word_t a3,
                           const word_t word[MESSAGE_WORDS])
{
    uint64_t *x = cpu.current->registers.x;

    x[REG_NUMBER] = number;
    x[REG_A0] = a0;
    x[REG_A0 + 1] = a1;
    x[REG_A0 + 2] = a2;
    x[REG_A0 + 3] = a3;
    for (unsigned i = 0; i < MESSAGE_WORDS; i++)
        x[REG_WORD(i)] = word ? word[i] : 0;
    return machine_go_on();
}

/* The port's entry code hands the words over where the fast path was taken. */
void machine_fast(unsigned number, word_t a0, word_t a1, word_t a2, word_t a3,
                  const word_t word[MESSAGE_WORDS])
{
    struct thread *t = cpu.current;
    uint64_t *x = t->registers.x, ip = x[REG_IP];

    x[REG_NUMBER] = number;
    x[REG_A0] = a0;
    x[REG_A0 + 1] = a1;
    x[REG_A0 + 2] = a2;
    x[REG_A0 + 3] = a3;
    for (unsigned i = 0; i < MESSAGE_WORDS; i++)
        x[REG_WORD(i)] = word[i];
    x[REG_IP] = ip + 4;
    machine_trap(true);
    audit();
    if (cpu.current == t && x[REG_IP] == ip)
        machine_go_on();
}

void machine_exception(word_t code, word_t detail)
{
    trap_exception(code, detail);
    audit();
}

struct result machine_invoke(cap_t object, unsigned op, word_t w0, word_t w1, word_t w2, word_t w3,
                             word_t w4, word_t w5)
{
    word_t word[MESSAGE_WORDS] = {w0, w1, w2, w3, w4, w5};

    return machine_call(SYS_INVOKE, object, op, 0, 0, word);
}

bool machine_touch(vaddr_t va, unsigned access)
{
    struct thread *t = cpu.current;

    /* A fault that the kernel settles by itself is one for the accessed or dirty bit. */
    for (unsigned tries = 0; tries < 2; tries++) {
        if (mmu_access(va, access))
            return true;
        trapped = &t->registers;
        faulted.va = va;
        faulted.access = access;
        if (machine_fast_first)
            fast_fault(va, access, t);
        else
            arch_slow_fault();
        audit();
        if (cpu.current != t || t->state != THREAD_READY)
            return false;
    }
    lost("an access faults for ever");
}

void machine_interrupt_every(unsigned n)
{
    machine.every = n;
    machine.looks = 0;
}

void machine_clock(uint64_t ns)
{
    machine.ns += ns;
}

void machine_time(uint64_t ns)
{
    machine_clock(ns);
    if (machine.ns >= machine.alarm) {
        trap_interrupt();
        audit();
    }
}
