/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dirty.h - pages and facts of files that are newer than the disk.
 *
 *   state      page has        leaves on
 *   clean      -               dirty_page -> dirty
 *   dirty      dirty           dirty_take (write-back) -> writing
 *   writing    writing         dirty_written -> clean, or dirty again if the write failed
 *   both       dirty, writing  written to while it was on its way -> dirty
 *
 * A page that was lent `writable` is dirty from then on; written back, it is clean if its dirty
 * bit in the page tables says so when it is next looked at (dirty_found).
 *
 * D1  a page is in its node's queue exactly when it is dirty, or it was and was taken for writing
 * D2  a dirty page's blocks are on the disk already, or reserved: `promised`
 */
#ifndef FILE_DIRTY_H
#define FILE_DIRTY_H

#include "cache.h"
#include "node.h"

void dirty_init(void);

/*
 * The page is about to be written to: dirty. ERR_NO_SPACE: there is no place for it. Then what is
 * known too little of (the file's map) or promised too generously may be found out by writing
 * back: ERR_PENDING.
 */
enum err dirty_page(struct node *n, struct page *p);
/* Its facts have changed. */
void dirty_facts(struct node *n);

/* So many pages are dirty, or on their way, that whoever makes more has to wait. */
bool dirty_full(void);

/* The page, which is dirty, is lent so that it can be written to. */
void dirty_lent(struct page *p);
/* Nobody has the file open for writing any more: its pages are lent to nobody. */
void dirty_unlend(struct node *n);
/* Was a page that is lent `writable` written to? Then it is dirty. The page is nobody's else any
 * more, or stays writable. */
bool dirty_found(struct page *p);
/* The same for all pages of a node, of all nodes (NULL). */
void dirty_look(struct node *n);

/* Up to `room` dirty pages of a node that the caller holds, ascending, for writing: their dirty
 * bits are cleared. */
unsigned dirty_take(struct node *n, struct page **page, unsigned room);
/* It has a place on the disk now. */
void dirty_placed(struct page *p);
/* It is on the disk; or not, p->error says why. */
void dirty_written(struct node *n, struct page *p);
/* The page is no part of the file any more. */
void dirty_forget(struct node *n, struct page *p);

/* The node whose facts or pages are dirty for longest; NULL: none. Facts are taken as written. */
struct node *dirty_first(void);
void dirty_later(struct node *n); /* it comes last from now on */
unsigned dirty_nodes(void);
void dirty_facts_written(struct node *n);

/* 0, or the number of the invariant that does not hold. */
unsigned dirty_audit(void);

#endif
