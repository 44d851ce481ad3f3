// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * overfill MEBIBYTES TOUCHES [SEED [lossy]] - fills anonymous memory with words that a generator
 * makes of place and generation, touches pages at random (every other touch writes the page anew),
 * and in the end checks every word. Ends with 42 if all was right, 1 if a word was wrong, 2 if it
 * could not begin.
 *
 * A `lossy` one survives SIGBUS: the page is lost, told, and touched no more. It says when the
 * memory is filled. What it needs for
 * that it locks in memory.
 */
#define _DEFAULT_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#define PAGE  4096u
#define WORDS (PAGE / sizeof(uint64_t))

static uint64_t word_of(uint32_t page, uint32_t generation, uint32_t i)
{
    uint64_t x = ((uint64_t)page << 32 | generation) * 0x9e3779b97f4a7c15u + i;

    return (x ^ x >> 29) * 0xbf58476d1ce4e5b9u;
}

static void fill(uint64_t *at, uint32_t page, uint32_t generation)
{
    for (uint32_t i = 0; i < WORDS; i++)
        at[i] = word_of(page, generation, i);
}

static unsigned long wrong(const uint64_t *at, uint32_t page, uint32_t generation, uint32_t step)
{
    unsigned long n = 0;

    for (uint32_t i = 0; i < WORDS; i += step)
        n += at[i] != word_of(page, generation, i);
    return n;
}

static uint32_t random_below(uint64_t *state, uint32_t n)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(((*state >> 32) * n) >> 32);
}

#define LOST UINT32_MAX /* a page's generation, then */

static sigjmp_buf lost;

static void on_bus_error(int number)
{
    (void)number;
    siglongjmp(lost, 1);
}

/* What is wrong with a page; then it may be written anew. */
static unsigned long touch(uint64_t *memory, uint32_t page, uint32_t *generation, uint32_t step,
                           int write)
{
    uint64_t *at = memory + page * WORDS;
    unsigned long bad;

    if (generation[page] == LOST)
        return 0;
    if (sigsetjmp(lost, 1) != 0) {
        generation[page] = LOST;
        return 0;
    }
    bad = wrong(at, page, generation[page], step);
    if (write) {
        fill(at, page, generation[page] + 1);
        generation[page]++;
    }
    return bad;
}

static uint32_t lost_pages(const uint32_t *generation, uint32_t pages)
{
    uint32_t n = 0;

    for (uint32_t page = 0; page < pages; page++)
        n += generation[page] == LOST;
    return n;
}

/* Touches; a page's generation counts how often it was written. */
static unsigned long walk(uint64_t *memory, uint32_t pages, uint32_t *generation, uint32_t touches,
                          uint64_t seed)
{
    unsigned long bad = 0;

    for (uint32_t i = 0; i < touches; i++)
        bad += touch(memory, random_below(&seed, pages), generation, 64, i % 2 == 1);
    return bad;
}

int main(int argc, char **argv)
{
    uint32_t pages = argc > 2 ? (uint32_t)strtoul(argv[1], NULL, 0) * (1048576u / PAGE) : 0;
    uint32_t touches = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 0) : 0;
    uint64_t seed = argc > 3 ? strtoull(argv[3], NULL, 0) : 1;
    uint32_t *generation = calloc(pages + 1, sizeof(*generation));
    uint64_t *memory;
    unsigned long bad;

    if (argc > 4 && mlockall(MCL_CURRENT) != 0) /* what is needed to tell stays */
        return 2;
    if (argc > 4)
        signal(SIGBUS, on_bus_error);
    memory = mmap(NULL, (size_t)pages * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                  -1, 0);
    if (pages == 0 || generation == NULL || memory == MAP_FAILED) {
        fprintf(stderr, "usage: overfill MEBIBYTES TOUCHES [SEED [lossy]]\n");
        return 2;
    }
    for (uint32_t page = 0; page < pages; page++)
        fill(memory + page * WORDS, page, 0);
    if (argc > 4) {
        printf("filled\n");
        fflush(stdout);
    }
    bad = walk(memory, pages, generation, touches, seed);
    for (uint32_t page = 0; page < pages; page++)
        bad += touch(memory, page, generation, 1, 0);
    printf("%u pages, %u touches: %lu wrong", pages, touches, bad);
    if (lost_pages(generation, pages) > 0)
        printf(", %u lost", lost_pages(generation, pages));
    printf("\n");
    return bad == 0 ? 42 : 1;
}
