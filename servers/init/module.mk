init.src := main.c manifest.c options.c files.c device.c child.c block.c grant.c memory.c watch.c \
            audit.c fatal.c
init.uses := root virtio elf libfdt

unit.block_test.src := tests/unit/block_test.c servers/init/block.c lib/rt/start_block.c
unit.block_test.inc := servers/init lib/rt
unit.manifest_test.src := tests/unit/manifest_test.c servers/init/manifest.c servers/init/options.c
unit.manifest_test.inc := servers/init
