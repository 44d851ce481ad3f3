/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fpu.c - who may use the floating-point unit, and whether its registers are newer than
 * their owner's saved state.
 *
 * The processor tracks the latter in sstatus.FS, which is zero while another thread than
 * the owner runs: `unsaved` keeps it then.
 *
 * F1  the registers differ from the owner's saved state only if FS is dirty or `unsaved`
 */
#include "fpu.h"

#include "kernel.h"

_Static_assert(offsetof(struct fpu_state, fcsr) == 256, "fpu_move.S says 256");

static struct {
    bool usable, unsaved;
} fpu;

static uint64_t fs_now(void)
{
    return csr_read("sstatus") & SSTATUS_FS;
}

static void fs_set(uint64_t fs)
{
    csr_clear("sstatus", SSTATUS_FS);
    csr_set("sstatus", fs);
}

void fpu_init(void)
{
    csr_set("sstatus", SSTATUS_FS);
    fpu.usable = fs_now() != 0;
    fs_set(0);
}

bool fpu_usable(void)
{
    return fpu.usable;
}

void arch_fpu_allow(bool owner)
{
    uint64_t fs = fs_now();

    if (owner == (fs != 0))
        return;
    if (owner) {
        csr_set("sstatus", fpu.unsaved ? FS_DIRTY : FS_CLEAN);
    } else {
        fpu.unsaved |= fs == FS_DIRTY;
        csr_clear("sstatus", SSTATUS_FS);
    }
}

void arch_fpu_save(struct fpu_state *f)
{
    uint64_t fs = fs_now();

    if (fs != FS_DIRTY && !fpu.unsaved)
        return;
    csr_set("sstatus", SSTATUS_FS);
    fpu_store(f);
    fs_set(fs ? FS_CLEAN : 0);
    fpu.unsaved = false;
}

void arch_fpu_load(const struct fpu_state *f)
{
    csr_set("sstatus", SSTATUS_FS);
    fpu_fetch(f);
    fs_set(FS_CLEAN);
    fpu.unsaved = false;
}
