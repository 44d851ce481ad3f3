process.src := main.c program.c supervisor.c template.c stream.c report.c memory.c figures.c
process.uses := rt virtio elf start
