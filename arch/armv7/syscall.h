/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * syscall.h - the trap into the kernel as user space sees it (registers: lib/abi/message.h).
 *
 * Words travel in r4..r11, all that the C calling convention preserves: they leave the compiler
 * no register to speak of, so the trap is a function (syscall.S).
 */
#ifndef ARCH_SYSCALL_H
#define ARCH_SYSCALL_H

#include "message.h"

#include <stdint.h>

struct trap_result {
    uintptr_t status, badge, kind;
};

/* word[8] goes in and comes out. */
struct trap_result arch_syscall(uintptr_t number, uintptr_t arg0, uintptr_t arg1, uintptr_t arg2,
                                uintptr_t arg3, uintptr_t *word);

#endif
