// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * crash HOW - ends in one of the ways in which programs do.
 */
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define KERNEL_ADDRESS ((volatile int *)(~(uintptr_t)0 << 4 * sizeof(uintptr_t)))

static uint32_t data[] = {0x00008067}; /* an instruction, in data */

static int null(void)
{
    return *(volatile int *)NULL;
}

static int kernel_read(void)
{
    return *KERNEL_ADDRESS;
}

static int kernel_write(void)
{
    *KERNEL_ADDRESS = 1;
    return 0;
}

static int jump_to_data(void)
{
    void (*run)(void);

    memcpy(&run, &(void *){data}, sizeof(run));
    run();
    return 0;
}

static int write_to_text(void)
{
    void *text;
    int (*here)(void) = write_to_text;

    memcpy(&text, &here, sizeof(text));
    *(volatile char *)text = 0;
    return 0;
}

static int deep(volatile char *above, volatile int levels)
{
    volatile char frame[65536];

    frame[0] = *above;
    return levels == 0 ? 0 : frame[0] + deep(frame, levels - 1);
}

static int overflow_stack(void)
{
    volatile char top = 1;

    return deep(&top, 1 << 20);
}

/* Never gives back, touches all. */
static int eat_memory(void)
{
    for (;;) {
        char *piece =
            mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

        if (piece == MAP_FAILED)
            return 9;
        memset(piece, 1, 1 << 20);
    }
}

static int for_ever(void)
{
    for (volatile int i = 1; i != 0; i = 1)
        ;
    return 0;
}

static int illegal(void)
{
    __asm__ volatile(".word 0xffffffff"); /* no instruction on any of our machines */
    return 0;
}

static int divide(void)
{
    return raise(SIGFPE);
}

static int give_up(void)
{
    abort();
}

static int kill_self(void)
{
    return kill(getpid(), SIGKILL);
}

static int end_now(void)
{
    _exit(77);
}

static const struct {
    const char *name;
    int (*how)(void);
} ways[] = {
    {"null", null},         {"kernel-read", kernel_read}, {"kernel-write", kernel_write},
    {"data", jump_to_data}, {"text", write_to_text},      {"stack", overflow_stack},
    {"memory", eat_memory}, {"for-ever", for_ever},       {"illegal", illegal},
    {"fpe", divide},        {"abort", give_up},           {"kill", kill_self},
    {"end", end_now},
};

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IONBF, 0);
    for (size_t i = 0; argc > 1 && i < sizeof(ways) / sizeof(ways[0]); i++) {
        if (strcmp(ways[i].name, argv[1]) == 0) {
            printf("%s\n", argv[1]);
            return ways[i].how();
        }
    }
    return 2;
}
