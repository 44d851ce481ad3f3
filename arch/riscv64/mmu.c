/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mmu.c - the kernel's part of every address space, and which space is current.
 *
 *   ARCH_WINDOW + pa    readable and writable, in 1 GiB leaves: RAM, and the gigabytes in
 *                       which the kernel's own devices answer
 *   the kernel's GiB    2 MiB leaves, and 4 KiB ones around the image: text is read and
 *                       executed, constants are read, data is read and written
 *
 * A Space's root carries a copy of these top-level entries, which never change after boot.
 *
 * M1  satp's root has a complete upper half
 */
#include "kernel.h"

#include "finisher.h"
#include "trap_entry.h"

#define GIGA_BITS   30u
#define MEGA_BITS   21u
#define KERNEL_HALF (ARCH_TABLE_ENTRIES / 2) /* first root entry of the window */
#define PTE_KERNEL  (PTE_V | PTE_G | PTE_A | PTE_D)

extern char image_start[], text_end[], rodata_end[], image_end[]; /* link.ld; whole pages */

static pte_t window_root[ARCH_TABLE_ENTRIES] __attribute__((aligned(PAGE_SIZE)));
static pte_t image_giga[ARCH_TABLE_ENTRIES] __attribute__((aligned(PAGE_SIZE)));
static pte_t image_mega[ARCH_TABLE_ENTRIES] __attribute__((aligned(PAGE_SIZE)));

unsigned mmu_asids;
static uint64_t satp_kernel;

static pte_t kernel_leaf(paddr_t pa, pte_t permissions)
{
    return pa >> PAGE_BITS << PTE_PPN_SHIFT | PTE_KERNEL | permissions;
}

static void window_cover(paddr_t base, uint64_t size)
{
    if (size == 0 || base >= ARCH_WINDOW_END)
        return;
    for (paddr_t giga = base >> GIGA_BITS; giga <= (base + size - 1) >> GIGA_BITS; giga++)
        if (giga < KERNEL_HALF)
            window_root[KERNEL_HALF + giga] = kernel_leaf(giga << GIGA_BITS, PTE_R | PTE_W);
}

/* The image's own 2 MiB in pages; link.ld sees to it that it crosses no such boundary. */
static void image_protect(paddr_t image)
{
    paddr_t giga = image >> GIGA_BITS << GIGA_BITS, mega = image >> MEGA_BITS << MEGA_BITS;
    paddr_t text = (paddr_t)text_end, rodata = (paddr_t)rodata_end;

    for (unsigned i = 0; i < ARCH_TABLE_ENTRIES; i++) {
        paddr_t page = mega + ((paddr_t)i << PAGE_BITS);
        pte_t permissions = PTE_R | PTE_W;

        if (page >= image && page < text)
            permissions = PTE_R | PTE_X;
        else if (page >= text && page < rodata)
            permissions = PTE_R;
        image_mega[i] = kernel_leaf(page, permissions);
        image_giga[i] = kernel_leaf(giga + ((paddr_t)i << MEGA_BITS), PTE_R | PTE_W);
    }
    image_giga[pte_index(image, 1)] = pte_table((paddr_t)image_mega);
    window_root[KERNEL_HALF + (image >> GIGA_BITS)] = pte_table((paddr_t)image_giga);
}

/* satp keeps of an ASID what the processor has bits for. */
static unsigned asids_count(uint64_t satp)
{
    uint64_t kept;

    csr_write("satp", satp | SATP_ASID_MASK << SATP_ASID_SHIFT);
    kept = csr_read("satp") >> SATP_ASID_SHIFT & SATP_ASID_MASK;
    csr_write("satp", satp);
    return (unsigned)kept + 1;
}

/* Runs where the image lies: addresses of symbols are physical here. */
uint64_t mmu_boot(const struct boot *boot)
{
    const struct boot_device *finisher = finisher_find(boot);

    for (uint32_t i = 0; i < boot->ram_count; i++)
        window_cover(boot->ram[i].base, boot->ram[i].size);
    window_cover(boot->intc.base, boot->intc.size);
    window_cover(boot->uart.base, boot->uart.size);
    if (finisher)
        window_cover(finisher->base, finisher->size);
    image_protect((paddr_t)image_start);

    satp_kernel = SATP_SV39 | (paddr_t)window_root >> PAGE_BITS;
    return satp_kernel;
}

void mmu_init(void)
{
    mmu_asids = asids_count(satp_kernel);
    arch_flush_all();
}

void arch_root_init(void *root)
{
    pte_t *entry = root;

    for (unsigned i = KERNEL_HALF; i < ARCH_TABLE_ENTRIES; i++)
        if (window_root[i])
            entry[i] = window_root[i];
}

void arch_space_leave(paddr_t root)
{
    if ((csr_read("satp") & SATP_PPN_MASK) == root >> PAGE_BITS)
        arch_space_enter(satp_kernel, 0);
}

void arch_flush_page(unsigned asid, vaddr_t va)
{
    __asm__ volatile("sfence.vma %0, %1" ::"r"(va), "r"((uint64_t)asid) : "memory");
}

void arch_flush_space(unsigned asid)
{
    __asm__ volatile("sfence.vma zero, %0" ::"r"((uint64_t)asid) : "memory");
}

/* A space that stayed current could be looked into again behind the flush. */
void arch_flush_all(void)
{
    arch_space_enter(satp_kernel, 0);
    __asm__ volatile("sfence.vma" ::: "memory");
}
