/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * device.c - what answers at physical addresses, from the machine's device tree: the
 * kernel's own interrupt controller and console, and all that drivers may be given.
 */
#include "loader.h"

#include <libfdt.h>
#include <string.h>

#define CELLS_MAX 4u /* of one interrupt */

static bool overlaps_ram(const struct boot_range *range)
{
    for (uint32_t i = 0; i < boot.ram_count; i++)
        if (range_overlaps(range, &boot.ram[i]))
            return true;
    return false;
}

/* The line of its first interrupt at the controller `phandle`; 0: none there. */
static uint32_t first_line(const void *fdt, const struct node *n, uint32_t phandle)
{
    int bytes, node = n->at[n->depth];
    const fdt32_t *cell = fdt_getprop(fdt, node, "interrupts-extended", &bytes);
    uint32_t cells[CELLS_MAX], parent;
    unsigned count;

    if (cell && bytes >= 4) {
        parent = fdt32_to_cpu(*cell++);
        bytes -= 4;
    } else {
        parent = node_interrupt_parent(fdt, n);
        cell = fdt_getprop(fdt, node, "interrupts", &bytes);
    }
    if (!cell || bytes < 4 || parent != phandle)
        return 0;
    for (count = 0; count < CELLS_MAX && count < (unsigned)bytes / 4; count++)
        cells[count] = fdt32_to_cpu(cell[count]);
    return port_interrupt_line(cells, count);
}

static void device_add(const char *compatible, const struct boot_range *reg, uint32_t irq)
{
    struct boot_device *d = &boot.device[boot.device_count];
    uint64_t end = reg->base + reg->size;

    if (boot.device_count == BOOT_DEVICES)
        fatal("the device tree lists more than %u devices", BOOT_DEVICES);
    d->base = reg->base;
    d->size = ((end + PAGE_MASK) & ~PAGE_MASK) - reg->base; /* whole pages are handed out */
    d->irq = irq;
    strncpy(d->compatible, compatible, sizeof(d->compatible) - 1);
    boot.device_count++;
}

static void uart_read(const void *fdt, const struct node *n, const struct boot_range *reg)
{
    if (!port_uart_usable(fdt, n->at[n->depth]))
        return;
    boot.uart = *reg;
    boot.uart_shift = 0;
    node_u32(fdt, n->at[n->depth], "reg-shift", &boot.uart_shift);
}

/* The node that /chosen/stdout-path names, by path or alias; what follows a ':' are the
 * line's settings. Negative: none. */
static int stdout_node(const void *fdt)
{
    int chosen = fdt_path_offset(fdt, "/chosen");
    const char *path = chosen < 0 ? NULL : node_string(fdt, chosen, "stdout-path");

    return path ? fdt_path_offset_namelen(fdt, path, (int)strcspn(path, ":")) : -1;
}

void devices_read(const void *fdt)
{
    uint32_t controller = port_interrupt_controller(fdt);
    int console = stdout_node(fdt);
    struct node n = {.depth = -1};
    struct boot_range reg;

    while (node_next(fdt, &n)) {
        int node = n.at[n.depth];
        const char *compatible = node_string(fdt, node, "compatible");

        if (!compatible || !node_enabled(fdt, &n) || !node_reg(fdt, &n, 0, &reg) ||
            overlaps_ram(&reg))
            continue;
        if (node == console)
            uart_read(fdt, &n, &reg);
        if (fdt_get_phandle(fdt, node) == controller)
            boot.intc = reg; /* the kernel's own */
        else
            device_add(compatible, &reg, first_line(fdt, &n, controller));
    }
    if (boot.intc.size == 0)
        fatal("the interrupt controller has no registers");
}
