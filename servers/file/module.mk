file.src := main.c service.c names.c changes.c modify.c data.c write.c object.c lend.c session.c \
            read.c want.c op.c walk.c name.c node.c extent.c ahead.c fill.c request.c cache.c \
            dirty.c write_back.c cut.c output.c evict.c pool.c supply.c policy/two_lists.c \
            policy/write_times.c job.c moment.c metadata.c journal.c disk.c volume.c volume_map.c \
            volume_dir.c change.c change_name.c change_file.c
file.uses := virtio ext2fs pager ds string

file_host := $(addprefix servers/file/,$(filter-out main.c supply.c disk.c,$(file.src))) \
    lib/ext2fs/source.c lib/ext2fs/system.c lib/pager/policy/fifo.c lib/pager/policy/clock.c \
    tests/unit/file_world.c tests/unit/host_fiber.c lib/rt/reclaim.c
file_host_inc := servers/file lib/rt lib/virtio lib/ext2fs lib/pager tests/unit

unit.file_test.src := tests/unit/file_cache_test.c tests/unit/file_read_test.c \
    tests/unit/file_name_test.c tests/unit/file_damage_test.c tests/unit/file_write_test.c \
    tests/unit/file_modify_test.c tests/unit/file_crash_test.c $(file_host)
unit.file_test.inc := $(file_host_inc)
unit.file_test.uses := libext2fs
unit.two_lists_test.src := tests/unit/two_lists_test.c servers/file/policy/two_lists.c \
    lib/pager/resident.c
unit.two_lists_test.inc := servers/file lib/pager lib/rt
