swap.src := main.c events.c service.c put.c orphan.c get.c object.c off.c deliver.c session.c want.c anon.c store.c \
            direct.c desk.c reach.c read.c write.c cache.c disk.c page.c place.c table.c reserve.c supply.c
swap.uses := virtio ds string

unit.swap_table_test.src := tests/unit/swap_table_test.c \
    $(addprefix servers/swap/,table.c place.c reserve.c) lib/rt/reclaim.c
unit.swap_table_test.inc := servers/swap lib/rt

# All but main.c and supply.c, on a model of the frame server and of disks.
unit.swap_test.src := $(addprefix tests/unit/swap_,test.c orphan_test.c direct_test.c world.c) \
    lib/rt/reclaim.c \
    $(filter-out %/main.c %/supply.c,$(addprefix servers/swap/,$(swap.src)))
unit.swap_test.inc := servers/swap lib/rt lib/virtio tests/unit
