pager_policies := resident.c policy/fifo.c policy/clock.c policy/lru.c policy/policies.c
pager_memory := region.c page.c slots.c pool.c tables.c drop.c
pager.src := loop.c $(pager_memory) $(pager_policies)
pager.uses := ds
pager_lib_policies := $(addprefix lib/pager/,$(pager_policies))
pager_lib := $(addprefix lib/pager/,$(pager_memory) $(pager_policies)) lib/rt/reclaim.c

unit.policy_test.src := tests/unit/policy_test.c $(pager_lib_policies)
unit.policy_test.inc := lib/pager
unit.resident_test.src := tests/unit/resident_test.c $(pager_lib_policies)
unit.resident_test.inc := lib/pager
unit.region_test.src := tests/unit/region_test.c lib/pager/region.c
unit.region_test.inc := lib/pager
unit.page_test.src := tests/unit/page_test.c lib/pager/page.c
unit.page_test.inc := lib/pager
