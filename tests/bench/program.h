// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * program.h - what Linux programs that measure share. A figure is a line of their output that
 * tools/bench reads.
 */
#ifndef BENCH_PROGRAM_H
#define BENCH_PROGRAM_H

#include "counter.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define PAGE  4096u
#define PAGES 256u

static inline void report(const char *name, uint64_t total, unsigned count, const char *includes)
{
    printf("bench %s %lu instructions | %s\n", name, (unsigned long)((total + count / 2) / count),
           includes);
}

static inline void must(int holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "bench: %s\n", what);
        exit(1);
    }
}

#endif
