/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * space.h - address spaces: page tables with shadow words, the walker, mapping.
 *
 * Beside its hardware entries each table keeps one 32-bit shadow word an entry: which slot is
 * mapped there. Both are the port's to write (pte.h: struct place). A Space is the root table with
 * the fields below behind it.
 *
 * P1  an entry is valid exactly if its shadow names a slot that is MAPPED at this (space, page)
 * P2  a mapped slot's rights cover the entry's
 * P3  a PageTable that hangs nowhere has only empty entries
 */
#ifndef KERNEL_SPACE_H
#define KERNEL_SPACE_H

#include "kernel.h"

/* A mapped slot's word[1]: page number, and above it a PageTable's level. */
#define SLOT_LEVEL_SHIFT 28u
#define SLOT_PAGE_MASK   0x0fffffffu

/* What a switch to the space needs. ASIDs carry a generation: an older one's is void. */
struct context {
    word_t generation; /* 0 = none yet */
    word_t handle;     /* arch_space_handle() */
    uint32_t asid;
    bool dying;
};

struct space {
    struct root root;
    struct context context;
};
_Static_assert(sizeof(struct space) <= 1u << ARCH_SPACE_BITS, "a Space's size");
_Static_assert(sizeof(struct table) <= 1u << ARCH_PAGETABLE_BITS, "a PageTable's size");

static inline struct space *space_of(const struct slot *cap)
{
    return slot_object(cap);
}

static inline ref_t space_tag(const struct space *s)
{
    return (ref_t)(window_paddr(s) >> SLOT_BITS);
}

/* ---- what the words of a mapped slot say ---- */

static inline struct space *slot_space(const struct slot *s)
{
    return window((paddr_t)s->word[0] << SLOT_BITS);
}

static inline vaddr_t slot_va(const struct slot *s)
{
    return (vaddr_t)(s->word[1] & SLOT_PAGE_MASK) << PAGE_BITS;
}

/* A PageTable's level stands above the page number. */
static inline unsigned slot_level(const struct slot *s)
{
    return s->word[1] >> SLOT_LEVEL_SHIFT;
}

/* A Frame's entries: 2^k leaves of the largest size that is not larger (space.c). */
unsigned leaf_level(unsigned log2_size);
static inline unsigned leaf_count(unsigned log2_size)
{
    return 1u << (log2_size - pte_span(leaf_level(log2_size)));
}

/* ---- walk.c: the one walker ---- */

struct walk {
    void *table;    /* the lowest one on the way */
    unsigned level; /* its level; 0 = where 4K leaves live */
    unsigned index;
};
/* Down to `level` or as far as there are tables. Cost: one load a level. */
struct walk walk_to(struct space *s, vaddr_t va, unsigned level);

/* The same in line, for the paths that count instructions. */
static inline struct walk walk_down(struct space *s, vaddr_t va, unsigned level)
{
    struct walk w = {.table = &s->root, .level = PTE_LEVELS - 1};

    for (;;) {
        paddr_t below;

        w.index = pte_index(va, w.level);
        if (w.level == level)
            return w;
        below = place_table(table_place(w.table, w.level, w.index), w.level);
        if (!below)
            return w;
        w.table = window(below);
        w.level--;
    }
}

static inline struct place walk_place(const struct walk *w)
{
    return table_place(w->table, w->level, w->index);
}

/* The window address of user memory if the user may access it so; sets A (and D). NULL: not.
 * *left = bytes up to the end of the page. */
void *walk_user(struct space *s, vaddr_t va, unsigned access, size_t *left);

/* ---- space.c ---- */

void space_init(struct space *s);
void space_enter(struct space *s);
/* It is about to be emptied: nothing runs in it, or is cached of it, from now on. */
void space_leave(struct space *s);
/* Take a mapped slot's entries out and flush; A and D fold into the slot. The page's is a Frame of
 * the smallest size, the other any Frame or PageTable. */
void space_unmap_page(struct slot *s);
void space_unmap_large(struct slot *s);
static inline void space_unmap_slot(struct slot *s)
{
    if ((s->head & (HEAD_TYPE | HEAD_SIZE(0x3f))) == (OBJ_FRAME | HEAD_SIZE(PAGE_BITS)))
        space_unmap_page(s);
    else
        space_unmap_large(s);
}
/* Harvest bits (A, D) of a mapped Frame slot's entries; those in `clear` are taken out. */
unsigned space_slot_bits(struct slot *s, pte_t clear);
/* Unmaps what is in a table and all below it, up to an interrupt. False: it is empty. */
bool table_unmap_step(const void *table, unsigned level);
/* A mapped slot was moved: its entries' shadow words follow. */
void space_slot_moved(const struct slot *from, struct slot *s);
/* Map the items in `word` (message.h) for thread `t`, whose capabilities they name (map.c). */
struct map_request {
    struct space *space;
    struct thread *t;
    const word_t *word;
    unsigned pages_max;
    vaddr_t fault;   /* the page that faulted is entered with A set, ... */
    unsigned access; /* ... and D if this is RIGHT_WRITE; 0 = no fault */
    unsigned pages;  /* in: those done before, when begun again; out: progress */
    unsigned done;   /* out: items mapped */
    unsigned level;  /* out, with ERR_NO_TABLE */
};
unsigned space_map(struct map_request *m);
/* A Frame of 4 KiB is mapped by an empty entry; `access` to the page is what it answers, or 0. */
static inline __attribute__((always_inline)) void
page_enter(struct slot *s, struct place p, ref_t tag, vaddr_t va, unsigned rights, unsigned access)
{
    bool all = slot_rights(s) & RIGHT_NOTRACK;

    s->word[0] = tag;
    s->word[1] = (uint32_t)(va >> PAGE_BITS);
    s->head |= HEAD_MAPPED;
    place_leaf(p, slot_ref(s), (paddr_t)s->obj << PAGE_BITS, rights, all || access,
               all || (access & rights & RIGHT_WRITE), s->head & HEAD_DEVICE, 0, PAGE_BITS);
}
/* What MAP_COPY puts into an empty slot: a child of the Frame with all rights but NOTRACK. */
static inline void map_derive(struct slot *from, struct slot *to)
{
    tree_link(from, to,
              from->head & (HEAD_TYPE | HEAD_SIZE(0x3f) | HEAD_DEVICE |
                            HEAD_RIGHTS(RIGHT_ALL & ~(unsigned)RIGHT_NOTRACK)),
              from->obj);
}
/* Pages that a call is about. It moves on: after ERR_RESTART it is what is left to be done. */
struct urange {
    struct space *space;
    vaddr_t va;
    size_t left, done; /* pages; done: those that were mapped, of a harvest all */
    unsigned rights;   /* protect: the new ones */
};
unsigned space_unmap(struct urange *r);
unsigned space_protect(struct urange *r);
unsigned space_harvest(struct urange *r, unsigned flags,
                       uint8_t *out); /* page `done` at out[done] */
unsigned space_entry_facts(struct space *s, vaddr_t va, unsigned *level); /* fault_word ENTRY */
/* Copy as the users of both sides could; *done bytes. Bounded steps: ERR_RESTART. */
unsigned space_copy(struct space *to, vaddr_t to_va, struct space *from, vaddr_t from_va,
                    size_t bytes, size_t *done);
void space_flush_page(const struct space *s, vaddr_t va);
void space_flush(const struct space *s, vaddr_t va, size_t pages);

#endif
