/* SPDX-License-Identifier: GPL-2.0-or-later */
/* judge_space.h - what the judges of capabilities and of mappings share. */
#ifndef MODEL_JUDGE_SPACE_H
#define MODEL_JUDGE_SPACE_H

#include "judge.h"

/* A run of slots, and the entry of the CapTable it was reached by (NULL: the root). */
struct found {
    ref_t first;
    struct entry *table;
};

unsigned found_run(cap_t address, size_t n, struct found *p);
unsigned found_writable(const struct found *p);
unsigned derive_check(const struct entry *from);
void judge_space(struct call *c, struct entry *e);
/* One capability of a message; false: it does not arrive. */
bool judge_transfer(ref_t from, ref_t to, unsigned mode, unsigned rights);
/* The level that a walk to the address reaches. */
unsigned judge_reached(ref_t space, vaddr_t va);
/* The map items that answer a fault at that address. */
unsigned judge_reply_map(const struct entry *space, const word_t *word, vaddr_t fault,
                         unsigned access, unsigned *items, unsigned *level);

#endif
