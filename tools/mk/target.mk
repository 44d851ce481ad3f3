# SPDX-License-Identifier: GPL-2.0-or-later
# How native code is compiled and linked: libraries, servers, kernel, loader, tests.

comma := ,
OBJ ?= $(OUT)/obj
objects = $(patsubst %,$(OBJ)/%.o,$(1))
ALL_SRC :=

# Others' headers are the system's: their warnings are not ours.
include_flags = $(patsubst -I$(THIRD)/%,-isystem $(THIRD)/%,$(addprefix -I,$(1)))

# $(call compile,SOURCES,INCLUDE FOLDERS,FLAGS,USED LIBRARIES)
define compile
$(call objects,$(1)): | $(call uses_ready,$(4))
ALL_SRC += $(1)
$(call objects,$(1)): private INC := $(call include_flags,$(2))
$(call objects,$(1)): private FLAGS := $(3)
endef

$(OBJ)/%.c.o: %.c
	@mkdir -p $(@D)
	$(call say,CC,$<)$(compile_c)

$(OBJ)/%.S.o: %.S
	@mkdir -p $(@D)
	$(call say,AS,$<)$(CC) $(NATIVE) $(FLAGS) $(INC) $(DEPS) -c -o $@ $<

# Libraries of the servers.
define library
$(call compile,$($(1).src),$(1) $(SERVER_INC) $(call uses_inc,$($(1).uses)),$(LIBC) $($(1).cflags),$($(1).uses))
$(OUT)/lib/$(notdir $(1)).a: $(call objects,$($(1).src))
	@mkdir -p $$(@D)
	$$(call say,AR,$$@)rm -f $$@ && $(AR) rcsD $$@ $$^
endef
$(foreach l,$(LIBS),$(eval $(call library,$l)))

# $(call native,NAME,SOURCES,USED LIBRARIES,SCRIPT,FLAGS): an ELF that links picolibc.
define native
$(OUT)/$(1).elf: $(call objects,$(2)) $(call uses_lib,$(3)) $(4)
	@mkdir -p $$(@D)
	$$(call say,LD,$$@)$(CC) $(LINK) $(LIBC) $(5) -T $(4) -o $$@ $(call objects,$(2)) \
	    -Wl,--start-group $(call uses_lib,$(3)) -Wl,--end-group -Wl,-Map=$$(@:.elf=.map)
endef

SERVER_LD := arch/$(ARCH)/server.ld
# The C library's malloc is called through lib/rt, and so finds lib/rt's sbrk, not its own; its
# printf needs no floats.
SERVER_FLAGS := -Wl,--wrap=malloc,--wrap=calloc -DPICOLIBC_INTEGER_PRINTF_SCANF

# $(call server,FOLDER)
define server
$(call compile,$($(1).src),$(1) $(SERVER_INC) $(call uses_inc,$($(1).uses) rt),$(LIBC) $($(1).cflags),$($(1).uses))
$(call native,$(notdir $(1)),$($(1).src),$($(1).uses) rt,$(SERVER_LD),$(SERVER_FLAGS))
endef
$(foreach s,$(SERVERS),$(eval $(call server,$s)))
ELFS := $(patsubst servers/%,$(OUT)/%.elf,$(SERVERS))

# $(call program,KIND,NAME): a ktest, a bench or another native server; sources from the root.
define program
$(call compile,$(filter-out $(ALL_SRC),$($(1).$(2).src)),$(sort $(dir $($(1).$(2).src))) $(SERVER_INC) \
    $(call uses_inc,test $($(1).$(2).uses) rt),$(LIBC),test $($(1).$(2).uses))
$(call native,$(1)/$(2),$($(1).$(2).src),test $($(1).$(2).uses) rt,$(SERVER_LD),$(SERVER_FLAGS))
endef
$(foreach k,ktest bench elf,$(foreach n,$(call declared,$k),$(eval $(call program,$k,$n))))
KTESTS := $(patsubst %,$(OUT)/ktest/%.elf,$(call declared,ktest))
BENCHES := $(patsubst %,$(OUT)/bench/%.elf,$(call declared,bench))
PROBES := $(patsubst %,$(OUT)/elf/%.elf,$(call declared,elf))

# Kernel and loader; the port supplies the linker scripts.
# $(call kernel_elf,NAME,OBJECTS,FLAGS)
define kernel_elf
$(OUT)/$(1).elf: $(2) $(call uses_lib,$(kernel.uses)) arch/$(ARCH)/link.ld
	$$(call say,LD,$$@)$(CC) $(LINK) -nostdlib -T arch/$(ARCH)/link.ld -o $$@ \
	    $(2) $(call uses_lib,$(kernel.uses)) -lgcc -Wl,-Map=$$(@:.elf=.map) $(3)
	$(if $(filter kernel-counted,$(1)),,@tools/check/jumps $(CROSS)objdump $$@)
endef
ifneq ($(filter kernel,$(ROOMS)),)
$(eval $(call compile,$(kernel.src) $(NO_FAST),kernel $(COMMON_INC),$(LIBC) $(kernel.cflags),))
$(call objects,$(kernel.hot)): private FLAGS += -O2 $(HOT)
$(call objects,$(kernel.loops)): private FLAGS += $(LOOPS)
$(call objects,$(filter-out $(kernel.alone),$(kernel.src))): private FLAGS += $(WHOLE)
$(eval $(call kernel_elf,kernel,$(call objects,$(kernel.src)),$(kernel.cflags) $(WHOLE)))
ELFS += $(OUT)/kernel.elf

# Kernels for tests only. One whose common cases all take the slow path: the other objects are
# the same. And one that counts what it executes, as tools/cover reads out of its memory; without
# optimisation it calls where others jump, but uses no register that carries a message, if need be
# because the port says so (COUNTED_FLAGS).
$(eval $(call kernel_elf,kernel-slow,$(call objects,$(filter-out kernel/fast.c,$(kernel.src)) $(NO_FAST)),$(kernel.cflags) $(WHOLE)))
COUNTED := $(patsubst %,$(OUT)/counted/%.o,$(kernel.src))
$(OUT)/counted/%.o: %
	@mkdir -p $(@D)
	$(call say,CC,$< (counted))$(CC) $(WARN) $(NATIVE) $(LIBC) -O0 $(COUNTED_FLAGS) --coverage -fprofile-abs-path \
	    -fprofile-info-section=.data.gcov_info \
	    $(call include_flags,kernel $(COMMON_INC)) $(DEPS) -c -o $@ $<
$(eval $(call kernel_elf,kernel-counted,$(COUNTED),-Wl$(comma)--no-gc-sections -Wl$(comma)--defsym=__gcov_merge_add=0))
-include $(wildcard $(COUNTED:.o=.d))
endif

ifneq ($(filter boot,$(ROOMS)),)
$(eval $(call compile,$(boot.src),boot $(COMMON_INC) $(call uses_inc,$(boot.uses)),$(LIBC) $(boot.cflags),$(boot.uses)))
$(eval $(call native,loader,$(boot.src),$(boot.uses),arch/$(ARCH)/loader.ld,))
ELFS += $(OUT)/loader.elf $(OUT)/loader.bin
$(OUT)/loader.bin: $(OUT)/loader.elf
	@$(CROSS)objcopy -O binary $< $@
endif

# What goes into boot archives: the same without symbols.
IMAGES := $(patsubst $(OUT)/%.elf,$(OUT)/image/%,$(filter-out %/loader.elf %/loader.bin,$(ELFS) $(KTESTS) $(BENCHES) $(PROBES)))
$(OUT)/image/%: $(OUT)/%.elf
	@mkdir -p $(@D)
	@$(CROSS)strip -o $@ $<

# Linux programs for the scenarios.
define task
$(OUT)/task/$(1): $(task.$(1).src)
	@mkdir -p $$(@D)
	$$(call say,TASK,$$@)$(TASKCC) -static -O2 -D_FILE_OFFSET_BITS=64 -Wall -Wextra -Werror -Iarch/$(ARCH) $(REPRO) -o $$@ $$^
endef
$(foreach t,$(call declared,task),$(eval $(call task,$t)))
TASKS := $(patsubst %,$(OUT)/task/%,$(call declared,task))

# All C of ours, and the kernel's, for TOOL=.
.PHONY: objects kernel-objects
objects: $(call objects,$(sort $(filter %.c,$(ALL_SRC))))
kernel-objects: $(call objects,$(filter %.c,$(kernel.src)))

-include $(wildcard $(patsubst %.o,%.d,$(call objects,$(sort $(ALL_SRC)))))
