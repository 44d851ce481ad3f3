# SPDX-License-Identifier: GPL-2.0-or-later
# The personality's part of servers/pager.
linux.src := call.c change.c clock.c copy.c deliver.c directory.c exit.c fd.c identity.c io.c memory.c node.c \
             open.c path.c place.c poll.c proc.c random.c seek.c sigcall.c signal.c stack.c \
             start.c stat.c

linux_dir := servers/pager/personality/linux
linux_world := tests/unit/linux_world.c lib/elf/elf.c $(addprefix $(linux_dir)/,$(linux.src))
linux_inc := tests/unit $(linux_dir) servers/pager lib/pager lib/rt lib/elf arch/$(ARCH)
unit.linux_parts_test.src := tests/unit/linux_parts_test.c \
    $(addprefix $(linux_dir)/,fd.c path.c stack.c signal.c random.c)
unit.linux_parts_test.inc := $(linux_inc)
unit.linux_call_test.src := tests/unit/linux_call_test.c $(linux_world)
unit.linux_call_test.inc := $(linux_inc)
unit.linux_start_test.src := tests/unit/linux_start_test.c $(linux_world)
unit.linux_start_test.inc := $(linux_inc)
