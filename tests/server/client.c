/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * client.c - runs the tests linked into a native server, and ends the machine.
 *
 * It stands in the manifest where the process server would, with sessions at the servers
 * below. Tests run in the order of their source and print what host units print.
 */
#include "client.h"

#include "start.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

int main(void);

extern const struct unit_test *const __start_tests[];
extern const struct unit_test *const __stop_tests[];

static jmp_buf out_of_test;
static char reason[200];

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

void client_error(const char *file, int line, const char *text, enum err is, enum err want)
{
    if (is != want)
        unit_fail(file, line, "%s is %s, not %s", text, err_name(is), err_name(want));
}

static void sentence_of(const struct unit_test *t, char *out, size_t bytes)
{
    snprintf(out, bytes, "%s: %s", t->group, t->name);
    for (char *c = strchr(out, ':'); *c != '\0'; c++)
        if (*c == '_')
            *c = ' ';
}

/* The test of the lowest line that is above `line`: one file of tests is linked. */
static const struct unit_test *test_after(int line)
{
    const struct unit_test *next = NULL;

    for (const struct unit_test *const *t = __start_tests; t < __stop_tests; t++)
        if ((*t)->line > line && (next == NULL || (*t)->line < next->line))
            next = *t;
    return next;
}

static bool test_run(const struct unit_test *t)
{
    char sentence[160];

    sentence_of(t, sentence, sizeof(sentence));
    if (setjmp(out_of_test) != 0) {
        log_plain("FAIL %s  %s", sentence, reason);
        return false;
    }
    t->run();
    log_plain("ok %s", sentence);
    return true;
}

int main(void)
{
    unsigned passed = 0, failed = 0;
    const struct unit_test *t;

    for (int line = 0; (t = test_after(line)) != NULL; line = t->line) {
        if (test_run(t))
            passed++;
        else
            failed++;
    }
    log_plain("%lu instructions", (unsigned long)instructions());
    log_plain("%u passed, %u failed", passed, failed);
    for (;;)
        sys_wait(CAP_NULL, 0);
}
