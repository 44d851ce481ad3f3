/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * main.c - where a server's C begins: start.S comes here.
 */
#include "boot.h"
#include "rt.h"
#include "start.h"

int main(void);
_Noreturn void rt_main(const void *at);

static void root_begin(const struct bootinfo *boot)
{
    slots_init(boot->free_first, CAPTABLE_SLOTS(INIT_ROOT_BITS) - boot->free_first);
    log_name("init");
}

static void server_begin(const void *at)
{
    slots_init(SLOT_FREE, CAPTABLE_SLOTS(SERVER_ROOT_BITS) - SLOT_FREE);
    if (!start_open(at))
        die("the start block is malformed");
    log_name(start_block()->name);
}

/* `at` is START_VA: a start block, or for the first task of all the kernel's bootinfo. */
void rt_main(const void *at)
{
    const struct bootinfo *boot = at;

    if (boot->magic == BOOT_MAGIC)
        root_begin(boot);
    else
        server_begin(at);
    main();
    die("main returned");
}
