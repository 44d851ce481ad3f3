/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * evict.h - policy proposes, mechanism disposes: which cached page goes next.
 *
 * The policy is a struct replacement (lib/pager/replacement.h); its slots are the pages'
 * numbers. What it proposes is checked; what it fails to propose is found by a hand that
 * sweeps over all pages. The worst policy is slow, never wrong.
 */
#ifndef FILE_EVICT_H
#define FILE_EVICT_H

#include "pool.h"
#include "replacement.h"

extern const struct replacement policy_two_lists;

/* A policy by its name; NULL: there is none. evict_policies: the names, for messages. */
const struct replacement *evict_policy(const char *name);
const char *evict_policies(void);

/* false: no memory for its arena, made for `pages`. */
bool evict_init(const struct replacement *policy, uint32_t pages);

/* A page has become VALID. */
void evict_loaded(struct page *p);

/* A VALID page goes for another reason; nobody else has a capability of it any more. */
void evict_removed(struct page *p);

/*
 * Up to `want` VALID pages without pins that are as the disk has them. They are no longer ruled by
 * the policy, and nobody else has a capability of them.
 */
unsigned evict_choose(struct page **out, unsigned want);

/* The same of this page; false: it cannot go now. */
bool evict_page(struct page *p);

/* The policy's own invariants hold. */
bool evict_audit(void);

#endif
