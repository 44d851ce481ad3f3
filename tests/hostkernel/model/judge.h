/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * judge.h - what each invocation should have answered and done, by the book.
 *
 * A long operation that was interrupted is judged for the steps it did: the words it left tell
 * how many, and each must have been allowed. Begun again it is judged from there.
 */
#ifndef MODEL_JUDGE_H
#define MODEL_JUDGE_H

#include "book.h"

struct call {
    cap_t object;
    unsigned op, err;
    word_t in[MESSAGE_WORDS], out[MESSAGE_WORDS];
    unsigned pages_before, pages; /* a map's progress */
    bool goes_on, restarted;      /* it was interrupted before; and now */
    const uint8_t *bytes;         /* of the caller's buffer */
    /* before: */
    ref_t first;           /* the place that the object's address names */
    unsigned place, whole; /* errors of its address, and of that of the run to be deleted */
    unsigned blocked;      /* was a hold in the way of a revocation? */
    bool had_child;
};

/* Init's root table, through which all of a story's capabilities are named. */
void judge_root(ref_t root);
struct entry *judge_entry(cap_t address); /* NULL: empty or nowhere */
unsigned judge_binding_type(unsigned binding);
void judge_before(struct call *c);
void judge_after(struct call *c);
bool judge_permits(const struct entry *space, vaddr_t va, unsigned access);
/* A user of that Space touches memory: `worked` is what the kernel's walker said. */
void judge_touch(const struct entry *space, vaddr_t va, unsigned access, bool worked);

#endif
