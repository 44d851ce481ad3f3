elf.file_client.src := tests/server/file_client.c tests/server/client.c
elf.frame_client.src := tests/server/frame_client.c tests/server/client.c
elf.process_client.src := tests/server/process_client.c tests/server/client.c
elf.process_file.src := tests/server/process_file.c
elf.swap_client.src := tests/server/swap_client.c tests/server/client.c
