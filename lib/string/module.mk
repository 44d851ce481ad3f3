string.src := memory.c standard.c
unit.memory_test.src := tests/unit/memory_test.c lib/string/memory.c
unit.memory_test.inc := lib/string
