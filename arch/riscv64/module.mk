arch.kernel.src := entry.S trap.c registers.c mmu.c timer.c irq.c console.c fpu.c fpu_move.S memory.S
arch.rt.src := start.S fiber.S
arch.boot.src := loader_entry.S loader_port.c

ktest.registers.src := arch/riscv64/ktest/registers.c arch/riscv64/ktest/probe.S
ktest.fpu.src := arch/riscv64/ktest/fpu.c arch/riscv64/ktest/probe.S
