frame.src := main.c service.c lend.c buddy.c magazine.c bank.c client.c tenancy.c pressure.c \
    walk.c home.c side.c

unit.frame_test.src := tests/unit/frame_bank_test.c tests/unit/frame_buddy_test.c \
    tests/unit/frame_service_test.c tests/unit/frame_history_test.c tests/unit/frame_kernel.c \
    tests/unit/frame_world.c \
    $(addprefix servers/frame/,service.c lend.c buddy.c magazine.c bank.c client.c tenancy.c \
    pressure.c walk.c home.c)
unit.frame_test.inc := servers/frame lib/rt
