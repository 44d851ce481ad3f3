init.src := main.c manifest.c reading.c rules.c options.c files.c device.c child.c grant.c memory.c watch.c \
            audit.c fatal.c
init.uses := root virtio elf start libfdt

unit.manifest_test.src := tests/unit/manifest_test.c servers/init/manifest.c servers/init/reading.c \
                          servers/init/rules.c servers/init/options.c
unit.manifest_test.inc := servers/init
unit.manifest_test.uses := libfdt
