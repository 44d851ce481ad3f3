include servers/pager/personality/linux/sources.mk

pager_vm := init.c fault.c anon.c object.c shared.c record.c store.c fill.c spare.c outgoing.c evict.c sample.c \
            exact.c pressure.c stall.c map.c remap.c advise.c lock.c copy.c exec.c numbers.c
pager.src := main.c $(pager_vm) $(addprefix personality/linux/,$(linux.src))
pager.uses := pager ds elf string

pager_world := $(addprefix tests/unit/pager_,world.c kernel.c servers.c store.c) \
               $(addprefix servers/pager/,$(pager_vm)) $(pager_lib)
pager_inc := tests/unit servers/pager lib/pager lib/rt arch/$(HOST_ARCH)
unit.vm_map_test.src := tests/unit/vm_map_test.c $(pager_world)
unit.vm_map_test.inc := $(pager_inc)
unit.vm_page_test.src := tests/unit/vm_page_test.c $(pager_world)
unit.vm_page_test.inc := $(pager_inc)
unit.vm_policy_test.src := tests/unit/vm_policy_test.c $(pager_world)
unit.vm_policy_test.inc := $(pager_inc)
unit.vm_fuzz_test.src := tests/unit/vm_fuzz_test.c $(pager_world)
unit.vm_fuzz_test.inc := $(pager_inc)
unit.page_slots_test.src := tests/unit/page_slots_test.c $(pager_world)
unit.page_slots_test.inc := $(pager_inc)
unit.vm_store_test.src := tests/unit/vm_store_test.c $(pager_world)
unit.vm_store_test.inc := $(pager_inc)
unit.vm_share_test.src := tests/unit/vm_share_test.c $(pager_world)
unit.vm_share_test.inc := $(pager_inc)
