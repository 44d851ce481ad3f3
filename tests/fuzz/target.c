/* SPDX-License-Identifier: GPL-2.0-or-later */
/* target.c - the entry of libFuzzer's and AFL++'s drivers: bytes are a script, the kernel plays. */
#include "play.h"

#include "machine.h"
#include "mmu.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    static struct script s;

    if (!count)
        return 0;
    mmu_variant = bytes[0] & 1 ? MMU_SVADE : MMU_SVADU;
    machine_quiet = true;
    script_decode(&s, bytes + 1, count - 1);
    play(&s);
    return 0;
}
