/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * call.c - from a trap to its handler and back; the table of calls.h made real.
 */
#include "person.h"
#include "rt.h"

struct row {
    result_t (*handler)(struct trap *x);
    char name[20];
    char arguments[7];
};

enum row_index {
    ROW_NONE,
#define X(name, arguments, handler) ROW_##name,
    ABI_CALLS(X)
#undef X
        ROW_COUNT
};
_Static_assert(ROW_COUNT <= 256, "row_of holds bytes");

static const struct row rows[ROW_COUNT] = {[ROW_NONE] = {call_missing, "unknown", ""},
#define X(name, arguments, handler) [ROW_##name] = {call_##handler, #name, arguments},
                                           ABI_CALLS(X)
#undef X
};

static const uint8_t row_of[PERSON_NUMBERS] = {
#define X(name, arguments, handler) [NR_##name] = ROW_##name,
    ABI_CALLS(X)
#undef X
};

static const struct row *row_find(uint64_t number)
{
    number = abi_call(number);
    return &rows[number < PERSON_NUMBERS ? row_of[number] : ROW_NONE];
}

/* The value of one argument; *at is the first register that is left. */
static uint64_t argument(char kind, const word_t *word, unsigned *at)
{
    if (kind == '@')
        return (uint64_t)LINUX_AT_FDCWD;
    if (kind == 'o' && ABI_WORD_BITS == 32) {
        *at += *at & ABI_PAIRS_EVEN;
        *at += 2;
        return (uint32_t)word[*at - 2] | (uint64_t)word[*at - 1] << 16 << 16;
    }
    word += (*at)++;
    if (kind == 'i')
        return (uint64_t)(int64_t)(int32_t)*word;
    if (kind == 's')
        return (uint16_t)*word == UINT16_MAX ? UINT32_MAX : (uint16_t)*word;
    if (kind == 'l')
        return (uint64_t)(int64_t)(abi_int_t)*word;
    return kind == 'u' ? (uint32_t)*word : (abi_word_t)*word;
}

/* Arguments as the handler's C types would have them. */
static void trap_decode(struct trap *x, const char *kinds, const word_t *word)
{
    for (unsigned i = 0, at = 0; i < 6 && kinds[i]; i++) {
        x->narrow |= kinds[i] == 'h';
        x->arg[i] = argument(kinds[i], word, &at);
    }
}

static const uint16_t errno_of[ERR_COUNT] = {
    [ERR_NO_MEMORY] = LINUX_ENOMEM,       [ERR_BAD_ARG] = LINUX_EINVAL,
    [ERR_FAULT] = LINUX_EFAULT,           [ERR_REFUSED] = LINUX_EPERM,
    [ERR_BAD_HANDLE] = LINUX_EBADF,       [ERR_NOT_FOUND] = LINUX_ENOENT,
    [ERR_EXISTS] = LINUX_EEXIST,          [ERR_NOT_DIR] = LINUX_ENOTDIR,
    [ERR_IS_DIR] = LINUX_EISDIR,          [ERR_LOOP] = LINUX_ELOOP,
    [ERR_NAME_LONG] = LINUX_ENAMETOOLONG, [ERR_IO] = LINUX_EIO,
    [ERR_CORRUPT] = LINUX_EUCLEAN,        [ERR_END] = LINUX_EINVAL,
    [ERR_LIMIT] = LINUX_ENFILE,           [ERR_NOT_EXEC] = LINUX_ENOEXEC,
    [ERR_NO_ACCESS] = LINUX_EACCES,       [ERR_READ_ONLY] = LINUX_EROFS,
    [ERR_NO_SPACE] = LINUX_ENOSPC,        [ERR_DIR_NOT_EMPTY] = LINUX_ENOTEMPTY,
    [ERR_LINKS] = LINUX_EMLINK,           [ERR_BIG] = LINUX_EFBIG,
    [ERR_TEXT_BUSY] = LINUX_ETXTBSY,      [ERR_BUSY] = LINUX_EBUSY,
};

result_t result_of(enum err e)
{
    if (e == ERR_OK)
        return 0;
    if (e == ERR_PENDING)
        return RESULT_PARK;
    return e < ERR_COUNT && errno_of[e] ? -(result_t)errno_of[e] : FAIL(EIO);
}

result_t result_of_vm(enum err e)
{
    return e == ERR_LIMIT ? RESULT_KILL : result_of(e);
}

result_t call_done(struct trap *x)
{
    (void)x;
    return 0;
}

result_t call_absent(struct trap *x)
{
    (void)x;
    return FAIL(ENOSYS);
}

result_t call_missing(struct trap *x)
{
    uint64_t *word = &x->person->missing[x->number % PERSON_NUMBERS / 64];
    uint64_t bit = (uint64_t)1 << x->number % 64;

    if (!(*word & bit))
        log_line("pid %u: call %u (%s) is not supported", (unsigned)x->person->pid, x->number,
                 row_find(x->number)->name);
    *word |= bit;
    return FAIL(ENOSYS);
}

/* The answer to a trap whose handler is done: its result, or the handler of a signal. */
static enum event_end trap_finish(struct trap *x, result_t result)
{
    struct person *p = x->person;
    uint64_t reg[REG_COUNT];
    bool entered = false;

    if (signal_peek(&p->signals) != SIGNAL_NONE) {
        registers_read(x->task, reg);
        if (result != RESULT_AS_IS)
            reg[REG_RESULT] = (uint64_t)result; /* the address is behind the trap already */
        if (person_deliver(x->task, reg, &entered)) {
            p->progress.finished = true;
            p->progress.result = result;
            return EVENT_PARK;
        }
    }
    if (entered)
        registers_write(x->task, reg);
    x->event->info = entered || result == RESULT_AS_IS ? INFO_AS_IS : 0;
    x->event->word[0] = (word_t)result;
    return EVENT_ANSWER;
}

enum event_end person_trap(struct task *t, struct event *e)
{
    struct person *p = t->person;
    struct trap x = {.task = t, .person = p, .event = e, .number = (unsigned)e->word[TRAP_NUMBER]};
    const struct row *row = row_find(e->word[TRAP_NUMBER]);
    result_t result;

    if (!e->again) {
        memset(&p->progress, 0, sizeof(p->progress));
        t->status->syscalls++;
    }
    trap_decode(&x, row->arguments, &e->word[TRAP_ARG0]);
    result = p->progress.finished ? p->progress.result : row->handler(&x);
    if (result == RESULT_KILL)
        person_die(t, &(struct signal_fact){.number = LINUX_SIGKILL}, e->word[TRAP_IP]);
    if (result == RESULT_PARK) {
        t->deadline = p->progress.wake;
        return EVENT_PARK;
    }
    return trap_finish(&x, result);
}

void person_notified(struct task *t, word_t bits)
{
    (void)t;
    (void)bits; /* main.c tries parked traps again; nothing else waits for a bit */
}
