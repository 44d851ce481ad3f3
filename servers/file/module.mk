file.src := main.c service.c names.c data.c object.c lend.c session.c read.c want.c op.c walk.c \
            name.c node.c extent.c ahead.c fill.c request.c cache.c evict.c pool.c supply.c \
            policy/two_lists.c job.c metadata.c disk.c volume.c volume_map.c volume_dir.c
file.uses := virtio ext2fs pager ds string
