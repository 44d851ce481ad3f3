ext2fs.src := source.c system.c
ext2fs.uses := libext2fs
