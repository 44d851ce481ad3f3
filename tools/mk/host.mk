# SPDX-License-Identifier: GPL-2.0-or-later
# Host unit tests: every source compiled here, under ASan and UBSan.

UNIT_INC := lib/test lib/abi lib/protocol lib/ds
UNITS    := $(call declared,unit)

# A unit may have flags of its own (unit.NAME.flags): one that is to be fast.
unit_flags = $(if $(COVERAGE),$(HOSTFLAGS),$(or $(unit.$(1).flags),$(HOSTFLAGS)))

# $(call unit,NAME)
define unit
$(HOST)/obj/$(1)/%.o: private INC := $(call include_flags,$(unit.$(1).inc) $(UNIT_INC) $(call uses_inc,$(unit.$(1).uses)))
$(HOST)/$(1): $(patsubst %,$(HOST)/obj/$(1)/%.o,$(sort $(unit.$(1).src) lib/test/unit_main.c)) \
    $(patsubst %,$(HOST)/%.a,$(filter $(FOREIGN),$(unit.$(1).uses)))
	$$(call say,LD,$$@)$(HOSTCC) $(unit_flags) -o $$@ $$(filter %.o,$$^) $$(filter %.a,$$^)
$(HOST)/obj/$(1)/%.o: % | $(call uses_ready,$(unit.$(1).uses))
	@mkdir -p $$(@D)
	$$(call say,HOSTCC,$(1): $$<)$(HOSTCC) $(WARN) $(unit_flags) $$(INC) $(DEPS) -c -o $$@ $$<
-include $(patsubst %,$(HOST)/obj/$(1)/%.d,$(unit.$(1).src) lib/test/unit_main.c)
endef
$(foreach u,$(UNITS),$(eval $(call unit,$u)))

.PHONY: units
units: $(addprefix $(HOST)/,$(UNITS))

# The tools find what was built by these.
TOOLS_ENV := QUIRE_OUT=$(abspath $(O))
TEST  := $(TOOLS_ENV) tools/test --arch $(ARCH) --units '$(UNITS)' --ktests '$(call declared,ktest)'
BENCH := $(TOOLS_ENV) tools/bench --arch $(ARCH) --native '$(call declared,bench)'
# A unit with flags of its own is another one's twin.
COVERED := $(foreach u,$(UNITS),$(if $(unit.$u.flags),,$(if $(findstring $(T),$u),$u)))
COVER := $(TOOLS_ENV) tools/cover --arch $(ARCH) --host $(abspath $(O)/cover/host) \
         --units '$(COVERED)' --ktests '$(call declared,ktest)'
