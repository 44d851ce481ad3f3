// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * overfill MEBIBYTES TOUCHES [SEED] - fills anonymous memory with words that a generator makes of
 * place and generation, touches pages at random (every other touch writes the page anew), and in
 * the end checks every word. Ends with 42 if all was right, 1 if a word was wrong, 2 if it could
 * not begin.
 */
#define _DEFAULT_SOURCE
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

/* Touches; a page's generation counts how often it was written. */
static unsigned long walk(uint64_t *memory, uint32_t pages, uint32_t *generation, uint32_t touches,
                          uint64_t seed)
{
    unsigned long bad = 0;

    for (uint32_t i = 0; i < touches; i++) {
        uint32_t page = random_below(&seed, pages);
        uint64_t *at = memory + page * WORDS;

        bad += wrong(at, page, generation[page], 64);
        if (i % 2 == 1)
            fill(at, page, ++generation[page]);
    }
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

    memory = mmap(NULL, (size_t)pages * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                  -1, 0);
    if (pages == 0 || generation == NULL || memory == MAP_FAILED) {
        fprintf(stderr, "usage: overfill MEBIBYTES TOUCHES [SEED]\n");
        return 2;
    }
    for (uint32_t page = 0; page < pages; page++)
        fill(memory + page * WORDS, page, 0);
    bad = walk(memory, pages, generation, touches, seed);
    for (uint32_t page = 0; page < pages; page++)
        bad += wrong(memory + page * WORDS, page, generation[page], 1);
    printf("%u pages, %u touches: %lu wrong\n", pages, touches, bad);
    return bad == 0 ? 42 : 1;
}
