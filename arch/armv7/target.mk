# SPDX-License-Identifier: GPL-2.0-or-later
# The tools and flags of this port. Small code is Thumb; what counts instructions is ARM.
CROSS      := arm-none-eabi-
TASK_CROSS := arm-linux-gnueabihf-
TARGET     := -mcpu=cortex-a15 -mthumb -mfloat-abi=soft
HOT         = -marm -mtune=cortex-a9 $(PAIRS) $(NO_SPLIT)
PLAIN       :=
# Without optimisation, too, the words of a message stay where they are.
COUNTED_FLAGS := -fomit-frame-pointer $(addprefix -ffixed-r,4 5 6 7 8 9 10 11)
CLANG_TARGET := --target=arm-none-eabi -mcpu=cortex-a15 -mthumb -mfloat-abi=soft
CLANG_LIBC   := -isystem /usr/lib/picolibc/arm-none-eabi/include
BUSYBOX_ARCH := arm
bench.turn := tests/bench/armv7/turn.S
