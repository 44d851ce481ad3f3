/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tree.c - memory, what is reserved of it, the boot archive and the command line, from the
 * machine's device tree.
 */
#include "loader.h"

#include <libfdt.h>
#include <string.h>

static void ram_add(const struct boot_range *reg)
{
    struct boot_range range;

    if (!range_inner(reg->base, reg->size, &range))
        return;
    if (boot.ram_count == BOOT_RANGES)
        fatal("the device tree lists more than %u pieces of memory", BOOT_RANGES);
    boot.ram[boot.ram_count++] = range;
}

static void reserved_add(uint64_t base, uint64_t size)
{
    struct boot_range range;

    if (!range_outer(base, size, &range))
        return;
    if (boot.reserved_count == BOOT_RANGES)
        fatal("the device tree reserves more than %u ranges", BOOT_RANGES);
    boot.reserved[boot.reserved_count++] = range;
}

static bool is_memory(const void *fdt, const struct node *n)
{
    const char *type = node_string(fdt, n->at[n->depth], "device_type");

    return type && strcmp(type, "memory") == 0;
}

static bool is_reserved(const void *fdt, const struct node *n)
{
    return n->depth == 2 && strcmp(fdt_get_name(fdt, n->at[1], NULL), "reserved-memory") == 0;
}

void memory_read(const void *fdt)
{
    struct node n = {.depth = -1};
    struct boot_range reg;

    while (node_next(fdt, &n)) {
        bool memory = n.depth == 1 && is_memory(fdt, &n);

        if (!memory && !is_reserved(fdt, &n))
            continue;
        if (!node_enabled(fdt, &n))
            continue;
        for (unsigned i = 0; node_reg(fdt, &n, i, &reg); i++) {
            if (memory)
                ram_add(&reg);
            else
                reserved_add(reg.base, reg.size);
        }
    }
    for (int i = 0; i < fdt_num_mem_rsv(fdt); i++)
        if (fdt_get_mem_rsv(fdt, i, &reg.base, &reg.size) == 0)
            reserved_add(reg.base, reg.size);
    if (boot.ram_count == 0)
        fatal("the device tree lists no memory");
}

/* An address of one or two cells. */
static bool chosen_address(const void *fdt, int chosen, const char *name, uint64_t *value)
{
    int bytes;
    const fdt32_t *cell = fdt_getprop(fdt, chosen, name, &bytes);

    if (!cell || (bytes != 4 && bytes != 8))
        return false;
    *value = fdt32_to_cpu(cell[0]);
    if (bytes == 8)
        *value = *value << 32 | fdt32_to_cpu(cell[1]);
    return true;
}

static void archive_read(const void *fdt, int chosen)
{
    uint64_t start, end;

    if (!chosen_address(fdt, chosen, "linux,initrd-start", &start) ||
        !chosen_address(fdt, chosen, "linux,initrd-end", &end) || end <= start)
        return;
    if (start & PAGE_MASK)
        fatal("the boot archive does not begin on a page: %lx", (unsigned long)start);
    range_outer(start, end - start, &boot.archive);
}

/* Is the word one of the command line's, between spaces? */
static bool cmdline_has(const char *word)
{
    size_t length = strlen(word);

    for (const char *at = boot.cmdline; *at; at += strcspn(at, " ")) {
        at += strspn(at, " ");
        if (strncmp(at, word, length) == 0 && (at[length] == ' ' || at[length] == '\0'))
            return true;
    }
    return false;
}

static void cmdline_read(const void *fdt, int chosen)
{
    const char *text = node_string(fdt, chosen, "bootargs");

    if (!text)
        return;
    if (strlen(text) >= sizeof(boot.cmdline))
        fatal("the command line is longer than %u characters", BOOT_CMDLINE - 1);
    strcpy(boot.cmdline, text);
    if (cmdline_has("quire.measure"))
        boot.flags |= BOOT_MEASURE;
    if (cmdline_has("quire.debug"))
        boot.flags |= BOOT_DEBUG;
}

void chosen_read(const void *fdt)
{
    int chosen = fdt_path_offset(fdt, "/chosen");

    if (chosen < 0)
        return;
    archive_read(fdt, chosen);
    cmdline_read(fdt, chosen);
}
