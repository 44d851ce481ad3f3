# SPDX-License-Identifier: GPL-2.0-or-later
# Reads the modules' module.mk. A room takes part once it has one. Afterwards, for a
# module in FOLDER: FOLDER.src (paths from the root), FOLDER.uses, FOLDER.cflags. Two
# modules in different rooms may have the same name (lib/pager, servers/pager).

LIBS    := $(patsubst %/module.mk,%,$(wildcard lib/*/module.mk))
SERVERS := $(patsubst %/module.mk,%,$(wildcard servers/*/module.mk))
ROOMS   := $(patsubst %/module.mk,%,$(wildcard kernel/module.mk boot/module.mk))
OTHERS  := $(wildcard arch/$(ARCH)/module.mk tests/module.mk tests/*/module.mk)

FIELDS := src uses cflags ld

# $(call take,FOLDER)
define take
$(foreach f,$(FIELDS),$(eval $(notdir $(1)).$f :=))
$(eval include $(1)/module.mk)
$(eval $(1).src := $(addprefix $(1)/,$($(notdir $(1)).src)))
$(eval $(1).uses := $($(notdir $(1)).uses))
$(eval $(1).cflags := $($(notdir $(1)).cflags))
$(eval $(1).ld := $(addprefix $(1)/,$($(notdir $(1)).ld)))
endef

$(foreach m,$(LIBS) $(SERVERS) $(ROOMS),$(call take,$m))
include $(OTHERS)

# The port's parts of other modules: arch.kernel.src joins kernel.src, and so on.
join_arch = $(eval $(1).src += $(addprefix arch/$(ARCH)/,$(arch.$(notdir $(1)).src)))
$(foreach m,$(LIBS) $(ROOMS),$(call join_arch,$m))

# Names of the tests and programs declared anywhere: $(call declared,unit)
declared = $(sort $(patsubst $(1).%.src,%,$(filter $(1).%.src,$(.VARIABLES))))

# All that NAMES use, themselves first, each once: $(call closure,NAMES)
closure = $(call closure_walk,$(strip $(1)),)
closure_walk = $(if $(1),$(call closure_step,$(firstword $(1)),$(wordlist 2,99,$(1)),$(2)),$(2))
closure_step = $(call closure_walk,$(strip $(2) $(if $(filter $(1),$(3)),,$(lib/$(1).uses))),$(strip \
    $(3) $(filter-out $(3),$(1))))

# Include folders and archives of a list of used names.
FOREIGN := libfdt libext2fs
uses_inc = $(foreach u,$(call closure,$(1)),$(if $(filter $u,$(FOREIGN)),$($u.inc),lib/$u))
uses_lib = $(foreach u,$(call closure,$(1)),$(if $(filter $u,$(FOREIGN)),$($u.lib),$(if $(filter \
    lib/$u,$(LIBS)),$(OUT)/lib/$u.a)))
uses_ready = $(foreach u,$(call closure,$(1)),$($u.ready))
