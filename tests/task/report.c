// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * report [STATUS] [WORDS...] - tells what a program is given: arguments, environment, auxiliary
 * vector, standard input's length; a line to stderr; ends with STATUS.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

extern char **environ;

int main(int argc, char **argv)
{
    char buffer[512];
    long total = 0;
    ssize_t got;

    for (int i = 0; i < argc; i++)
        printf("argv[%d] = '%s'\n", i, argv[i]);
    for (char **variable = environ; *variable != NULL; variable++)
        printf("%s\n", *variable);
    printf("page size %lu\n", getauxval(AT_PAGESZ));
    while ((got = read(0, buffer, sizeof(buffer))) > 0)
        total += got;
    printf("standard input: %ld bytes, then %s\n", total, got == 0 ? "its end" : "an error");
    fprintf(stderr, "a line to stderr\n");
    return argc > 1 ? atoi(argv[1]) : 0;
}
