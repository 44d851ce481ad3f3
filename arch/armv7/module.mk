arch.kernel.src := entry.S trap.c registers.c mmu.c place.c timer.c irq.c console.c fpu.c memory.S
arch.rt.src := start.S fiber.S syscall.S
arch.boot.src := loader_entry.S loader_port.c

ktest.registers.src := tests/kernel/armv7/registers.c tests/kernel/armv7/probe.S
ktest.fpu.src := tests/kernel/fpu.c tests/kernel/armv7/probe.S
ktest.exception.src := tests/kernel/exception.c tests/kernel/armv7/status.c tests/kernel/armv7/probe.S
ktest.high.src := tests/kernel/armv7/high.c
ktest.hypervisor.src := tests/kernel/armv7/hypervisor.c tests/kernel/armv7/probe.S
