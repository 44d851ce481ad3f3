/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * unit_main.c - runs the tests linked into a host program.
 *
 * Usage: PROGRAM [PART...]: only tests whose "group: name" contains one of the parts.
 * Tests run in the order of their source. Exit 0: all passed; 1: some failed, or none ran.
 */
#include "unit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

extern const struct unit_test *const __start_tests[];
extern const struct unit_test *const __stop_tests[];

static jmp_buf out_of_test;
static char reason[512];

void unit_fail(const char *file, int line, const char *format, ...)
{
    const char *base = strrchr(file, '/');
    int n = snprintf(reason, sizeof(reason), "%s:%d: ", base ? base + 1 : file, line);
    va_list args;

    va_start(args, format);
    vsnprintf(reason + n, sizeof(reason) - (size_t)n, format, args);
    va_end(args);
    longjmp(out_of_test, 1);
}

static void sentence_of(const struct unit_test *t, char *out, size_t bytes)
{
    snprintf(out, bytes, "%s: %s", t->group, t->name);
    for (char *c = strchr(out, ':'); *c != '\0'; c++)
        if (*c == '_')
            *c = ' ';
}

static int by_source(const void *a, const void *b)
{
    const struct unit_test *x = *(const struct unit_test *const *)a;
    const struct unit_test *y = *(const struct unit_test *const *)b;
    int order = strcmp(x->file, y->file);

    return order != 0 ? order : x->line - y->line;
}

static bool wanted(const char *sentence, int parts, char **part)
{
    for (int i = 0; i < parts; i++)
        if (strstr(sentence, part[i]) != NULL)
            return true;
    return parts == 0;
}

/* true if it passed */
static bool test_run(const struct unit_test *t, const char *sentence)
{
    if (setjmp(out_of_test) != 0) {
        printf("FAIL %s  %s\n", sentence, reason);
        return false;
    }
    t->run();
    printf("ok %s\n", sentence);
    return true;
}

int main(int argc, char **argv)
{
    size_t count = (size_t)(__stop_tests - __start_tests);
    const struct unit_test **test = calloc(count, sizeof(*test));
    unsigned passed = 0, failed = 0;

    if (test == NULL)
        return 1;
    setvbuf(stdout, NULL, _IOLBF, 0); /* what was said before a crash is seen */
    memcpy(test, __start_tests, count * sizeof(*test));
    qsort(test, count, sizeof(*test), by_source);
    for (size_t i = 0; i < count; i++) {
        char sentence[256];

        sentence_of(test[i], sentence, sizeof(sentence));
        if (!wanted(sentence, argc - 1, argv + 1))
            continue;
        if (test_run(test[i], sentence))
            passed++;
        else
            failed++;
    }
    free(test);
    printf("%u passed, %u failed\n", passed, failed);
    return failed == 0 && passed > 0 ? 0 : 1;
}
