/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * random.c - see random.h.
 */
#include "random.h"

#include <string.h>

#define ROUNDS 20

static uint32_t rotate(uint32_t x, unsigned bits)
{
    return x << bits | x >> (32 - bits);
}

static void quarter(uint32_t *x, unsigned a, unsigned b, unsigned c, unsigned d)
{
    x[a] += x[b];
    x[d] = rotate(x[d] ^ x[a], 16);
    x[c] += x[d];
    x[b] = rotate(x[b] ^ x[c], 12);
    x[a] += x[b];
    x[d] = rotate(x[d] ^ x[a], 8);
    x[c] += x[d];
    x[b] = rotate(x[b] ^ x[c], 7);
}

static void random_block(struct random *r, uint8_t out[RANDOM_BLOCK])
{
    uint32_t start[16] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574}, x[16];

    memcpy(start + 4, r->key, sizeof(r->key));
    start[12] = (uint32_t)r->block;
    start[13] = (uint32_t)(r->block >> 32);
    r->block++;
    memcpy(x, start, sizeof(x));
    for (unsigned i = 0; i < ROUNDS; i += 2) {
        for (unsigned n = 0; n < 4; n++)
            quarter(x, n, n + 4, n + 8, n + 12);
        for (unsigned n = 0; n < 4; n++)
            quarter(x, n, 4 + (n + 1) % 4, 8 + (n + 2) % 4, 12 + (n + 3) % 4);
    }
    for (unsigned i = 0; i < 16; i++) {
        uint32_t word = x[i] + start[i];

        for (unsigned b = 0; b < 4; b++)
            out[4 * i + b] = (uint8_t)(word >> 8 * b);
    }
}

void random_seed(struct random *r, const void *seed, size_t bytes)
{
    const uint8_t *from = seed;

    for (size_t i = 0; i < bytes; i++) {
        uint8_t block[RANDOM_BLOCK];

        r->key[i / 4 % 8] ^= (uint32_t)from[i] << 8 * (i % 4);
        if (i % 32 != 31 && i + 1 != bytes)
            continue;
        random_block(r, block); /* what came so far must not cancel against the rest */
        memcpy(r->key, block, sizeof(r->key));
    }
}

void random_bytes(struct random *r, void *to, size_t bytes)
{
    uint8_t block[RANDOM_BLOCK];

    for (size_t done = 0; done < bytes; done += RANDOM_BLOCK) {
        size_t rest = bytes - done;

        random_block(r, block);
        memcpy((uint8_t *)to + done, block, rest < RANDOM_BLOCK ? rest : RANDOM_BLOCK);
    }
}
