// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * rewrite FILE - maps the whole of a file shared, turns every bit of it, and syncs. Each word is
 * read before it is written and must be its own number. 0: done; 3: a word was not what it was.
 */
#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    struct stat s;
    uint32_t *word;
    int fd = argc == 2 ? open(argv[1], O_RDWR) : -1;

    if (fd < 0 || fstat(fd, &s) != 0)
        return 2;
    word = mmap(NULL, (size_t)s.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (word == MAP_FAILED)
        return 2;
    for (uint32_t i = 0; i < (uint64_t)s.st_size / sizeof(*word); i++) {
        if (word[i] != i)
            return 3;
        word[i] = ~i;
    }
    return msync(word, (size_t)s.st_size, MS_SYNC) == 0 ? 0 : 1;
}
