// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * check.h - claims about what a program sees: each that does not hold is a line; the status
 * tells how many. Every claim holds on Linux, too.
 */
#ifndef TASK_CHECK_H
#define TASK_CHECK_H

#include <errno.h>
#include <stdio.h>

static int checks, failures;

static void check(int holds, int line, const char *claim)
{
    checks++;
    if (holds)
        return;
    failures++;
    printf("line %d: %s does not hold (errno %d)\n", line, claim, errno);
}

#define CHECK(claim) check((claim) != 0, __LINE__, #claim)
#define CHECK_FAILS(call, error)                                                                   \
    check((call) == -1 && errno == (error), __LINE__, #call ": " #error)

static int check_summary(void)
{
    printf("%d claims, %d wrong\n", checks, failures);
    return failures != 0;
}

#endif
