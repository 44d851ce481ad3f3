include servers/pager/personality/linux/sources.mk

pager.src := main.c init.c exec.c fault.c anon.c object.c map.c remap.c advise.c copy.c record.c \
             evict.c exact.c sample.c numbers.c $(addprefix personality/linux/,$(linux.src))
pager.uses := pager elf ds string
