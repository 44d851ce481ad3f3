/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memory.c - copying, filling and comparing memory by words.
 *
 * Three phases: bytes until the destination is aligned, words (eight a turn, so that a
 * page costs little more than its loads and stores), bytes for the rest. Where source
 * and destination differ in alignment, words are put together from two neighbours:
 * neither port may count on misaligned access being there, or being fast.
 */
#include "memory.h"

#include <stdbool.h>
#include <stdint.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "copy_shifted joins words so");

typedef uintptr_t __attribute__((may_alias)) word;

#define WORD sizeof(word)
#define TURN (8 * WORD)

/* Keeps the compiler from seeing memcpy or memset in a loop that is to be just that. */
#define OPAQUE(pointer) __asm__("" : "+r"(pointer))

static size_t bytes_to_align(const void *p)
{
    return -(uintptr_t)p & (WORD - 1);
}

static void copy_bytes(unsigned char *to, const unsigned char *from, size_t bytes)
{
    while (bytes--) {
        *to++ = *from++;
        OPAQUE(to);
    }
}

/* Both aligned; returns the bytes done, a multiple of WORD. */
static size_t copy_words(word *to, const word *from, size_t bytes)
{
    size_t left = bytes;

    for (; left >= TURN; left -= TURN, to += 8, from += 8) {
        word a = from[0], b = from[1], c = from[2], d = from[3];
        word e = from[4], f = from[5], g = from[6], h = from[7];

        to[0] = a;
        to[1] = b;
        to[2] = c;
        to[3] = d;
        to[4] = e;
        to[5] = f;
        to[6] = g;
        to[7] = h;
    }
    for (; left >= WORD; left -= WORD) {
        *to++ = *from++;
        OPAQUE(to);
    }
    return bytes - left;
}

/* `to` is aligned, `from` is not; returns the bytes done. At least one word is wanted. */
static size_t copy_shifted(word *to, const unsigned char *from, size_t bytes)
{
    unsigned carried = 8 * (unsigned)bytes_to_align(from); /* bits, 8 .. 8 * (WORD - 1) */
    word carry = 0;
    const word *next;
    size_t done = 0;

    for (unsigned bit = 0; bit < carried; bit += 8)
        carry |= (word)*from++ << bit;
    next = (const word *)(const void *)from;
    for (; bytes - done >= WORD + carried / 8; done += WORD) {
        word w = *next++;

        *to++ = carry | w << carried;
        carry = w >> (8 * WORD - carried);
    }
    return done;
}

void memory_copy(void *to, const void *from, size_t bytes)
{
    unsigned char *d = to;
    const unsigned char *s = from;

    if (bytes >= 2 * WORD) {
        size_t done = bytes_to_align(d);

        copy_bytes(d, s, done);
        d += done, s += done, bytes -= done;
        if (bytes_to_align(s) == 0)
            done = copy_words((void *)d, (const void *)s, bytes);
        else
            done = copy_shifted((void *)d, s, bytes);
        d += done, s += done, bytes -= done;
    }
    copy_bytes(d, s, bytes);
}

/* From the end down, for a destination above an overlapping source. */
static void copy_down(unsigned char *to, const unsigned char *from, size_t bytes)
{
    bool words = bytes_to_align(to) == bytes_to_align(from);

    while (bytes > 0) {
        if (words && bytes >= WORD && bytes_to_align(to + bytes) == 0) {
            bytes -= WORD;
            *(word *)(void *)(to + bytes) = *(const word *)(const void *)(from + bytes);
        } else {
            bytes--;
            to[bytes] = from[bytes];
        }
        OPAQUE(to);
    }
}

void memory_move(void *to, const void *from, size_t bytes)
{
    uintptr_t gap = (uintptr_t)to - (uintptr_t)from;

    /* Below or apart: memory_copy reads every turn whole before it writes. */
    if (gap < bytes)
        copy_down(to, from, bytes);
    else
        memory_copy(to, from, bytes);
}

void memory_fill(void *to, unsigned char value, size_t bytes)
{
    unsigned char *d = to;
    word pattern = (word)-1 / 0xff * value;

    if (bytes >= 2 * WORD) {
        for (; bytes_to_align(d); bytes--)
            *d++ = value;
        for (; bytes >= TURN; bytes -= TURN, d += TURN) {
            word *w = (void *)d;

            w[0] = w[1] = w[2] = w[3] = pattern;
            w[4] = w[5] = w[6] = w[7] = pattern;
        }
        for (; bytes >= WORD; bytes -= WORD, d += WORD) {
            *(word *)(void *)d = pattern;
            OPAQUE(d);
        }
    }
    while (bytes--) {
        *d++ = value;
        OPAQUE(d);
    }
}

int memory_compare(const void *a, const void *b, size_t bytes)
{
    const unsigned char *x = a, *y = b;

    if (bytes_to_align(x) == 0 && bytes_to_align(y) == 0)
        for (; bytes >= WORD; bytes -= WORD, x += WORD, y += WORD)
            if (*(const word *)(const void *)x != *(const word *)(const void *)y)
                break;
    for (; bytes > 0; bytes--, x++, y++)
        if (*x != *y)
            return *x < *y ? -1 : 1;
    return 0;
}
