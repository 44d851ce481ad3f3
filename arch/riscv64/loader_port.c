/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * loader_port.c - what the loader must know of this architecture: the processor's node, the
 * PLIC and its contexts, and the firmware's console.
 */
#include "loader.h"

#include "csr.h"
#include "finisher.h"
#include "sbi.h"

#include <libfdt.h>
#include <string.h>

#define ELF_RISCV 243u

const uint16_t port_elf_machine = ELF_RISCV;

static uint32_t processor_intc; /* phandle of the boot hart's own interrupt controller */

/* Is the extension in an ISA string "rv64imac_zicsr_sstc"? Long names follow underscores. */
static bool isa_has(const char *isa, const char *name)
{
    size_t length = strlen(name);

    for (const char *at = strchr(isa, '_'); at; at = strchr(at, '_')) {
        at++;
        if (strncmp(at, name, length) == 0 && (at[length] == '_' || at[length] == '\0'))
            return true;
    }
    return false;
}

static int hart_node(const void *fdt, int cpus)
{
    int node;

    fdt_for_each_subnode(node, fdt, cpus)
    {
        const char *type = node_string(fdt, node, "device_type");
        uint32_t reg;

        if (type && strcmp(type, "cpu") == 0 && node_u32(fdt, node, "reg", &reg) &&
            reg == boot.hart)
            return node;
    }
    return -1;
}

void port_processor(const void *fdt)
{
    int cpus = fdt_path_offset(fdt, "/cpus"), hart = hart_node(fdt, cpus);
    uint32_t hz;
    const char *isa;

    if (hart < 0)
        fatal("the device tree has no node for processor %u", (unsigned)boot.hart);
    if (!node_u32(fdt, cpus, "timebase-frequency", &hz) &&
        !node_u32(fdt, hart, "timebase-frequency", &hz))
        fatal("the device tree states no timebase-frequency");
    boot.timebase = hz;
    isa = node_string(fdt, hart, "riscv,isa");
    if (isa && isa_has(isa, "sstc"))
        boot.flags |= BOOT_SSTC;
    processor_intc = fdt_get_phandle(fdt, fdt_subnode_offset(fdt, hart, "interrupt-controller"));
}

/* The PLIC's context that raises the boot hart's supervisor interrupt: contexts are numbered
 * in the order of interrupts-extended, (controller of a hart, its cause) each. -1: none. */
static int plic_context(const void *fdt, int plic)
{
    int bytes;
    const fdt32_t *pair = fdt_getprop(fdt, plic, "interrupts-extended", &bytes);

    for (int i = 0; pair && i < bytes / 8; i++)
        if (fdt32_to_cpu(pair[2 * i]) == processor_intc &&
            fdt32_to_cpu(pair[2 * i + 1]) == INTERRUPT_EXTERNAL)
            return i;
    return -1;
}

uint32_t port_interrupt_controller(const void *fdt)
{
    static const char *const names[] = {"riscv,plic0", "sifive,plic-1.0.0"};

    for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        for (int node = -1; (node = fdt_node_offset_by_compatible(fdt, node, names[i])) >= 0;) {
            int context = plic_context(fdt, node);

            uint32_t last;

            if (context < 0 || !node_u32(fdt, node, "riscv,ndev", &last))
                continue;
            boot.intc_context = (uint32_t)context;
            boot.irq_lines = last + 1;
            return fdt_get_phandle(fdt, node);
        }
    }
    fatal("no interrupt controller in the device tree serves processor %u", (unsigned)boot.hart);
}

uint32_t port_interrupt_line(const uint32_t *cells, unsigned count)
{
    return count == 1 && cells[0] < boot.irq_lines ? cells[0] : 0;
}

/* The kernel drives a 16550 with byte-wide registers. */
bool port_uart_usable(const void *fdt, int node)
{
    uint32_t width;

    if (fdt_node_check_compatible(fdt, node, "ns16550a") != 0 &&
        fdt_node_check_compatible(fdt, node, "ns16550") != 0)
        return false;
    return !node_u32(fdt, node, "reg-io-width", &width) || width == 1;
}

void port_putc(char c)
{
    sbi_putc(c);
}

void port_power_off(void)
{
    const struct boot_device *finisher = finisher_find(&boot);

    if (finisher)
        finisher_fail((volatile uint32_t *)(uintptr_t)finisher->base);
    sbi_shutdown();
    for (;;)
        __asm__ volatile("wfi");
}
