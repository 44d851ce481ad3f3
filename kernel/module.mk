kernel.src := main.c ranges.c syscall.c invoke.c ipc.c fault.c sched.c timer.c walk.c log.c \
	object/tree.c object/cap.c object/captable.c object/untyped.c object/thread.c \
	object/endpoint.c object/reply.c object/notification.c object/space.c object/range.c \
	object/frame.c object/irq.c
kernel.uses := string
