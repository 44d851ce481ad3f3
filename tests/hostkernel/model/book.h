/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * book.h - the reference model: what every slot should hold, kept apart from the kernel.
 *
 * A book has an entry for each non-empty slot that a story may touch, found by the slot's place.
 * Deletions are not predicted step by step: what they may take is *doomed*, and book_follow()
 * strikes out what the kernel has taken of it, leaves first. All else must be as the book says.
 */
#ifndef MODEL_BOOK_H
#define MODEL_BOOK_H

#include "captable.h"

#define MODEL_PAGES 2048u /* the machine's memory */
#define BOOK_LEAVES 4u    /* entries that a Frame of a book has at most: 16 KiB in 4 KiB leaves */

struct entry {
    ref_t ref; /* the slot's place; 0 = empty */
    ref_t parent;
    uint32_t obj, badge;
    uint8_t type, rights, size, depth;
    bool origin, held, accessed, dirty;
    uint32_t watermark; /* Untyped: units used */
    bool mapped;
    uint8_t level; /* of the leaf, or the PageTable's own */
    ref_t space;
    uint32_t page;
    struct {
        uint8_t rights;
        bool accessed, dirty;
    } leaf[BOOK_LEAVES];
    bool top, inside;   /* an unfinished revocation begins here; it empties the object too */
    bool doomed, boxed; /* what unfinished revocations may take; found in a container */
    uint32_t at;        /* in the list of all */
};

void book_open(void);
unsigned book_count(void);
struct entry *book_nth(unsigned n);
struct entry *book_at(ref_t ref); /* NULL: the slot is empty */
struct entry *book_enter(ref_t ref, struct entry *parent, unsigned type, unsigned rights,
                         unsigned size, uint32_t obj);
void book_strike(struct entry *e); /* without children; accessed and dirty go up */
void book_move(struct entry *e, ref_t to);
struct entry *book_child(const struct entry *e);
unsigned book_children(const struct entry *e);

/* The kernel's answer is only asked where the book leaves it open. */
bool book_dying(const struct entry *e);
void book_doom(struct entry *top, bool inside); /* beside those of all entries with `top` set */
void book_doom_again(void);
/* Strikes what is gone of the doomed. */
void book_follow(void);
/* Is a DMA hold in the way of a revocation of `top`? 0 no, 1 perhaps, 2 yes. */
unsigned book_blocked(const struct entry *top, bool inside);

/* Mappings. */
unsigned leaf_level_of(const struct entry *frame);
unsigned leaves_of(const struct entry *frame);
struct entry *book_frame_at(ref_t space, uint32_t page); /* that covers the page */
struct entry *book_table_at(ref_t space, uint32_t page, unsigned level);
void book_unmap(struct entry *e);

/* All entries against the kernel's slots. */
void book_compare(void);
_Noreturn void model_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

#define EXPECT(claim, ...) ((claim) ? (void)0 : model_fail(__VA_ARGS__))

#endif
