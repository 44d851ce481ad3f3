elf.file_client.src := tests/server/file_client.c tests/server/client.c
elf.frame_client.src := $(addprefix tests/server/,frame_client.c frame_calls.c client.c)
elf.taking_client.src := $(addprefix tests/server/,taking_client.c frame_calls.c client.c)
elf.oom_client.src := $(addprefix tests/server/,oom_client.c frame_calls.c client.c)
elf.tapped_client.src := $(addprefix tests/server/,tapped_client.c frame_calls.c client.c)
elf.process_client.src := $(addprefix tests/server/,process_client.c hostile.c client.c)
elf.process_file.src := tests/server/process_file.c
elf.swap_client.src := $(addprefix tests/server/,swap_client.c swap_direct.c swap_tenant.c client.c)
elf.swap_rough_client.src := tests/server/swap_rough_client.c tests/server/swap_tenant.c \
    tests/server/client.c
elf.hostile_client.src := \
    $(addprefix tests/server/,hostile_client.c hostile.c frame_calls.c client.c)
