/* SPDX-License-Identifier: GPL-2.0-or-later */
/* frame_kernel.c - a model of the kernel for the frame server's host tests. */
#include "frame_kernel.h"

#include <stdlib.h>
#include <string.h>

#define TABLES    0x10000u
#define NONE      0u
#define DEPTH_MAX 63u

struct slot {
    uint8_t type, rights, bits, depth;
    bool origin, lived, held;
    uint64_t base, mark; /* mark: bytes of an Untyped that are used */
    uint32_t badge, signals;
    struct slot *parent, *child, *next, *prev;
};

static struct slot *table[TABLES];
static unsigned table_slots[TABLES];
static uint8_t *page;
static uint8_t **written; /* bytes of a page that was written to, not filled; NULL: all are alike */
static uint64_t pages;
struct model_calls model_calls;

/* ---- set-up ---- */

void model_end(void)
{
    for (unsigned i = 0; i < TABLES; i++) {
        free(table[i]);
        table[i] = NULL;
        table_slots[i] = 0;
    }
    for (uint64_t i = 0; written != NULL && i < pages; i++)
        free(written[i]);
    free(written);
    free(page);
    page = NULL;
    written = NULL;
}

void model_begin(uint64_t bytes, uint8_t dirt)
{
    model_end();
    pages = bytes >> PAGE_BITS;
    page = malloc(pages);
    written = calloc(pages, sizeof(*written));
    memset(page, dirt, pages);
    memset(&model_calls, 0, sizeof(model_calls));
}

void model_table(unsigned root, unsigned count)
{
    table[root] = calloc(count, sizeof(struct slot));
    table_slots[root] = count;
}

static struct slot *slot_of(cap_t cap)
{
    unsigned t = CAP_TABLE(cap);

    if (cap == CAP_NULL || table[t] == NULL || CAP_SLOT(cap) >= table_slots[t])
        return NULL;
    return &table[t][CAP_SLOT(cap)];
}

static bool run_exists(cap_t first, unsigned count)
{
    return count >= 1 && slot_of(first) != NULL &&
           CAP_SLOT(first) + count <= table_slots[CAP_TABLE(first)];
}

static void insert(struct slot *parent, struct slot *s)
{
    s->parent = parent;
    s->depth = parent != NULL ? parent->depth + 1 : 0;
    s->child = s->prev = NULL;
    s->next = parent != NULL ? parent->child : NULL;
    if (s->next != NULL)
        s->next->prev = s;
    if (parent != NULL)
        parent->child = s;
}

void model_untyped(cap_t slot, uint64_t base, unsigned bits)
{
    *slot_of(slot) = (struct slot){.type = OBJ_UNTYPED,
                                   .rights = RIGHT_ALL,
                                   .bits = (uint8_t)bits,
                                   .origin = true,
                                   .base = base};
}

void model_object(cap_t slot, unsigned type, unsigned rights)
{
    *slot_of(slot) =
        (struct slot){.type = (uint8_t)type, .rights = (uint8_t)rights, .origin = true};
}

/* ---- the tree ---- */

static void empty_table(cap_t root);

static void unlink_slot(struct slot *s)
{
    struct slot *up = s->parent;

    if (s->prev != NULL)
        s->prev->next = s->next;
    else if (up != NULL)
        up->child = s->next;
    if (s->next != NULL)
        s->next->prev = s->prev;
    if (up != NULL && up->type == OBJ_UNTYPED) {
        if (s->type == OBJ_UNTYPED)
            up->lived |= s->lived;
        if (up->child == NULL)
            up->mark = 0;
    }
    *s = (struct slot){.type = OBJ_NULL};
}

static enum err delete_slot(struct slot *s);

static enum err revoke(struct slot *top)
{
    struct slot *next;
    enum err e = ERR_OK;

    for (struct slot *s = top->child; s != NULL; s = next) {
        next = s->next;
        if (delete_slot(s) != ERR_OK)
            e = ERR_HELD;
    }
    return e;
}

static enum err delete_slot(struct slot *s)
{
    enum err e = revoke(s);

    if (s->held)
        e = ERR_HELD;
    if (e != ERR_OK)
        return e;
    if (s->origin && s->type == OBJ_CAPTABLE)
        for (unsigned i = 1; i < TABLES; i++)
            if (s == slot_of(i))
                empty_table(i);
    unlink_slot(s);
    return ERR_OK;
}

static void empty_table(cap_t root)
{
    for (unsigned i = 0; i < table_slots[root]; i++)
        if (table[root][i].type != OBJ_NULL)
            delete_slot(&table[root][i]);
    free(table[root]);
    table[root] = NULL;
    table_slots[root] = 0;
}

static enum err derive_whole(struct slot *from, struct slot *to, uint32_t rights, word_t badge)
{
    if (from->type == OBJ_NULL)
        return ERR_NO_CAP;
    if (to->type != OBJ_NULL)
        return ERR_NOT_EMPTY;
    if (from->depth >= DEPTH_MAX)
        return ERR_TOO_DEEP;
    if (from->type == OBJ_UNTYPED && (from->child != NULL || from->mark != 0))
        return ERR_HAS_CHILDREN;
    *to = *from;
    to->rights &= rights;
    to->origin = to->held = false;
    to->signals = 0;
    to->badge = from->badge != 0 ? from->badge : (uint32_t)badge;
    insert(from, to);
    if (from->type == OBJ_UNTYPED)
        from->mark = 1ull << from->bits;
    return ERR_OK;
}

static void move(struct slot *from, struct slot *to)
{
    *to = *from;
    if (to->prev != NULL)
        to->prev->next = to;
    else if (to->parent != NULL)
        to->parent->child = to;
    if (to->next != NULL)
        to->next->prev = to;
    for (struct slot *c = to->child; c != NULL; c = c->next)
        c->parent = to;
    *from = (struct slot){.type = OBJ_NULL};
}

/* ---- invocations ---- */

enum err cap_derive(cap_t from, cap_t to, uint32_t rights, word_t badge)
{
    model_calls.derives++;
    if (slot_of(from) == NULL || slot_of(to) == NULL)
        return ERR_NO_CAP;
    return derive_whole(slot_of(from), slot_of(to), rights, badge);
}

enum err cap_derive_run(cap_t from, cap_t to, uint32_t rights, unsigned count, unsigned *done)
{
    enum err e = ERR_OK;
    unsigned i;

    model_calls.derives++;
    if (!run_exists(from, count) || !run_exists(to, count))
        return ERR_NO_CAP;
    for (i = 0; i < count && e == ERR_OK; i++)
        e = derive_whole(slot_of(from + i), slot_of(to + i), rights, 0);
    if (done != NULL)
        *done = i;
    return e;
}

enum err cap_derive_parts(cap_t frame, cap_t to, uint32_t rights, unsigned part, unsigned log2_size,
                          unsigned count, unsigned *done)
{
    struct slot *from = slot_of(frame);

    model_calls.derives++;
    if (from == NULL || from->type == OBJ_NULL || count > 512 || !run_exists(to, count))
        return from != NULL && count > 512 ? ERR_BAD_ARG : ERR_NO_CAP;
    if (from->type != OBJ_FRAME)
        return ERR_WRONG_TYPE;
    for (unsigned i = 0; i < count; i++) {
        struct slot *s = slot_of(to + i);

        if (done != NULL)
            *done = i;
        if (log2_size < PAGE_BITS || log2_size > from->bits ||
            part + i >= 1u << (from->bits - log2_size))
            return ERR_BAD_ARG;
        if (s->type != OBJ_NULL)
            return ERR_NOT_EMPTY;
        *s = (struct slot){.type = OBJ_FRAME,
                           .rights = (uint8_t)(from->rights & rights),
                           .bits = (uint8_t)log2_size,
                           .base = from->base + ((uint64_t)(part + i) << log2_size)};
        insert(from, s);
    }
    return ERR_OK;
}

enum err cap_move(cap_t from, cap_t to, unsigned count)
{
    if (!run_exists(from, count) || !run_exists(to, count))
        return ERR_NO_CAP;
    for (unsigned i = 0; i < count; i++) {
        struct slot *s = slot_of(from + i);

        if (s->type == OBJ_NULL)
            return ERR_NO_CAP;
        if (s->type == OBJ_UNTYPED || s->type == OBJ_CAPTABLE)
            return ERR_WRONG_TYPE;
        if (slot_of(to + i)->type != OBJ_NULL)
            return ERR_NOT_EMPTY;
        move(s, slot_of(to + i));
    }
    return ERR_OK;
}

enum err cap_revoke(cap_t cap)
{
    struct slot *s = slot_of(cap);

    model_calls.revokes++;
    if (s == NULL || s->type == OBJ_NULL)
        return ERR_NO_CAP;
    return revoke(s);
}

enum err cap_delete(cap_t first, unsigned count)
{
    model_calls.deletes++;
    if (!run_exists(first, count))
        return ERR_NO_CAP;
    for (unsigned i = 0; i < count; i++) {
        struct slot *s = slot_of(first + i);
        enum err e = s->type == OBJ_NULL ? ERR_OK : delete_slot(s);

        if (e != ERR_OK)
            return e;
    }
    return ERR_OK;
}

enum err cap_inspect(cap_t cap, struct cap_facts *facts)
{
    struct slot *s = slot_of(cap);

    if (s == NULL)
        return ERR_NO_CAP;
    *facts = (struct cap_facts){.type = s->type,
                                .rights = s->rights,
                                .log2_size = s->bits,
                                .flags = s->child != NULL ? INSPECT_CHILDREN : 0,
                                .detail = s->badge};
    if (s->type == OBJ_UNTYPED)
        facts->detail = (1ull << s->bits) - s->mark;
    return ERR_OK;
}

static unsigned object_size(unsigned type, unsigned asked)
{
    switch (type) {
    case OBJ_UNTYPED:
    case OBJ_CAPTABLE:
    case OBJ_FRAME:
        return asked;
    case OBJ_PAGETABLE:
        return 13;
    default:
        return 6;
    }
}

static enum err retype_one(struct slot *u, unsigned type, unsigned bits, cap_t to)
{
    uint64_t unit = 1ull << bits, at = (u->mark + unit - 1) & ~(unit - 1);
    struct slot *s = slot_of(to);

    if (s->type != OBJ_NULL)
        return ERR_NOT_EMPTY;
    if (at + unit > 1ull << u->bits)
        return ERR_NO_MEMORY;
    if (type == OBJ_FRAME && u->lived)
        memset(&page[(u->base + at - MODEL_BASE) >> PAGE_BITS], 0, unit >> PAGE_BITS);
    if (type != OBJ_FRAME && type != OBJ_UNTYPED) {
        u->lived = true;
        page[(u->base + at - MODEL_BASE) >> PAGE_BITS] = 0xee;
    }
    u->mark = at + unit;
    *s = (struct slot){.type = (uint8_t)type,
                       .rights = RIGHT_ALL,
                       .bits = (uint8_t)bits,
                       .origin = true,
                       .lived = type == OBJ_UNTYPED && u->lived,
                       .base = u->base + at};
    insert(u, s);
    if (type == OBJ_CAPTABLE && CAP_TABLE(to) == 0)
        model_table(CAP_SLOT(to), CAPTABLE_SLOTS(bits));
    return ERR_OK;
}

enum err untyped_retype(cap_t untyped, unsigned type, unsigned log2_size, cap_t to, unsigned count,
                        unsigned *done)
{
    struct slot *u = slot_of(untyped);
    unsigned bits = object_size(type, log2_size);
    enum err e = ERR_OK;
    unsigned i;

    model_calls.retypes++;
    if (u == NULL || u->type == OBJ_NULL || !run_exists(to, count))
        return ERR_NO_CAP;
    if (u->type != OBJ_UNTYPED)
        return ERR_WRONG_TYPE;
    if (count > 256)
        return ERR_BAD_ARG;
    if (bits > u->bits)
        return ERR_NO_MEMORY;
    for (i = 0; i < count && e == ERR_OK; i++)
        e = retype_one(u, type, bits, to + i);
    if (done != NULL)
        *done = i;
    return e;
}

enum err frame_clear_run(cap_t first, unsigned count)
{
    model_calls.clears++;
    if (!run_exists(first, count))
        return ERR_NO_CAP;
    for (unsigned i = 0; i < count; i++) {
        const struct slot *s = slot_of(first + i);

        if (s->type != OBJ_FRAME)
            return ERR_WRONG_TYPE;
        if (!(s->rights & RIGHT_WRITE))
            return ERR_NO_RIGHT;
        model_fill(first + i, 0);
    }
    return ERR_OK;
}

/* The page that bytes at..at + bytes lie in; ERR_OK, or why they cannot be reached. */
static enum err reach(cap_t frame, unsigned at, unsigned bytes, unsigned right, uint64_t *number)
{
    const struct slot *s = slot_of(frame);

    if (s == NULL || s->type == OBJ_NULL)
        return ERR_NO_CAP;
    if (s->type != OBJ_FRAME)
        return ERR_WRONG_TYPE;
    if (!(s->rights & right))
        return ERR_NO_RIGHT;
    if (bytes > BUFFER_BYTES || at + bytes > 1ull << s->bits || at / PAGE_SIZE != 0)
        return ERR_BAD_ARG;
    *number = (s->base - MODEL_BASE) >> PAGE_BITS;
    return ERR_OK;
}

enum err frame_read(cap_t frame, unsigned offset, void *to, unsigned bytes)
{
    uint64_t n;
    enum err e = reach(frame, offset, bytes, RIGHT_READ, &n);

    if (e == ERR_OK && written[n] != NULL)
        memcpy(to, written[n] + offset, bytes);
    else if (e == ERR_OK)
        memset(to, page[n], bytes);
    return e;
}

enum err frame_write(cap_t frame, unsigned offset, const void *from, unsigned bytes)
{
    uint64_t n;
    enum err e = reach(frame, offset, bytes, RIGHT_WRITE, &n);

    if (e != ERR_OK)
        return e;
    if (written[n] == NULL) {
        written[n] = malloc(PAGE_SIZE);
        memset(written[n], page[n], PAGE_SIZE);
    }
    memcpy(written[n] + offset, from, bytes);
    return ERR_OK;
}

enum err frame_copy(cap_t to, cap_t from)
{
    uint64_t n, m;
    enum err e = reach(from, 0, 1, RIGHT_READ, &n);

    if (e == ERR_OK)
        e = reach(to, 0, 1, RIGHT_WRITE, &m);
    if (e != ERR_OK)
        return e;
    free(written[m]);
    written[m] = NULL;
    page[m] = page[n];
    if (written[n] != NULL) {
        written[m] = malloc(PAGE_SIZE);
        memcpy(written[m], written[n], PAGE_SIZE);
    }
    return ERR_OK;
}

enum err sys_signal(cap_t notification)
{
    struct slot *s = slot_of(notification);

    if (s == NULL || s->type != OBJ_NOTIFICATION)
        return ERR_WRONG_TYPE;
    for (; s->parent != NULL && s->parent->type == OBJ_NOTIFICATION; s = s->parent)
        ;
    s->signals++;
    return ERR_OK;
}

/* ---- what tests see ---- */

unsigned model_transfer(cap_t from, cap_t to, unsigned count, unsigned mode, unsigned rights)
{
    for (unsigned i = 0; i < count; i++) {
        struct slot *s = slot_of(from + i), *d = slot_of(to + i);

        if (s == NULL || s->type == OBJ_NULL || !(s->rights & RIGHT_GRANT))
            return 0; /* the kernel refuses the whole answer: a test sees nothing arrive */
        if (d == NULL || d->type != OBJ_NULL)
            return i;
        if (mode == TRANSFER_MOVE)
            move(s, d);
        else if (derive_whole(s, d, rights, 0) != ERR_OK)
            return i;
    }
    return count;
}

bool model_empty(cap_t slot)
{
    return slot_of(slot)->type == OBJ_NULL;
}

uint64_t model_paddr(cap_t slot)
{
    return slot_of(slot)->base;
}

unsigned model_children(cap_t slot)
{
    unsigned n = 0;

    for (const struct slot *s = slot_of(slot)->child; s != NULL; s = s->next)
        n++;
    return n;
}

void model_hold(cap_t slot, bool held)
{
    slot_of(slot)->held = held;
}

uint8_t model_contents(uint64_t paddr)
{
    return page[(paddr - MODEL_BASE) >> PAGE_BITS];
}

void model_fill(cap_t frame, uint8_t contents)
{
    const struct slot *s = slot_of(frame);
    uint64_t first = (s->base - MODEL_BASE) >> PAGE_BITS;

    memset(&page[first], contents, 1u << (s->bits - PAGE_BITS));
    for (uint64_t i = first; i < first + (1u << (s->bits - PAGE_BITS)); i++) {
        free(written[i]);
        written[i] = NULL;
    }
}

unsigned model_signals(cap_t slot)
{
    struct slot *s = slot_of(slot);

    for (; s->parent != NULL && s->parent->type == OBJ_NOTIFICATION; s = s->parent)
        ;
    return s->signals;
}

/* ---- audit ---- */

static const char *audit_slot(const struct slot *s)
{
    if (s->parent == NULL)
        return NULL;
    if (s->prev != NULL ? s->prev->next != s : s->parent->child != s)
        return "a slot's neighbour does not point back";
    if (s->next != NULL && s->next->prev != s)
        return "a slot's next does not point back";
    if (s->parent->type == OBJ_NULL)
        return "a parent is empty";
    if (!s->origin && (s->rights & ~s->parent->rights))
        return "a child has more rights than its parent";
    if ((s->type == OBJ_FRAME || s->type == OBJ_UNTYPED) &&
        (s->base < s->parent->base ||
         s->base + (1ull << s->bits) > s->parent->base + (1ull << s->parent->bits)))
        return "a child reaches beyond its parent";
    return NULL;
}

const char *model_audit(void)
{
    for (unsigned t = 0; t < TABLES; t++)
        for (unsigned i = 0; i < table_slots[t]; i++) {
            const struct slot *s = &table[t][i];
            const char *wrong = s->type != OBJ_NULL ? audit_slot(s) : NULL;

            if (wrong != NULL)
                return wrong;
        }
    return NULL;
}
