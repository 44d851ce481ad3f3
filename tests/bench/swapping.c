// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * swapping MEBIBYTES WAY COUNT - writes a number into each page of so much anonymous memory, then
 * does COUNT times what is measured. tools/bench runs it with a count and with 0, and takes the
 * difference of what the machine executed: so its idle time is no part of the figure, and the way
 * up to the first page is none either.
 *
 *   out    the first COUNT pages are paged out, and written
 *   in     all pages were paged out, and nobody has them in memory: COUNT are read, in no order
 *   read   COUNT pages are read at random
 *   write  the same, and a word is written
 *
 * Ends with 1 if a page that was touched has not its number, with 2 if it could not begin.
 */
#define _DEFAULT_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE      4096u
#define FILLER    (24u << 20) /* more than the machine has */
#define WRITTEN   100000u     /* us: by then the disk has all that was paged out */
#define IN_STRIDE 61u         /* far enough, and prime to every power of two */

struct area {
    volatile uint64_t *at;
    uint32_t pages;
};

static void must(int holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "swapping: %s\n", what);
        exit(2);
    }
}

static volatile uint64_t *page_of(const struct area *a, uint32_t page)
{
    return a->at + (size_t)page * (PAGE / sizeof(uint64_t));
}

static struct area area_new(size_t bytes)
{
    struct area a = {.pages = (uint32_t)(bytes / PAGE)};
    void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    must(at != MAP_FAILED, "no memory");
    a.at = at;
    for (uint32_t i = 0; i < a.pages; i++)
        *page_of(&a, i) = i + 1;
    return a;
}

static void page_out(const struct area *a, uint32_t pages)
{
    must(pages == 0 || madvise((void *)a->at, (size_t)pages * PAGE, MADV_PAGEOUT) == 0,
         "cannot page out");
    usleep(WRITTEN);
}

/* What is in memory of pages that are out is given up for memory that somebody touches. */
static void press(void)
{
    struct area filler = area_new(FILLER);

    munmap((void *)filler.at, FILLER);
}

static uint32_t touch(const struct area *a, uint32_t page, int write)
{
    volatile uint64_t *word = page_of(a, page);
    uint32_t wrong = *word != page + 1;

    if (write)
        *word = page + 1;
    return wrong;
}

static uint32_t at_random(const struct area *a, uint32_t count, int write)
{
    uint64_t state = 1;
    uint32_t wrong = 0;

    for (uint32_t i = 0; i < count; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        wrong += touch(a, (uint32_t)(((state >> 32) * a->pages) >> 32), write);
    }
    return wrong;
}

static uint32_t back_in(const struct area *a, uint32_t count)
{
    uint32_t wrong = 0;

    page_out(a, a->pages);
    press();
    madvise((void *)a->at, (size_t)a->pages * PAGE, MADV_RANDOM);
    for (uint32_t i = 0; i < count; i++)
        wrong += touch(a, i * IN_STRIDE % a->pages, 0);
    return wrong;
}

int main(int argc, char **argv)
{
    uint32_t count = argc == 4 ? (uint32_t)strtoul(argv[3], NULL, 0) : 0, wrong = 0;
    struct area a;

    must(argc == 4, "MEBIBYTES WAY COUNT are wanted");
    a = area_new((size_t)strtoul(argv[1], NULL, 0) << 20);
    if (strcmp(argv[2], "out") == 0)
        page_out(&a, count);
    else if (strcmp(argv[2], "in") == 0)
        wrong = back_in(&a, count);
    else
        wrong = at_random(&a, count, strcmp(argv[2], "write") == 0);
    return wrong > 0;
}
