/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fpu.c - who may use VFP and NEON, and whether its registers are newer than their owner's saved
 * state. The hardware does not tell the latter: whoever was allowed to may have written them.
 *
 * F1  the registers differ from the owner's saved state only if `unsaved`
 */
#include "kernel.h"

#include "trap_entry.h"

_Static_assert(offsetof(struct fpu_state, fpscr) == 256, "after the registers");

static bool unsaved;

static bool enabled(void)
{
    uint32_t fpexc;

    __asm__ volatile(".fpu neon-vfpv4\n\tvmrs %0, fpexc" : "=r"(fpexc));
    return fpexc & FPEXC_ENABLED;
}

static void enable(bool on)
{
    __asm__ volatile(".fpu neon-vfpv4\n\tvmsr fpexc, %0" ::"r"(on ? FPEXC_ENABLED : 0) : "memory");
}

void fpu_init(void)
{
    cp15_write(CP15_CPACR, cp15_read(CP15_CPACR) | CPACR_FPU);
    instruction_barrier();
    enable(false);
}

bool fpu_off(void)
{
    return !enabled();
}

void arch_fpu_allow(bool owner)
{
    if (owner == enabled())
        return;
    unsaved |= owner;
    enable(owner);
}

void arch_fpu_save(struct fpu_state *f)
{
    bool was = enabled();
    uint64_t *at = f->d;
    uint32_t fpscr;

    if (!unsaved)
        return;
    enable(true);
    __asm__ volatile(".fpu neon-vfpv4\n\t"
                     "vstm %1!, {d0-d15}\n\t"
                     "vstm %1, {d16-d31}\n\t"
                     "vmrs %0, fpscr"
                     : "=r"(fpscr), "+r"(at)
                     :
                     : "memory");
    f->fpscr = fpscr;
    enable(was);
    unsaved = was;
}

void arch_fpu_load(const struct fpu_state *f)
{
    const uint64_t *at = f->d;

    enable(true);
    __asm__ volatile(".fpu neon-vfpv4\n\t"
                     "vldm %0!, {d0-d15}\n\t"
                     "vldm %0, {d16-d31}\n\t"
                     "vmsr fpscr, %1"
                     : "+r"(at)
                     : "r"(f->fpscr)
                     : "memory");
    unsaved = true;
}
