/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stack.c - see stack.h. The strings go over as they lie, in two pieces; the words
 * pass through a small buffer, so a program with many arguments needs no more room here.
 */
#include "stack.h"
#include "abi.h"

#include <string.h>

#define WORDS 32u

struct writer {
    enum err (*put)(void *context, uint64_t va, const void *from, size_t bytes);
    void *context;
    enum err err;
    uint64_t va;
    unsigned word, used;
    uint8_t buffer[WORDS * 8];
};

static void writer_flush(struct writer *w)
{
    if (w->err == ERR_OK && w->used > 0)
        w->err = w->put(w->context, w->va, w->buffer, w->used);
    w->va += w->used;
    w->used = 0;
}

static void writer_word(struct writer *w, uint64_t value)
{
    for (unsigned i = 0; i < w->word; i++)
        w->buffer[w->used++] = (uint8_t)(value >> 8 * i);
    if (w->used + w->word > sizeof(w->buffer))
        writer_flush(w);
}

unsigned string_list_count(const struct string_list *l)
{
    unsigned count = 0;

    for (uint32_t i = 0; i < l->bytes; i++)
        count += l->at[i] == '\0';
    return count;
}

/* The addresses of the list's strings, which lie at `va`, and a zero. */
static void writer_strings(struct writer *w, const struct string_list *l, uint64_t va)
{
    uint32_t start = 0;

    for (uint32_t i = 0; i < l->bytes; i++) {
        if (l->at[i] != '\0')
            continue;
        writer_word(w, va + start);
        start = i + 1;
    }
    writer_word(w, 0);
}

static void writer_pair(struct writer *w, uint64_t key, uint64_t value)
{
    writer_word(w, key);
    writer_word(w, value);
}

void stack_auxiliary(struct stack_plan *plan, uint64_t key, uint64_t value)
{
    plan->auxiliary[plan->auxiliary_count].key = key;
    plan->auxiliary[plan->auxiliary_count++].value = value;
}

enum err stack_write(const struct stack_plan *plan,
                     enum err (*put)(void *context, uint64_t va, const void *from, size_t bytes),
                     void *context, uint64_t *sp)
{
    uint64_t random = plan->top - STACK_RANDOM;
    uint64_t envp = random - plan->envp.bytes;
    uint64_t argv = envp - plan->argv.bytes;
    unsigned argc = string_list_count(&plan->argv), envc = string_list_count(&plan->envp);
    unsigned words = 1 + argc + 1 + envc + 1 + 2 * (plan->auxiliary_count + 3);
    struct writer w = {.put = put, .context = context, .word = plan->word};

    *sp = (argv - (uint64_t)words * plan->word) & ~(uint64_t)15;
    w.va = *sp;
    writer_word(&w, argc);
    writer_strings(&w, &plan->argv, argv);
    writer_strings(&w, &plan->envp, envp);
    for (unsigned i = 0; i < plan->auxiliary_count; i++)
        writer_pair(&w, plan->auxiliary[i].key, plan->auxiliary[i].value);
    writer_pair(&w, LINUX_AT_RANDOM, random);
    writer_pair(&w, LINUX_AT_EXECFN, argv);
    writer_pair(&w, LINUX_AT_NULL, 0);
    writer_flush(&w);
    if (w.err == ERR_OK && plan->argv.bytes > 0)
        w.err = put(context, argv, plan->argv.at, plan->argv.bytes);
    if (w.err == ERR_OK && plan->envp.bytes > 0)
        w.err = put(context, envp, plan->envp.at, plan->envp.bytes);
    if (w.err == ERR_OK)
        w.err = put(context, random, plan->random, STACK_RANDOM);
    return w.err;
}
