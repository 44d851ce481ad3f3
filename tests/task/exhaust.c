// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * exhaust MEBIBYTES FILE TOUCHES - goes at random through so much anonymous memory and a FILE that
 * it maps shared, a word a page, and writes every other one that it touches. Now and then it looks
 * how much memory is free.
 *
 * Ends with 42 if each word was what was written there last, a tenth of the looks found no frame
 * free, and swap is free again in the end; with 1 if not so, with 2 if it could not begin.
 */
#define _DEFAULT_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGE       4096u
#define LOOK_EACH  256u /* touches */
#define FILE_EACH  8u   /* touches: one goes to the file */
#define LOOKS_NONE 10u  /* of so many looks one finds no frame free */
#define OWN_KB     256u /* of our own pages in swap: data, stack, what is counted */

/* Each page's first word is the number of times that it was written. */
struct area {
    volatile uint32_t *at;
    uint32_t *written; /* what they should be */
    uint32_t pages;
};

static int area_make(struct area *a, size_t bytes, int flags, int fd)
{
    void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, flags, fd, 0);

    a->pages = (uint32_t)(bytes / PAGE);
    a->written = calloc(a->pages + 1, sizeof(*a->written));
    a->at = at;
    return a->pages > 0 && a->written != NULL && at != MAP_FAILED;
}

static uint32_t touch(const struct area *a, uint32_t page, int write)
{
    volatile uint32_t *word = a->at + (size_t)page * (PAGE / sizeof(*word));
    uint32_t wrong = *word != a->written[page];

    if (write)
        *word = ++a->written[page];
    return wrong;
}

static uint32_t random_below(uint32_t n)
{
    static uint64_t state = 1;

    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(((state >> 32) * n) >> 32);
}

/* kB that /proc/meminfo tells by that name. */
static unsigned long tells(const char *name)
{
    static int fd = -1;
    char text[2048];
    const char *at;
    ssize_t bytes;

    if (fd < 0)
        fd = open("/proc/meminfo", O_RDONLY);
    bytes = pread(fd, text, sizeof(text) - 1, 0);
    text[bytes < 0 ? 0 : bytes] = '\0';
    at = strstr(text, name);
    return at == NULL ? 1 : strtoul(at + strlen(name), NULL, 10);
}

int main(int argc, char **argv)
{
    uint32_t touches = argc == 4 ? (uint32_t)strtoul(argv[3], NULL, 0) : 0;
    uint32_t wrong = 0, looks = 0, none = 0;
    struct area memory, file;
    struct stat s;
    unsigned long left;
    int fd = argc == 4 ? open(argv[2], O_RDWR) : -1;

    if (fd < 0 || fstat(fd, &s) != 0 || !area_make(&file, (size_t)s.st_size, MAP_SHARED, fd) ||
        !area_make(&memory, (size_t)strtoul(argv[1], NULL, 0) << 20, MAP_PRIVATE | MAP_ANONYMOUS,
                   -1)) {
        fprintf(stderr, "usage: exhaust MEBIBYTES FILE TOUCHES\n");
        return 2;
    }
    for (uint32_t page = 0; page < memory.pages; page++)
        wrong += touch(&memory, page, 1);
    for (uint32_t i = 0; i < touches; i++) {
        const struct area *a = i % FILE_EACH == 0 ? &file : &memory;

        wrong += touch(a, random_below(a->pages), i % 2);
        wrong += i % FILE_EACH == 0 ? touch(a, random_below(a->pages), 1) : 0;
        if (i % LOOK_EACH == 0) {
            looks++;
            none += tells("FreeFrames:") == 0;
        }
    }
    wrong += msync((void *)file.at, (size_t)file.pages * PAGE, MS_SYNC) != 0;
    munmap((void *)memory.at, (size_t)memory.pages * PAGE);
    printf("%u touches: %u wrong\n", touches, wrong);
    left = tells("SwapTotal:") - tells("SwapFree:");
    fprintf(stderr, "%u looks, %u found no frame free; %lu kB of swap left\n", looks, none, left);
    return wrong == 0 && none >= looks / LOOKS_NONE && left <= OWN_KB ? 42 : 1;
}
