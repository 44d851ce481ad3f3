# SPDX-License-Identifier: GPL-2.0-or-later
# Host unit tests: every source compiled here, under ASan and UBSan.

UNIT_INC := lib/test lib/abi lib/protocol lib/ds
UNITS    := $(call declared,unit)

# $(call unit,NAME)
define unit
$(HOST)/obj/$(1)/%.o: private INC := $(addprefix -I,$(unit.$(1).inc) $(UNIT_INC))
$(HOST)/$(1): $(patsubst %,$(HOST)/obj/$(1)/%.o,$(sort $(unit.$(1).src) lib/test/unit_main.c))
	$$(call say,LD,$$@)$(HOSTCC) $(HOSTFLAGS) -o $$@ $$(filter %.o,$$^)
$(HOST)/obj/$(1)/%.o: %
	@mkdir -p $$(@D)
	$$(call say,HOSTCC,$(1): $$<)$(HOSTCC) $(WARN) $(HOSTFLAGS) $$(INC) $(DEPS) -c -o $$@ $$<
-include $(patsubst %,$(HOST)/obj/$(1)/%.d,$(unit.$(1).src) lib/test/unit_main.c)
endef
$(foreach u,$(UNITS),$(eval $(call unit,$u)))

.PHONY: units
units: $(addprefix $(HOST)/,$(UNITS))

# Where the runner finds what was built.
TEST = QUIRE_OUT=$(abspath $(O)) tools/test --arch $(ARCH)
