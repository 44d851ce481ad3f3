# SPDX-License-Identifier: GPL-2.0-or-later
# The tools and flags of this port. picolibc has no multilib for _zicsr: the old ISA
# specification names the same instructions without it. Strings need no alignment.
CROSS      := riscv64-unknown-elf-
TASK_CROSS := riscv64-linux-gnu-
TARGET     := -march=rv64imac -misa-spec=2.2 -mabi=lp64 -mcmodel=medany -malign-data=natural
HOT          :=
# A short way around is smaller than both ways and a choice; what only some ways have computed
# already is not computed on the others to be there for all.
PLAIN        := -fno-if-conversion -fno-tree-pre
CLANG_TARGET := --target=riscv64-unknown-elf -march=rv64imac -mabi=lp64 -mcmodel=medany -mno-relax
CLANG_LIBC   := -isystem /usr/lib/picolibc/riscv64-unknown-elf/include
BUSYBOX_ARCH := riscv
bench.turn := tests/bench/riscv64/turn.c
