// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mapwalk FILE [MALLOC_BYTES] - maps a file whose 32-bit word i is i, visits its pages in
 * random order, checks every word; beside it fills and checks memory of malloc's. Ends
 * with 42 if all was right, 1 if a word was wrong, 2 if it could not begin.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define PAGE  4096u
#define WORDS (PAGE / sizeof(uint32_t))

static uint32_t random_below(uint64_t *state, uint32_t n)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(((*state >> 32) * n) >> 32);
}

/* A permutation of the pages (Fisher and Yates). */
static uint32_t *order_make(uint32_t pages)
{
    uint32_t *order = malloc(pages * sizeof(*order));
    uint64_t state = 1;

    for (uint32_t i = 0; order != NULL && i < pages; i++) {
        uint32_t j = random_below(&state, i + 1);

        order[i] = order[j];
        order[j] = i;
    }
    return order;
}

static unsigned long walk(const uint32_t *words, uint32_t pages, const uint32_t *order)
{
    unsigned long wrong = 0;

    for (uint32_t p = 0; p < pages; p++)
        for (uint32_t i = order[p] * WORDS; i < (order[p] + 1) * WORDS; i++)
            wrong += words[i] != i;
    return wrong;
}

static unsigned long fill_and_check(uint32_t *words, size_t count)
{
    unsigned long wrong = 0;

    for (size_t i = 0; i < count; i++)
        words[i] = (uint32_t)(i * 2654435761u);
    for (size_t i = 0; i < count; i++)
        wrong += words[i] != (uint32_t)(i * 2654435761u);
    return wrong;
}

int main(int argc, char **argv)
{
    size_t bytes = argc > 2 ? strtoul(argv[2], NULL, 0) : 8u << 20;
    int fd = argc > 1 ? open(argv[1], O_RDONLY) : -1;
    uint32_t *own = malloc(bytes), *order;
    const uint32_t *words;
    unsigned long wrong;
    struct stat st;

    if (fd < 0 || fstat(fd, &st) != 0 || own == NULL)
        return 2;
    words = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    order = order_make((uint32_t)(st.st_size / PAGE));
    if (words == MAP_FAILED || order == NULL)
        return 2;
    wrong = walk(words, (uint32_t)(st.st_size / PAGE), order);
    printf("file: %lu of %lu words wrong\n", wrong, (unsigned long)st.st_size / 4);
    wrong += fill_and_check(own, bytes / 4);
    printf("all: %lu wrong\n", wrong);
    return wrong == 0 ? 42 : 1;
}
