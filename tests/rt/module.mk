ktest.rt_fiber.src := tests/rt/fiber.c
ktest.rt_memory.src := tests/rt/memory.c
