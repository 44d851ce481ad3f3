elf.src := elf.c

unit.elf_test.src := tests/unit/elf_test.c tests/unit/elf_32_test.c lib/elf/elf.c
unit.elf_test.inc := lib/elf
