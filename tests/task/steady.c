// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * steady MEBIBYTES TOUCHES - touches pages of its own memory at random, checks what it finds and
 * writes it anew; in the end says how many words were wrong, and how long all took by the clock.
 * So it shows what the programs beside it cost. Ends with 42, with 1 if a word was wrong.
 */
#define _DEFAULT_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

#define PAGE  4096u
#define WORDS (PAGE / sizeof(uint64_t))
#define STEP  16u /* of the words of a page, every so many-th is used */

static uint64_t now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static uint32_t random_below(uint64_t *state, uint32_t n)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(((*state >> 32) * n) >> 32);
}

/* Checks the page against its count of visits, which this one adds to. */
static unsigned visit(uint64_t *at, uint32_t page, uint32_t *visits)
{
    uint64_t was = (uint64_t)page << 32 | *visits, is = (uint64_t)page << 32 | ++*visits;
    unsigned wrong = 0;

    for (unsigned i = 0; i < WORDS; i += STEP) {
        wrong += was % 0x100000000u != 0 && at[i] != was + i;
        at[i] = is + i;
    }
    return wrong;
}

int main(int argc, char **argv)
{
    uint32_t pages = argc > 2 ? (uint32_t)strtoul(argv[1], NULL, 0) * (1048576u / PAGE) : 0;
    uint32_t touches = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 0) : 0;
    uint32_t *visits = calloc(pages + 1, sizeof(*visits));
    uint64_t seed = 1, start = now();
    unsigned wrong = 0;
    uint64_t *memory;

    memory = mmap(NULL, (size_t)pages * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                  -1, 0);
    if (pages == 0 || visits == NULL || memory == MAP_FAILED) {
        fprintf(stderr, "usage: steady MEBIBYTES TOUCHES\n");
        return 2;
    }
    for (uint32_t i = 0; i < touches; i++) {
        uint32_t page = i < pages ? i : random_below(&seed, pages);

        wrong += visit(memory + page * WORDS, page, &visits[page]);
    }
    printf("steady: %u wrong, %llu ns\n", wrong, (unsigned long long)(now() - start));
    return wrong == 0 ? 42 : 1;
}
