// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * promises FOLDER ROUNDS [ask] - writes, renames, removals and syncs, and says what each sync
 * that was answered promises, a line each:
 *
 *   change NAME              nothing is promised about the name any more
 *   is NAME SEED BYTES       it is a file of so many bytes, made of the seed
 *   gone NAME                there is no such name
 *   error CALL ERRNO         the call failed, and told it
 *
 * With `ask` it waits for a byte of input behind each promise. It reads the file "data" as well,
 * whose words count from 0. Ends with 42 if all was right or told, 1 if not, 2 if it could not
 * begin. A line "wrong ..." says what was not right.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGE       4096u
#define WORDS      (PAGE / sizeof(uint32_t))
#define FILE_BYTES (8 * PAGE)
#define MAP_PAGES  4u
#define READS      16 /* of each kind in a round */

static uint32_t content[FILE_BYTES / sizeof(uint32_t)];
static uint32_t buffer[WORDS];
static sigjmp_buf lost;
static volatile sig_atomic_t touching; /* a mapping: `lost` is where to go */
static unsigned wrongs;
static int ask, folder;
static uint32_t random_state = 1;

static uint32_t random_below(uint32_t n)
{
    random_state = random_state * 1664525u + 1013904223u;
    return (uint32_t)(((uint64_t)random_state * n) >> 32);
}

static void wrong(const char *what, const char *name)
{
    printf("wrong %s %s\n", what, name);
    wrongs++;
}

/* Whether a call that an error may befall succeeded; what failed for another reason is wrong. */
static int went(long result, const char *call)
{
    if (result >= 0)
        return 1;
    printf("error %s %d\n", call, errno);
    if (errno != EIO && errno != EROFS)
        wrong("error of", call);
    return 0;
}

static void change(const char *name)
{
    printf("change %s\n", name);
}

static void promise(void)
{
    char byte;

    fflush(stdout);
    if (ask && read(0, &byte, 1) != 1)
        exit(2);
}

static void is(const char *name, uint32_t seed, unsigned bytes)
{
    printf("is %s %u %u\n", name, seed, bytes);
    promise();
}

static void gone(const char *name)
{
    printf("gone %s\n", name);
    promise();
}

static void make(uint32_t *to, uint32_t seed, unsigned bytes)
{
    for (uint32_t i = 0; i < bytes / sizeof(*to); i++)
        to[i] = seed * 0x9e3779b1u + i;
}

static int write_all(int fd, unsigned bytes)
{
    for (unsigned done = 0; done < bytes;) {
        ssize_t n = write(fd, (const char *)content + done, bytes - done);

        if (!went(n, "write"))
            return 0;
        done += (unsigned)n;
    }
    return 1;
}

/* Whether it is there, whole. */
static int file_make(const char *name, uint32_t seed, unsigned bytes, int sync)
{
    int fd, written;

    change(name);
    fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (!went(fd, "open"))
        return 0;
    make(content, seed, bytes);
    written = write_all(fd, bytes);
    if (sync && went(fsync(fd), "fsync") && written)
        is(name, seed, bytes);
    return went(close(fd), "close") && written;
}

/* The folder's names are as they are now. */
static int names_sync(void)
{
    return went(fsync(folder), "fsync");
}

static void move(const char *from, const char *to, uint32_t seed, unsigned bytes)
{
    change(from);
    change(to);
    if (!went(rename(from, to), "rename") || !names_sync())
        return;
    is(to, seed, bytes);
    gone(from);
}

static void end(const char *name)
{
    change(name);
    if (went(unlink(name), "unlink") && names_sync())
        gone(name);
}

/* Words of a growing file; all that were ever appended and told count. */
static void append(const char *name, uint32_t seed, unsigned round)
{
    static unsigned told;
    int fd = open(name, O_WRONLY | O_CREAT | O_APPEND, 0644);
    struct stat s;

    if (!went(fd, "open"))
        return;
    change(name);
    make(content, seed, (told + 25) * sizeof(uint32_t));
    if (round > 0 && went(fstat(fd, &s), "fstat") && (size_t)s.st_size != told * sizeof(uint32_t))
        wrong("size of", name);
    if (went(write(fd, content + told, 25 * sizeof(uint32_t)), "write")) {
        told += 25;
        if (went(fdatasync(fd), "fdatasync"))
            is(name, seed, told * sizeof(uint32_t));
    }
    went(close(fd), "close");
}

/* Through a shared mapping. */
static void map_write(const char *name, uint32_t seed)
{
    int fd = open(name, O_RDWR | O_CREAT, 0644);
    uint32_t *at = MAP_FAILED;

    if (!went(fd, "open"))
        return;
    change(name);
    if (went(ftruncate(fd, MAP_PAGES * PAGE), "ftruncate"))
        at = mmap(NULL, MAP_PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (at != MAP_FAILED) {
        if (sigsetjmp(lost, 1) != 0) {
            printf("error mapping %d\n", EIO);
        } else {
            touching = 1;
            make(at, seed, MAP_PAGES * PAGE);
            touching = 0;
            if (went(msync(at, MAP_PAGES * PAGE, MS_SYNC), "msync") && went(fsync(fd), "fsync"))
                is(name, seed, MAP_PAGES * PAGE);
        }
        munmap(at, MAP_PAGES * PAGE);
    }
    went(close(fd), "close");
}

/* A file without a name that stays open to the end. */
static void orphan(void)
{
    int fd = open("orphan", O_RDWR | O_CREAT, 0644);

    change("orphan");
    if (!went(fd, "open"))
        return;
    write_all(fd, 3 * PAGE);
    if (went(fsync(fd), "fsync") && went(unlink("orphan"), "unlink") && names_sync())
        gone("orphan");
}

static void page_check(const uint32_t *page, uint32_t index)
{
    for (uint32_t i = 0; i < WORDS; i++)
        if (page[i] != index * WORDS + i) {
            wrong("data at", "data");
            return;
        }
}

static void data_read(int fd, const uint32_t *map, uint32_t pages)
{
    for (int i = 0; i < READS; i++) {
        uint32_t index = random_below(pages);

        if (went(pread(fd, buffer, PAGE, (off_t)index * PAGE), "pread"))
            page_check(buffer, index);
        index = random_below(pages);
        if (sigsetjmp(lost, 1) == 0) {
            touching = 1;
            page_check(map + index * WORDS, index);
            touching = 0;
        } else {
            printf("error touch %d\n", EIO);
        }
    }
}

/* What is not there may be a page of the program, too, which then ends by the signal. */
static void on_bus_error(int number)
{
    if (!touching) {
        signal(number, SIG_DFL);
        return;
    }
    touching = 0;
    siglongjmp(lost, 1);
}

static void round_of(unsigned i)
{
    char name[16], last[16];

    snprintf(name, sizeof(name), "f%u", i);
    snprintf(last, sizeof(last), "f%u", i - 1);
    file_make(name, i, (1 + i % 5) * PAGE + 40 * i, 1);
    file_make("scratch", 400 + i, 5 * PAGE, 0);
    if (file_make("new", 500 + i, 4 * PAGE, 1))
        move("new", "renamed", 500 + i, 4 * PAGE);
    append("log", 7, i);
    map_write("map", 600 + i);
    if (i % 4 == 1)
        orphan();
    if (i % 2 == 1 && access(last, F_OK) == 0)
        end(last);
    snprintf(name, sizeof(name), "d%u", i);
    went(mkdir(name, 0755), "mkdir");
}

int main(int argc, char **argv)
{
    unsigned rounds = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 0) : 0;
    const uint32_t *map;
    struct stat s;
    int data;

    ask = argc > 3;
    setvbuf(stdout, NULL, _IOLBF, 0);
    mlockall(MCL_CURRENT); /* what fails then is what it asks for, not its code */
    signal(SIGBUS, on_bus_error);
    if (rounds == 0 || !went(chdir(argv[1]), "chdir"))
        return 2;
    folder = open(".", O_RDONLY | O_DIRECTORY);
    data = open("data", O_RDONLY);
    if (!went(folder, "open") || !went(data, "open") || !went(fstat(data, &s), "fstat"))
        return 2;
    map = mmap(NULL, (size_t)s.st_size, PROT_READ, MAP_SHARED, data, 0);
    if (map == MAP_FAILED)
        return 2;
    for (unsigned i = 0; i < rounds; i++) {
        round_of(i);
        data_read(data, map, (uint32_t)s.st_size / PAGE);
    }
    printf("end\n");
    return wrongs == 0 ? 42 : 1;
}
