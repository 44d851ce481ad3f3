/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * turn.c - the compiler leaves the words where they are.
 */
#include "turn.h"

#include "counter.h"
#include "syscall.h"

uint32_t turn_calls(unsigned rounds, cap_t session, uintptr_t info, cap_t send)
{
    uintptr_t word[MESSAGE_WORDS] = {1, 2, 3, 4, 5, 6, 7, 8};
    uint32_t total = 0;

    while (rounds--) {
        uint64_t t0 = arch_instructions();

        arch_syscall(SYS_CALL, session, info, send, 0, word);
        total += (uint32_t)(arch_instructions() - t0 - 1);
    }
    return total;
}

void turn_echo(void *none)
{
    uintptr_t word[MESSAGE_WORDS] = {0};

    (void)none;
    for (uintptr_t number = SYS_RECV;; number = SYS_REPLY_RECV)
        arch_syscall(number, 0, 0, 0, 0, word);
}
