/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mmu.c - the kernel's part of the addresses, which TTBR1 translates for every space, and which
 * space is current.
 *
 *   0x80000000  the window: memory from ARCH_WINDOW on, in leaves of 16M and 1M, readable and
 *               writable; around the image in pages: text is executed, constants are read
 *   0xf0000000  the kernel's own devices, a leaf of 1M each
 *   0xff000000  temporary pages: memory beyond the window
 *
 * The lower half of the same table is empty: TTBR0's while no user's space is current.
 *
 * M1  a user's root is TTBR0's only with its own ASID in CONTEXTIDR
 */
#include "kernel.h"

#include "trap_entry.h"

#define MEGA_BITS    20u
#define SUPER_BITS   24u
#define MEGA         ((paddr_t)1 << MEGA_BITS)
#define SUPER        ((paddr_t)1 << SUPER_BITS)
#define ROOT_ALL     4096u
#define PART_ENTRIES 256u

#define WINDOW_FIRST 0x40000000u /* physical: what lies at the window's beginning */
#define DEVICES_VA   0xf0000000u
#define DEVICES_MAX  8u
#define TEMPORARY_VA 0xff000000u

#define KERNEL_MEGA   0x0000141eu /* memory, accessed, the kernel's, not executed */
#define KERNEL_SUPER  (KERNEL_MEGA | HARD_IS_SUPER)
#define KERNEL_DEVICE 0x00000416u
#define KERNEL_PAGE   0x0000005eu
#define KERNEL_TABLE  0x00000001u
#define PAGE_NEVER    0x001u
#define PAGE_READ     0x200u

extern char image_start[], text_end[], rodata_end[], image_end[]; /* link.ld; whole pages */

uint32_t mmu_root[ROOT_ALL] __attribute__((aligned(16384)));
static uint32_t image_pages[PART_ENTRIES] __attribute__((aligned(PART_BYTES)));
static uint32_t temporary[PART_ENTRIES] __attribute__((aligned(PART_BYTES)));

static struct {
    uint32_t mega[DEVICES_MAX]; /* physical */
    unsigned count;
} device;

static uint32_t *root_entry(vaddr_t va)
{
    return &mmu_root[va >> MEGA_BITS];
}

/* [base, end), which begins and ends anywhere: the leaves that are part of it. */
static void window_cover(uint64_t base, uint64_t end)
{
    if (end > ARCH_WINDOW_END)
        end = ARCH_WINDOW_END;
    base = base >> MEGA_BITS << MEGA_BITS;
    while (base < end && base >= WINDOW_FIRST) {
        paddr_t pa = (paddr_t)base;

        if (!(pa & (SUPER - 1)) && end - base >= SUPER) {
            for (unsigned i = 0; i < 16; i++)
                *root_entry(pa + ARCH_WINDOW + i * MEGA) = pa | KERNEL_SUPER;
            base += SUPER;
        } else {
            *root_entry(pa + ARCH_WINDOW) = pa | KERNEL_MEGA;
            base += MEGA;
        }
    }
}

/* The image's own MiB in pages, and so the 16 around it by one each. link.ld sees to it that the
 * image crosses no such boundary. */
static void image_protect(void)
{
    vaddr_t mega = (vaddr_t)image_start >> MEGA_BITS << MEGA_BITS;
    vaddr_t super = mega >> SUPER_BITS << SUPER_BITS;

    for (unsigned i = 0; i < PART_ENTRIES; i++) {
        vaddr_t va = mega + i * PAGE_SIZE;
        uint32_t permissions = PAGE_NEVER;

        if (va >= (vaddr_t)image_start && va < (vaddr_t)text_end)
            permissions = PAGE_READ;
        else if (va >= (vaddr_t)text_end && va < (vaddr_t)rodata_end)
            permissions = PAGE_READ | PAGE_NEVER;
        image_pages[i] = (va - ARCH_WINDOW) | KERNEL_PAGE | permissions;
    }
    for (unsigned i = 0; i < 16; i++) {
        vaddr_t va = super + i * MEGA;

        if (*root_entry(va))
            *root_entry(va) = va == mega ? window_paddr(image_pages) | KERNEL_TABLE
                                         : (va - ARCH_WINDOW) | KERNEL_MEGA;
    }
}

volatile uint32_t *mmu_device(uint64_t pa)
{
    uint32_t mega = (uint32_t)pa >> MEGA_BITS << MEGA_BITS;
    unsigned i = 0;

    while (i < device.count && device.mega[i] != mega)
        i++;
    if (i == DEVICES_MAX || pa > UINT32_MAX)
        panic("boot: the kernel cannot see a device at %lx", (unsigned long)pa);
    if (i == device.count) {
        device.mega[device.count++] = mega;
        *root_entry(DEVICES_VA + i * MEGA) = mega | KERNEL_DEVICE;
        data_barrier();
        instruction_barrier();
    }
    return (volatile uint32_t *)(DEVICES_VA + i * MEGA + ((uint32_t)pa & (MEGA - 1)));
}

/* entry.S has mapped the beginning of the window, and where it ran. */
void mmu_init(const struct boot *boot)
{
    for (uint32_t i = 0; i < boot->ram_count; i++)
        window_cover(boot->ram[i].base, boot->ram[i].base + boot->ram[i].size);
    image_protect();
    *root_entry(TEMPORARY_VA) = window_paddr(temporary) | KERNEL_TABLE;
    for (vaddr_t va = 0; va < WINDOW_FIRST + ARCH_WINDOW; va += MEGA)
        *root_entry(va) = 0;
    arch_flush_all();
}

/* A page beyond the window, seen until the next one takes its place. */
void *mmu_view(paddr_t pa, unsigned n)
{
    vaddr_t va = TEMPORARY_VA + n * PAGE_SIZE;

    temporary[n] = 0;
    data_barrier();
    cp15_write(CP15_TLBIMVA, va);
    data_barrier();
    temporary[n] = (pa & ~(paddr_t)(PAGE_SIZE - 1)) | KERNEL_PAGE | PAGE_NEVER;
    data_barrier();
    instruction_barrier();
    return (void *)(va + (pa & (PAGE_SIZE - 1)));
}

/* The kernel is in no user's table. */
void arch_root_init(void *root)
{
    (void)root;
}

void arch_space_leave(paddr_t root)
{
    if ((cp15_read(CP15_TTBR0) & SPACE_ROOT) == root) {
        arch_space_enter(MMU_KERNEL_ROOT, 0);
        instruction_barrier();
    }
}

/* What was written to the tables is seen by walks before what they found earlier is dropped. */
void arch_flush_page(unsigned asid, vaddr_t va)
{
    data_barrier();
    cp15_write(CP15_TLBIMVA, (va & ~(vaddr_t)(PAGE_SIZE - 1)) | asid);
    cp15_write(CP15_BPIALL, 0);
    data_barrier();
    instruction_barrier();
}

void arch_flush_space(unsigned asid)
{
    data_barrier();
    cp15_write(CP15_TLBIASID, asid);
    cp15_write(CP15_BPIALL, 0);
    data_barrier();
    instruction_barrier();
}

void arch_flush_all(void)
{
    arch_space_enter(MMU_KERNEL_ROOT, 0);
    data_barrier();
    cp15_write(CP15_TLBIALL, 0);
    cp15_write(CP15_BPIALL, 0);
    data_barrier();
    instruction_barrier();
}

/* Lines of 64 bytes go to where instructions are fetched from. */
void arch_sync_instructions(paddr_t pa, size_t bytes)
{
    for (paddr_t page = pa; page - pa < bytes; page += PAGE_SIZE) {
        const char *line = arch_view(page, 0), *end = line + PAGE_SIZE;

        for (; line < end; line += 64)
            cp15_write(CP15_DCCMVAU, (vaddr_t)line);
    }
    data_barrier();
    cp15_write(CP15_ICIALLU, 0);
    cp15_write(CP15_BPIALL, 0);
    data_barrier();
    instruction_barrier();
}
