# SPDX-License-Identifier: GPL-2.0-or-later
# The personality's part of servers/pager.
linux.src := call.c change.c clock.c copy.c deliver.c directory.c exit.c fd.c identity.c io.c memfd.c memory.c node.c \
             open.c path.c place.c poll.c proc.c random.c range.c seek.c sigcall.c signal.c stack.c \
             start.c stat.c

linux_dir := servers/pager/personality/linux
linux_world := tests/unit/linux_world.c lib/elf/elf.c $(addprefix $(linux_dir)/,$(linux.src))
linux_inc := tests/unit $(linux_dir) servers/pager lib/pager lib/rt lib/elf
linux_word64 := tests/unit/word64 arch/riscv64
linux_word32 := tests/unit/word32 arch/armv7

unit.linux_parts_test.src := tests/unit/linux_parts_test.c \
    $(addprefix $(linux_dir)/,fd.c path.c stack.c signal.c random.c)
unit.linux_parts_test.inc := $(linux_inc) $(linux_word64)
unit.linux_call_test.src := tests/unit/linux_call_test.c tests/unit/linux_wait_test.c $(linux_world)
unit.linux_call_test.inc := $(linux_inc) $(linux_word64)
unit.linux_start_test.src := tests/unit/linux_start_test.c $(linux_world)
unit.linux_start_test.inc := $(linux_inc) $(linux_word64)
# The same calls of a 32-bit program, and what only those have.
unit.linux_call_32_test.src := tests/unit/linux_call_test.c tests/unit/linux_wait_test.c tests/unit/linux_32_test.c \
    $(linux_world)
unit.linux_call_32_test.inc := $(linux_inc) $(linux_word32)
