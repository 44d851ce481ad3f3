process.src := main.c rest.c program.c supervisor.c space.c gift.c template.c deaths.c stream.c report.c \
               memory.c figures.c
process.uses := rt virtio elf start

unit.process_test.src := tests/unit/process_test.c \
    $(addprefix servers/process/,program.c stream.c report.c memory.c figures.c)
unit.process_test.inc := servers/process lib/rt lib/virtio lib/elf
