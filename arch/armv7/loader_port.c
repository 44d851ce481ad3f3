/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * loader_port.c - what the loader must know of this architecture: the processor's clock, the GIC
 * and how its lines are numbered, the console, the firmware's way to switch off.
 */
#include "loader.h"

#include "cp15.h"
#include "counter.h"
#include "gic.h"
#include "pl011.h"
#include "psci.h"

#include <libfdt.h>
#include <string.h>

#define ELF_ARM 40u

#define CELL_SHARED  0u /* the first of an interrupt's three cells */
#define CELL_PRIVATE 1u
#define CELL_EDGE    1u /* in the third */

const uint16_t port_elf_machine = ELF_ARM;

/* Where the virt board has it: for what is to be said before the tree is read. */
#define UART_USUAL 0x09000000u

static volatile uint32_t *distributor;

/* The firmware is called the way the tree says. */
static void psci_read(const void *fdt)
{
    static const char *const names[] = {"arm,psci-1.0", "arm,psci-0.2", "arm,psci"};

    for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        int node = fdt_node_offset_by_compatible(fdt, -1, names[i]);
        const char *method = node < 0 ? NULL : node_string(fdt, node, "method");

        if (method && strcmp(method, "smc") == 0)
            boot.flags |= BOOT_SMC;
    }
}

void port_processor(const void *fdt)
{
    boot.timebase = cp15_read(CP15_CNTFRQ);
    if (boot.timebase == 0)
        fatal("the firmware has not told the clock's frequency");
    psci_read(fdt);
}

uint32_t port_interrupt_controller(const void *fdt)
{
    static const char *const names[] = {"arm,cortex-a15-gic", "arm,gic-400"};
    struct node n = {.depth = -1};
    struct boot_range registers;

    while (node_next(fdt, &n)) {
        int node = n.at[n.depth];

        for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
            if (fdt_node_check_compatible(fdt, node, names[i]) != 0 ||
                !node_reg(fdt, &n, 0, &registers) || !node_reg(fdt, &n, 1, &boot.intc_cpu))
                continue;
            distributor = (volatile uint32_t *)(uintptr_t)registers.base;
            boot.irq_lines = 32 * ((distributor[GICD_TYPER] & 31) + 1);
            return fdt_get_phandle(fdt, node);
        }
    }
    fatal("no interrupt controller in the device tree is one that can be used");
}

/* Whether its device signals by edges is told here, to the controller itself. */
uint32_t port_interrupt_line(const uint32_t *cells, unsigned count)
{
    uint32_t line;

    if (count != 3 || cells[0] > CELL_PRIVATE)
        return 0;
    line = cells[1] + (cells[0] == CELL_SHARED ? GIC_SHARED : GIC_PRIVATE);
    if (line >= boot.irq_lines || line >= GIC_LINES_MAX)
        return 0;
    if (cells[0] == CELL_SHARED && cells[2] & CELL_EDGE)
        distributor[GICD_ICFGR + line / 16] |= 2u << line % 16 * 2;
    return line;
}

bool port_uart_usable(const void *fdt, int node)
{
    return fdt_node_check_compatible(fdt, node, "arm,pl011") == 0;
}

void port_putc(char c)
{
    pl011_putc((volatile uint32_t *)(uintptr_t)(boot.uart.size ? boot.uart.base : UART_USUAL), c);
}

void port_power_off(void)
{
    psci_call(PSCI_OFF, boot.flags);
    for (;;)
        __asm__ volatile("wfi");
}

_Noreturn void loader_jump(uint32_t entry, const struct boot *b, uint32_t window);

/* The counter of counter.h: its upper half is the clock's. */
void port_enter(uint64_t entry, const struct boot *b, uint64_t window)
{
    cp15_write(CP15_PMCCNTR, (uint32_t)arch_ticks() * TICK_INSTRUCTIONS);
    cp15_write(CP15_PMCNTENSET, PMU_CYCLES);
    cp15_write(CP15_PMCR, 1);
    loader_jump((uint32_t)entry, b, (uint32_t)window);
}
