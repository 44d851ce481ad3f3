arch.kernel.src := entry.S trap.c registers.c mmu.c place.c timer.c irq.c console.c fpu.c memory.S
arch.rt.src := start.S fiber.S syscall.S
arch.boot.src := loader_entry.S loader_port.c
