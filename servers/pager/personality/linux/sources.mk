# The personality's part of servers/pager.
linux.src := call.c clock.c copy.c deliver.c exit.c fd.c identity.c io.c memory.c node.c open.c \
             path.c place.c poll.c proc.c random.c seek.c sigcall.c signal.c stack.c start.c stat.c
