// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * zipf FILE PAGES REFERENCES [SEED] - reads one word of each of REFERENCES pages of a mapped
 * file, chosen by Zipf's law (page k with weight 1/(k+1)) in an order that depends on the seed
 * only. Prints the sum of the words read: the same whatever the paging policy does.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#define PAGE       4096u
#define PAGES_MOST 4096u
#define WEIGHT     ((uint64_t)1 << 32)

static uint64_t below[PAGES_MOST]; /* sum of the weights up to a page */

static uint32_t page_choose(uint64_t *state, uint32_t pages)
{
    uint32_t low = 0, high = pages - 1;
    uint64_t point;

    *state = *state * 6364136223846793005u + 1442695040888963407u;
    point = (*state >> 16) % below[pages - 1];
    while (low < high) {
        uint32_t middle = (low + high) / 2;

        if (below[middle] > point)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

int main(int argc, char **argv)
{
    uint32_t pages = argc > 2 ? (uint32_t)atoi(argv[2]) : 0;
    uint64_t state = argc > 4 ? strtoul(argv[4], NULL, 0) : 1, sum = 0;
    int fd = argc > 3 ? open(argv[1], O_RDONLY) : -1;
    const uint32_t *words;

    if (fd < 0 || pages == 0 || pages > PAGES_MOST)
        return 2;
    words = mmap(NULL, (size_t)pages * PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
    if (words == MAP_FAILED)
        return 2;
    for (uint32_t k = 0; k < pages; k++)
        below[k] = (k > 0 ? below[k - 1] : 0) + WEIGHT / (k + 1);
    for (long i = atol(argv[3]); i > 0; i--)
        sum += words[page_choose(&state, pages) * (PAGE / sizeof(*words))];
    printf("%llu\n", (unsigned long long)sum);
    return 0;
}
