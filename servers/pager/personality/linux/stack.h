/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stack.h - what a program finds on its stack when it begins:
 *
 *   sp -> argc, argv[], 0, envp[], 0, auxiliary vector, 0 0, (gap),
 *         strings of argv, strings of envp, 16 random bytes       <- top
 *
 * sp is a multiple of 16. Pure: bytes leave through `put`.
 */
#ifndef LINUX_STACK_H
#define LINUX_STACK_H

#include "error.h"

#include <stddef.h>
#include <stdint.h>

#define STACK_AUXILIARY_MAX 24u
#define STACK_RANDOM        16u

/* Strings one behind the other, each with its \0. */
struct string_list {
    const char *at;
    uint32_t bytes;
};

struct stack_plan {
    uint64_t top;
    unsigned word; /* bytes of a word of the program: 4 or 8 */
    struct string_list argv, envp;
    uint8_t random[STACK_RANDOM];
    unsigned auxiliary_count; /* pairs; AT_RANDOM, AT_EXECFN (argv[0]) and AT_NULL are added */
    struct {
        uint64_t key, value;
    } auxiliary[STACK_AUXILIARY_MAX];
};

void stack_auxiliary(struct stack_plan *plan, uint64_t key, uint64_t value);
/* Writes it all; *sp is where the program begins. Stops at put's first error. */
enum err stack_write(const struct stack_plan *plan,
                     enum err (*put)(void *context, uint64_t va, const void *from, size_t bytes),
                     void *context, uint64_t *sp);
/* Number of strings in a list; an unfinished last one does not count. */
unsigned string_list_count(const struct string_list *l);

#endif
