# SPDX-License-Identifier: GPL-2.0-or-later
# Flags. TARGET is the port's; all else is the same for every port.
CC      := $(CROSS)gcc
AR      := $(CROSS)ar
HOSTCC  := gcc
TASKCC  := $(TASK_CROSS)gcc

WARN   := -std=c11 -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wundef -Wvla -Werror
REPRO  := -ffile-prefix-map=$(CURDIR)/=
DEPS   := -MMD -MP
NATIVE := $(TARGET) -O2 -g -ffreestanding -fno-delete-null-pointer-checks -ffunction-sections \
          -fdata-sections -fno-common $(REPRO)
LIBC   := --specs=picolibc.specs
LINK   := $(TARGET) -nostartfiles -static -Wl,--gc-sections -Wl,--build-id=none \
          -Wl,-z,max-page-size=4096 -Wl,--fatal-warnings -Wl,--no-warn-rwx-segments

# Compiled as one when it is linked, in one piece: the same binary whatever the machine.
WHOLE  := -flto=1 -flto-partition=one
# May a loop keep in registers what it does not change?
LOOPS    := -fmove-loop-invariants -ftree-loop-im
NO_LOOPS := -fno-move-loop-invariants -fno-tree-loop-im
# What is jumped to with its caller's arguments is not to get others.
NO_SPLIT := -fno-ipa-sra

# Pairs of words stay pairs, and comparisons apart from one another.
PAIRS := -fno-split-wide-types --param logical-op-non-short-circuit=0

# TOOL=clang compiles with clang, TOOL=tidy only looks, TOOL=analyze compiles with GCC's analyzer:
# all for `make check`, and only for objects, in a folder of their own.
ifneq ($(TOOL),)
OBJ := $(OUT)/$(TOOL)
WHOLE :=
endif
ifneq ($(filter clang tidy,$(TOOL)),)
CC     := clang $(CLANG_TARGET)
NATIVE := $(filter-out $(TARGET),$(NATIVE)) -Wno-unknown-warning-option
LIBC   := $(CLANG_LIBC)
LOOPS    :=
NO_LOOPS :=
PLAIN    :=
NO_SPLIT :=
PAIRS    :=
endif
ifeq ($(TOOL),analyze)
CC     := $(CC) -fanalyzer
endif
compile_c = $(CC) $(WARN) $(NATIVE) $(FLAGS) $(INC) $(DEPS) -c -o $@ $<
ifeq ($(TOOL),tidy)
compile_c = clang-tidy --quiet $< -- $(CLANG_TARGET) $(WARN) $(NATIVE) $(FLAGS) $(INC) 2>&1 && touch $@
endif

# Where every module may look; its own folder and those it uses come on top.
COMMON_INC := lib/abi arch/$(ARCH)
SERVER_INC := lib/abi lib/protocol lib/rt arch/$(ARCH)

# Host tests are the same for every ARCH: what they need of a port, they take from this one.
HOST_ARCH := riscv64
HOSTFLAGS := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer $(REPRO)
ifneq ($(COVERAGE),)
HOSTFLAGS := -O0 -g --coverage -fprofile-abs-path
endif
