/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * main.c - the loader: firmware starts it with the machine's device tree; it finds memory
 * and the boot archive, places kernel and init, and hands over. It runs once, on one
 * processor, without address translation.
 *
 * Nothing but what it says in struct boot outlives it: the kernel hands the loader's own
 * memory out when it has read that.
 */
#include "loader.h"

#include "directory.h"

#include <libfdt.h>
#include <string.h>

struct boot boot;
static struct place place;

static void avoid(const struct boot_range *range)
{
    if (range->size && !place_avoid(&place, range))
        fatal("the machine reserves too many pieces of memory");
}

static struct boot_range take(uint64_t bytes, const char *what)
{
    struct boot_range range;

    if (!place_take(&place, (bytes + PAGE_MASK) & ~PAGE_MASK, &range))
        fatal("not enough memory for %s: it needs %lu KiB", what, (unsigned long)bytes >> 10);
    return range;
}

/* What is there already and must stay as it is. */
static void place_begin(const void *fdt)
{
    struct boot_range tree;

    place.ram = boot.ram;
    place.ram_count = boot.ram_count;
    range_outer((uintptr_t)loader_start, (uint64_t)(loader_end - loader_start), &boot.loader);
    range_outer((uintptr_t)fdt, fdt_totalsize(fdt), &tree);
    avoid(&boot.loader);
    avoid(&tree);
    avoid(&boot.archive);
    for (uint32_t i = 0; i < boot.reserved_count; i++)
        avoid(&boot.reserved[i]);
}

static const struct archive *archive_open(void)
{
    const struct archive *archive = (const void *)(uintptr_t)boot.archive.base;
    const char *fault;

    if (boot.archive.size == 0)
        fatal("there is no boot archive (the machine was given no initrd)");
    fault = directory_check(archive, boot.archive.size);
    if (fault)
        fatal("the boot archive is malformed: %s", fault);
    return archive;
}

/* A file of the archive as an image with addresses in [low, high). */
static const void *image_open(const struct archive *archive, const char *name, uint64_t low,
                              uint64_t high, struct image *image)
{
    struct image_rule rule = {.machine = port_elf_machine,
                              .narrow = sizeof(uintptr_t) == sizeof(uint32_t),
                              .low = low,
                              .high = high};
    const struct archive_entry *entry = directory_find(archive, name);
    const char *fault, *file;

    if (!entry)
        fatal("the boot archive has no file \"%s\"", name);
    file = (const char *)archive + entry->offset;
    fault = image_read(image, file, entry->bytes, &rule);
    if (fault)
        fatal("\"%s\" in the boot archive is malformed: %s", name, fault);
    return file;
}

/* To where its link says: it stands at one distance from all of memory. */
static uint64_t kernel_load(const struct archive *archive, uint64_t *window)
{
    struct image kernel;
    const void *file =
        image_open(archive, "kernel", UINTPTR_MAX / 2 + 1, UINTPTR_MAX & ~PAGE_MASK, &kernel);
    const struct image_segment *first = &kernel.segment[0];
    const struct image_segment *last = &kernel.segment[kernel.count - 1];

    *window = first->va - first->pa;
    boot.kernel.base = first->pa;
    boot.kernel.size = last->va + image_pages(last) * PAGE_SIZE - first->va;
    if (!place_claim(&place, &boot.kernel))
        fatal("the kernel's place is not free memory: %lu KiB at %lx",
              (unsigned long)boot.kernel.size >> 10, (unsigned long)boot.kernel.base);
    for (uint32_t i = 0; i < kernel.count; i++) {
        const struct image_segment *s = &kernel.segment[i];

        if (s->va - s->pa != *window)
            fatal("\"kernel\" in the boot archive is malformed: its segments move apart");
        image_load(s, file, (void *)(uintptr_t)s->pa);
    }
    return kernel.entry - *window;
}

/* Copied out of the archive, whose memory init frees. */
static void init_load(const struct archive *archive)
{
    struct image init;
    const void *file = image_open(archive, "init", PAGE_SIZE, BOOTINFO_VA, &init);

    for (uint32_t i = 0; i < init.count; i++) {
        const struct image_segment *s = &init.segment[i];
        struct boot_range range = take(s->bytes, "init");

        image_load(s, file, (void *)(uintptr_t)range.base);
        boot.init[i] = (struct boot_segment){
            .base = range.base,
            .va = s->va,
            .pages = (uint32_t)image_pages(s),
            .rights = s->rights,
        };
    }
    boot.init_count = init.count;
    boot.init_entry = init.entry;
}

/* Beside the rest, on a page: where firmware left it, it would split the free memory. */
static void tree_move(const void *fdt)
{
    boot.tree = take(fdt_totalsize(fdt), "the device tree");
    memcpy((void *)(uintptr_t)boot.tree.base, fdt, fdt_totalsize(fdt));
}

void loader_main(uint32_t processor, const void *fdt)
{
    const struct archive *archive;
    uint64_t entry, window;

    if (fdt_check_header(fdt) != 0)
        fatal("the firmware handed over no device tree");
    boot.magic = BOOT_MAGIC;
    boot.version = BOOT_VERSION;
    boot.hart = processor;
    port_processor(fdt);
    memory_read(fdt);
    devices_read(fdt);
    chosen_read(fdt);

    place_begin(fdt);
    archive = archive_open();
    entry = kernel_load(archive, &window);
    init_load(archive);
    tree_move(fdt);
    port_enter(entry, &boot, window);
}
