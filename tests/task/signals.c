// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * signals - what faults and signals to oneself do: codes, addresses, masks, stacks, and that
 * a handler's return leaves every register as it was.
 */
#define _GNU_SOURCE
#include "check.h"

#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#define PAGE 4096

static sigjmp_buf back;
static volatile sig_atomic_t caught, code, count;
static void *volatile address;
static char *page; /* of which a handler may change the rights */

static void jump_back(int number, siginfo_t *info, void *context)
{
    (void)context;
    caught = number;
    code = info->si_code;
    address = info->si_addr;
    siglongjmp(back, 1);
}

static void allow(int number, siginfo_t *info, void *context)
{
    (void)number, (void)info, (void)context;
    count++;
    mprotect(page, PAGE, PROT_READ | PROT_WRITE);
}

static void just_count(int number)
{
    (void)number;
    count++;
}

static void handle(int number, void (*handler)(int, siginfo_t *, void *), int flags)
{
    struct sigaction action;

    memset(&action, 0, sizeof(action));
    action.sa_sigaction = handler;
    action.sa_flags = SA_SIGINFO | flags;
    sigaction(number, &action, NULL);
}

static int signal_of_read(volatile char *at)
{
    caught = 0;
    if (sigsetjmp(back, 1) == 0)
        (void)*at;
    return caught;
}

static int signal_of_write(volatile char *at)
{
    caught = 0;
    if (sigsetjmp(back, 1) == 0)
        *at = 1;
    return caught;
}

static char *anonymous(size_t bytes, int rights)
{
    return mmap(NULL, bytes, rights, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void faults(void)
{
    char *p = anonymous(3 * PAGE, PROT_READ | PROT_WRITE);

    handle(SIGSEGV, jump_back, 0);
    CHECK(signal_of_read((char *)8) == SIGSEGV && address == (void *)8 && code == SEGV_MAPERR);
    mprotect(p + PAGE, PAGE, PROT_READ);
    CHECK(signal_of_read(p + PAGE) == 0);
    CHECK(signal_of_write(p + PAGE + 5) == SIGSEGV);
    CHECK(address == p + PAGE + 5 && code == SEGV_ACCERR);
    CHECK(signal_of_write(p) == 0 && signal_of_write(p + 2 * PAGE) == 0);
    munmap(p + PAGE, PAGE);
    CHECK(signal_of_read(p + PAGE) == SIGSEGV && code == SEGV_MAPERR);
    CHECK(signal_of_read(p + PAGE) == SIGSEGV); /* the mask was put back by siglongjmp */
    signal(SIGSEGV, SIG_DFL);
}

/* A handler that repairs the page; then the instruction is done again. */
static void repair(void)
{
    page = anonymous(PAGE, PROT_NONE);
    handle(SIGSEGV, allow, 0);
    count = 0;
    *(volatile char *)page = 42;
    CHECK(*page == 42);
    CHECK(count == 1);
    signal(SIGSEGV, SIG_DFL);
}

/* Values in registers across a handler. */
static void registers(void)
{
    double sum = 0;

    signal(SIGUSR1, just_count);
    count = 0;
    for (int i = 1; i <= 100; i++) {
        sum += 1.0 / i;
        if (i % 10 == 0)
            raise(SIGUSR1);
    }
    CHECK(count == 10);
    CHECK(sum > 5.1873775 && sum < 5.1873776);
}

static void masks(void)
{
    sigset_t set, old, pending;

    signal(SIGUSR2, just_count);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    CHECK(sigprocmask(SIG_BLOCK, &set, &old) == 0);
    count = 0;
    kill(getpid(), SIGUSR2);
    kill(getpid(), SIGUSR2);
    CHECK(count == 0);
    CHECK(sigpending(&pending) == 0 && sigismember(&pending, SIGUSR2) == 1);
    CHECK(sigprocmask(SIG_SETMASK, &old, NULL) == 0);
    CHECK(count == 1);
    kill(getpid(), SIGUSR2);
    sigprocmask(SIG_BLOCK, &set, NULL);
    kill(getpid(), SIGUSR2);
    CHECK(sigsuspend(&old) == -1 && errno == EINTR);
    CHECK(count == 3);
    CHECK(sigprocmask(SIG_SETMASK, NULL, &set) == 0 && sigismember(&set, SIGUSR2) == 1);
    signal(SIGUSR2, SIG_IGN);
    sigprocmask(SIG_SETMASK, &old, NULL);
    raise(SIGUSR2);
    CHECK(count == 3);
}

static int deep(volatile char *above, int levels)
{
    volatile char frame[4096];

    frame[0] = *above;
    return levels == 0 ? 0 : deep(frame, levels - 1) + frame[0];
}

/* A stack that overflows, survived on another one. */
static void overflow(void)
{
    stack_t other = {.ss_sp = anonymous(65536, PROT_READ | PROT_WRITE), .ss_size = 65536}, old;
    volatile char top = 1;

    CHECK(sigaltstack(&other, NULL) == 0);
    handle(SIGSEGV, jump_back, SA_ONSTACK);
    caught = 0;
    if (sigsetjmp(back, 1) == 0)
        deep(&top, 1 << 20);
    CHECK(caught == SIGSEGV);
    CHECK(sigaltstack(NULL, &old) == 0 && old.ss_sp == other.ss_sp);
    other.ss_flags = SS_DISABLE;
    CHECK(sigaltstack(&other, NULL) == 0);
    signal(SIGSEGV, SIG_DFL);
}

static void errors(void)
{
    struct sigaction action = {.sa_handler = just_count};

    CHECK_FAILS(sigaction(SIGKILL, &action, NULL), EINVAL);
    CHECK_FAILS(sigaction(65, &action, NULL), EINVAL);
    CHECK_FAILS(kill(getpid(), 65), EINVAL);
    CHECK(kill(getpid(), 0) == 0);
}

int main(void)
{
    faults();
    repair();
    registers();
    masks();
    overflow();
    errors();
    return check_summary();
}
