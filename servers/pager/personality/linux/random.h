/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * random.h - numbers nobody can guess who does not know the seed: ChaCha20
 * (Bernstein 2008) run over a counter. As good as its seed: the machine's in an
 * ordinary run, a constant in a measuring one, where equal runs are the point.
 */
#ifndef LINUX_RANDOM_H
#define LINUX_RANDOM_H

#include <stddef.h>
#include <stdint.h>

#define RANDOM_BLOCK 64u

struct random {
    uint32_t key[8];
    uint64_t block; /* number of the next one */
};

/* Any number of bytes; they are folded into the key. */
void random_seed(struct random *r, const void *seed, size_t bytes);
void random_bytes(struct random *r, void *to, size_t bytes);

#endif
