/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * node.c - reading one node of the device tree: addresses as the processor sees them,
 * strings, cells, and what is inherited from the nodes above.
 *
 * libfdt finds nodes and properties; the way down to a node is kept here, because its
 * addresses mean what all the buses on that way say.
 */
#include "loader.h"

#include <libfdt.h>
#include <string.h>

#define DEPTH_LIMIT (int)(sizeof(((struct node *)0)->at) / sizeof(int))

bool node_next(const void *fdt, struct node *n)
{
    int at = n->depth < 0 ? -1 : n->at[n->depth];

    for (;;) {
        at = fdt_next_node(fdt, at, &n->depth);
        if (at < 0 || n->depth < 0)
            return false;
        if (n->depth < DEPTH_LIMIT)
            break;
    }
    n->at[n->depth] = at;
    return true;
}

bool node_u32(const void *fdt, int offset, const char *name, uint32_t *value)
{
    int bytes;
    const fdt32_t *cell = fdt_getprop(fdt, offset, name, &bytes);

    if (!cell || bytes != sizeof(*cell))
        return false;
    *value = fdt32_to_cpu(*cell);
    return true;
}

const char *node_string(const void *fdt, int offset, const char *name)
{
    int bytes;
    const char *text = fdt_getprop(fdt, offset, name, &bytes);

    return text && bytes > 0 && memchr(text, '\0', (size_t)bytes) ? text : NULL;
}

bool node_enabled(const void *fdt, const struct node *n)
{
    for (int i = 0; i <= n->depth; i++) {
        const char *status = node_string(fdt, n->at[i], "status");

        if (status && strcmp(status, "okay") != 0 && strcmp(status, "ok") != 0)
            return false;
    }
    return true;
}

uint32_t node_interrupt_parent(const void *fdt, const struct node *n)
{
    uint32_t phandle;

    for (int i = n->depth; i >= 0; i--)
        if (node_u32(fdt, n->at[i], "interrupt-parent", &phandle))
            return phandle;
    return 0;
}

/* A number of one or two cells. */
static uint64_t cells_value(const fdt32_t *cell, int count)
{
    uint64_t value = 0;

    while (count--)
        value = value << 32 | fdt32_to_cpu(*cell++);
    return value;
}

static bool cells_usable(int address, int size)
{
    return address >= 1 && address <= 2 && size >= 1 && size <= 2;
}

/* Through one bus: `address` of a child of `bus` becomes one of the bus's own parent. */
static bool bus_translate(const void *fdt, int bus, int parent, uint64_t *address)
{
    int bytes, inner = fdt_address_cells(fdt, bus), outer = fdt_address_cells(fdt, parent);
    int size = fdt_size_cells(fdt, bus);
    const fdt32_t *row = fdt_getprop(fdt, bus, "ranges", &bytes);

    if (!row)
        return false;
    if (bytes == 0)
        return true;
    if (!cells_usable(inner, size) || !cells_usable(outer, size))
        return false;
    for (int left = bytes / 4; left >= inner + outer + size; left -= inner + outer + size) {
        uint64_t from = cells_value(row, inner), to = cells_value(row + inner, outer);

        if (*address >= from && *address - from < cells_value(row + inner + outer, size)) {
            *address = *address - from + to;
            return true;
        }
        row += inner + outer + size;
    }
    return false;
}

bool node_reg(const void *fdt, const struct node *n, unsigned index, struct boot_range *range)
{
    int bytes, parent, address, size;
    const fdt32_t *reg;

    if (n->depth < 1)
        return false;
    parent = n->at[n->depth - 1];
    address = fdt_address_cells(fdt, parent);
    size = fdt_size_cells(fdt, parent);
    reg = fdt_getprop(fdt, n->at[n->depth], "reg", &bytes);
    if (!reg || !cells_usable(address, size) ||
        (uint64_t)bytes / 4 < (uint64_t)(index + 1) * (unsigned)(address + size))
        return false;
    reg += index * (unsigned)(address + size);
    range->base = cells_value(reg, address);
    range->size = cells_value(reg + address, size);
    for (int i = n->depth - 1; i > 0; i--)
        if (!bus_translate(fdt, n->at[i], n->at[i - 1], &range->base))
            return false;
    return range->size > 0 && range->base + range->size - 1 >= range->base;
}
