frame.src := main.c service.c lend.c reclaim.c take.c compact.c ask.c queue.c session.c table.c \
    buddy.c magazine.c bank.c client.c tenancy.c pressure.c walk.c region.c home.c side.c \
    $(addprefix policy/,balance.c proportional.c priority.c working_set.c)

# All but main.c and side.c, on a model of the kernel.
unit.frame_test.src := $(filter-out %/main.c %/side.c,$(addprefix servers/frame/,$(frame.src))) \
    $(patsubst %,tests/unit/frame_%.c,bank_test buddy_test lend_test tenancy_test state_test \
    take_test compact_test ask_test balance_test history_test world kernel)
unit.frame_test.inc := servers/frame lib/rt
