/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * slot.h - a capability slot: eight 32-bit words on every port.
 *
 * `head` packs type, rights, size, flags and depth. `obj` is the object: a ref_t, or for a
 * Frame its page number. `word` is by type:
 *
 *   Frame      Space tag, virtual page of its one mapping    Endpoint, Notification  badge, -
 *   PageTable  Space tag, base page where it hangs           Thread  highest priority, -
 *   Untyped    watermark in 32-byte units, objects lived     CapTable, Thread  see tree.c
 *
 * parent, child, next, prev link the derivation tree (refs of slots). An empty slot is all
 * zero. The *origin* is the capability that retype (or boot) made; the object lives exactly
 * as long.
 *
 * S1  a non-empty slot's parent, children and neighbours are non-empty and point back
 * S2  a child's rights are a subset of its parent's, unless retype made it
 * S3  depth is the parent's + 1, at most DEPTH_MAX
 * S4  MAPPED is set exactly if (space, page) in `word` has an entry whose shadow is this slot
 * S5  an Untyped without children has watermark 0
 */
#ifndef KERNEL_SLOT_H
#define KERNEL_SLOT_H

#include "arch.h"
#include "cap.h"
#include "invoke.h"

struct slot {
    _Alignas(1 << SLOT_BITS) uint32_t head; /* refs count in slots' sizes */
    uint32_t obj, word[2];
    ref_t parent, child, next, prev;
};
_Static_assert(sizeof(struct slot) == 1u << SLOT_BITS, "a slot is 32 bytes");
_Static_assert(UNTYPED_MAX_BITS - SLOT_BITS < 32, "a full Untyped's watermark");

#define DEPTH_MAX 63u

#define HEAD_TYPE           0xfu
#define HEAD_RIGHTS(rights) ((uint32_t)(rights) << 4)
#define HEAD_SIZE(bits)     ((uint32_t)(bits) << 12)
enum head_flag {
    HEAD_A = 1u << 18,
    HEAD_D = 1u << 19,
    HEAD_MAPPED = 1u << 20,
    HEAD_DYING = 1u << 21,  /* on the way of an unfinished revocation */
    HEAD_HELD = 1u << 22,   /* a driver's DMA hold */
    HEAD_DEVICE = 1u << 23, /* Untyped, Frame: registers, never cleared or copied */
    HEAD_ORIGIN = 1u << 24,
    HEAD_REVOKING = 1u << 25, /* the top of an unfinished revocation */
};
#define HEAD_DEPTH(depth) ((uint32_t)(depth) << 26)

/* A and D stand in a head in the order in which a harvest tells them. */
#define HARVEST_TOUCHED    ((uint32_t)(HARVEST_A | HARVEST_D))
#define HEAD_TOUCHED_SHIFT 12
#define HEAD_TOUCHED(bits) (((uint32_t)(bits)&HARVEST_TOUCHED) << HEAD_TOUCHED_SHIFT)
_Static_assert(HEAD_TOUCHED(HARVEST_A) == HEAD_A && HEAD_TOUCHED(HARVEST_D) == HEAD_D, "A and D");

static inline struct slot *slot_at(ref_t ref)
{
    return window((paddr_t)ref << SLOT_BITS);
}

static inline ref_t slot_ref(const struct slot *s)
{
    return (ref_t)(window_paddr(s) >> SLOT_BITS);
}

static inline unsigned slot_type(const struct slot *s)
{
    return s->head & HEAD_TYPE;
}

static inline unsigned slot_rights(const struct slot *s)
{
    return s->head >> 4 & 0xffu;
}

static inline unsigned slot_size(const struct slot *s)
{
    return s->head >> 12 & 0x3fu;
}

static inline unsigned slot_depth(const struct slot *s)
{
    return s->head >> 26;
}

/* As a harvest tells it. */
static inline unsigned slot_touched(const struct slot *s)
{
    return s->head >> HEAD_TOUCHED_SHIFT & HARVEST_TOUCHED;
}

static inline bool slot_empty(const struct slot *s)
{
    return s->head == 0;
}

/* The object of any type but Frame. */
static inline void *slot_object(const struct slot *s)
{
    return window((paddr_t)s->obj << SLOT_BITS);
}

static inline paddr_t slot_paddr(const struct slot *s)
{
    return slot_type(s) == OBJ_FRAME ? (paddr_t)s->obj << PAGE_BITS : (paddr_t)s->obj << SLOT_BITS;
}

/* ---- the tree (object/tree.c) ---- */

/* Fill an empty slot as the first child of `parent`, all of it stated: for runs, where the next
 * slot's ref is one more. */
static inline void tree_hang(struct slot *parent, ref_t parent_ref, struct slot *child,
                             ref_t child_ref, uint32_t head, uint32_t obj)
{
    ref_t first = parent->child;

    child->head = head;
    child->obj = obj;
    child->word[0] = child->word[1] = 0;
    child->parent = parent_ref;
    child->child = child->prev = 0;
    child->next = first;
    parent->child = child_ref;
    if (first)
        slot_at(first)->prev = child_ref;
}

/* What a child's depth is, in its head. */
static inline uint32_t head_below(uint32_t parent)
{
    return (parent & HEAD_DEPTH(DEPTH_MAX)) + HEAD_DEPTH(1);
}

/* The same for one. head gives type, rights, size and flags; the depth is computed. */
static inline void tree_link(struct slot *parent, struct slot *child, uint32_t head, uint32_t obj)
{
    tree_hang(parent, slot_ref(parent), child, slot_ref(child), head | head_below(parent->head),
              obj);
}

/* The same out of line; parent NULL: a root made at boot. */
void tree_insert(struct slot *parent, struct slot *child, uint32_t head, uint32_t obj);
/* Take a slot without children out of the tree and empty it; its A and D fold upwards. */
void tree_remove(struct slot *s);
/* The capability now stands in `to`; its place in the tree and its mapping stay (derive.c). Cost:
 * a few instructions a child. */
void tree_move(struct slot *from, struct slot *to);
/* Is an unfinished revocation at or above the slot? kernel.h's tree_dying() asks first whether
 * there is any. */
bool tree_marked(const struct slot *s);

/*
 * Delete everything derived from `top`; with `inside` also empty the object if top is its
 * origin. In bounded steps: ERR_RESTART (kernel.h) when an interrupt wants in. ERR_HELD if a
 * DMA hold is in the way; all else is deleted then.
 */
unsigned tree_empty(struct slot *top, bool inside);
/* tree_empty with inside, then the slot itself; with the origin the object ends. */
unsigned tree_delete(struct slot *s);

#endif
