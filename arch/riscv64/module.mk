arch.kernel.src := entry.S trap.c registers.c mmu.c timer.c irq.c console.c fpu.c fpu_move.S memory.S
arch.rt.src := start.S fiber.S
arch.boot.src := loader_entry.S loader_port.c

ktest.registers.src := tests/kernel/riscv64/registers.c tests/kernel/riscv64/probe.S
ktest.fpu.src := tests/kernel/fpu.c tests/kernel/riscv64/probe.S
ktest.exception.src := tests/kernel/exception.c tests/kernel/riscv64/probe.S
