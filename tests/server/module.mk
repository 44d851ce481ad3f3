elf.frame_client.src := tests/server/frame_client.c tests/server/client.c
