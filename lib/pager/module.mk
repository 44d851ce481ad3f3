pager.src := drop.c loop.c page.c pool.c region.c slots.c tables.c resident.c \
             policy/fifo.c policy/clock.c policy/lru.c policy/policies.c
pager.uses := ds

pager_policies := lib/pager/resident.c $(addprefix lib/pager/policy/,fifo.c clock.c lru.c policies.c)
unit.policy_test.src := tests/unit/policy_test.c $(pager_policies)
unit.policy_test.inc := lib/pager
unit.resident_test.src := tests/unit/resident_test.c $(pager_policies)
unit.resident_test.inc := lib/pager
