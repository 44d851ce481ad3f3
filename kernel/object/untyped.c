/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * untyped.c - memory without a type yet, and retype, which makes objects of it.
 *
 * An Untyped is used from its base upwards; `word[0]` is the watermark in 32-byte units, and
 * goes back to zero when its last child is gone. `word[1]` remembers that kernel objects lived
 * in it: then Frames made of it are cleared, else they keep their contents (between users that
 * is the frame server's business).
 */
#include "untyped.h"

#include "ipc.h"
#include "space.h"

/* log2 of the size of an object of this type; 0 = the type cannot be made. */
static unsigned object_bits(unsigned type, unsigned asked)
{
    switch (type) {
    case OBJ_UNTYPED:
        return asked >= UNTYPED_MIN_BITS && asked <= UNTYPED_MAX_BITS ? asked : 0;
    case OBJ_CAPTABLE:
        return asked >= CAPTABLE_MIN_BITS && asked <= CAPTABLE_MAX_BITS ? asked : 0;
    case OBJ_FRAME:
        return asked >= PAGE_BITS && asked <= UNTYPED_MAX_BITS ? asked : 0;
    case OBJ_THREAD:
        return 10;
    case OBJ_ENDPOINT:
    case OBJ_NOTIFICATION:
        return 6;
    case OBJ_REPLY:
        return 7;
    case OBJ_SPACE:
        return ARCH_SPACE_BITS;
    case OBJ_PAGETABLE:
        return ARCH_PAGETABLE_BITS;
    default:
        return 0;
    }
}

static uint32_t origin_head(const struct slot *untyped, unsigned type, unsigned bits)
{
    uint32_t head = type | HEAD_SIZE(bits) | HEAD_ORIGIN | (untyped->head & HEAD_DEVICE);
    uint32_t rights = RIGHT_ALL;

    return head | HEAD_RIGHTS(rights);
}

static unsigned retype_check(const struct slot *u, unsigned type, unsigned bits)
{
    if (slot_type(u) != OBJ_UNTYPED)
        return ERR_WRONG_TYPE;
    if (!bits || bits > slot_size(u))
        return bits ? ERR_NO_MEMORY : ERR_BAD_ARG;
    if ((u->head & HEAD_DEVICE) && type != OBJ_FRAME && type != OBJ_UNTYPED)
        return ERR_WRONG_TYPE;
    if (slot_paddr(u) >= ARCH_WINDOW_END && type != OBJ_FRAME && type != OBJ_UNTYPED)
        return ERR_WRONG_TYPE; /* the kernel does not see it */
    if (slot_depth(u) >= DEPTH_MAX)
        return ERR_TOO_DEEP;
    return tree_dying(u) ? ERR_DYING : ERR_OK;
}

/*
 * An object is cleared before it begins to be one. Meanwhile its slot holds a child Untyped that
 * is full and has no children: nothing can be made of it, and no user can make such a one. Its
 * word[1] counts the pages done, so the clearing can be interrupted and taken up again.
 */
static bool is_unborn(const struct slot *u, const struct slot *s, unsigned bits)
{
    return slot_type(s) == OBJ_UNTYPED && slot_size(s) == bits && s->parent == slot_ref(u) &&
           !s->child && s->word[0] == KERNEL_BITS(bits - SLOT_BITS) && (s->head & HEAD_ORIGIN);
}

static bool unborn_clear(struct slot *s)
{
    uint64_t bytes = KERNEL_BITS(slot_size(s)), at;
    paddr_t base = slot_paddr(s);

    while ((at = (uint64_t)s->word[1] << PAGE_BITS) < bytes) {
        arch_clear(window(base + at), bytes - at < PAGE_SIZE ? bytes - at : PAGE_SIZE);
        s->word[1]++;
        if (at + PAGE_SIZE < bytes && step_over())
            return false;
    }
    return true;
}

static void object_begin(struct slot *s)
{
    switch (slot_type(s)) {
    case OBJ_SPACE:
        space_init(space_of(s));
        break;
    case OBJ_THREAD:
        s->word[0] = cpu.current->ceiling;
        break;
    default:
        break;
    }
}

static bool needs_clearing(const struct slot *u, unsigned type)
{
    if (type == OBJ_UNTYPED || (u->head & HEAD_DEVICE))
        return false;
    return type != OBJ_FRAME || u->word[1];
}

/* Reserves the memory of one object and puts an Untyped of it into `to`. */
static unsigned retype_reserve(struct slot *u, struct slot *to, unsigned bits)
{
    uint64_t unit = KERNEL_BITS(bits - SLOT_BITS), size = KERNEL_BITS(slot_size(u) - SLOT_BITS);
    uint64_t at = (u->word[0] + unit - 1) & ~(unit - 1);

    if (!slot_empty(to))
        return ERR_NOT_EMPTY;
    if (at + unit > size)
        return ERR_NO_MEMORY;
    u->word[0] = (uint32_t)(at + unit);
    tree_insert(u, to, origin_head(u, OBJ_UNTYPED, bits), u->obj + (uint32_t)at);
    return ERR_OK;
}

/* One object, from reservation to birth; ERR_RESTART while its memory is being cleared. */
static unsigned retype_one(struct slot *u, struct slot *to, unsigned type, unsigned bits)
{
    if (!is_unborn(u, to, bits)) {
        unsigned err = retype_reserve(u, to, bits);

        if (err != ERR_OK)
            return err;
        to->word[0] = (uint32_t)KERNEL_BITS(bits - SLOT_BITS);
    }
    if (needs_clearing(u, type) && !unborn_clear(to))
        return ERR_RESTART;
    to->word[0] = 0;
    to->word[1] = type == OBJ_UNTYPED ? u->word[1] : 0;
    to->head = (to->head & ~HEAD_TYPE) | type;
    if (type == OBJ_FRAME)
        to->obj >>= PAGE_BITS - SLOT_BITS;
    else if (type != OBJ_UNTYPED)
        u->word[1] = 1;
    object_begin(to);
    return ERR_OK;
}

/*
 * word: type, log2 size, dst, count, objects done. The last is progress kept in the argument
 * registers while the call is being restarted; a caller that sets it only skips slots.
 */
unsigned untyped_retype(struct thread *t, struct slot *u, word_t *word)
{
    unsigned type = (unsigned)word[0], bits = object_bits(type, (unsigned)word[1]);
    unsigned err = retype_check(u, type, bits);
    size_t done = word[4];
    struct run to;

    if (err == ERR_OK && (word[3] < 1 || word[3] > 256 || done > word[3]))
        err = ERR_BAD_ARG;
    if (err == ERR_OK)
        err = run_room(t, (cap_t)word[2], (unsigned)word[3], &to);
    while (err == ERR_OK && done < to.count) {
        err = retype_one(u, to.first + done, type, bits);
        if (err != ERR_OK)
            break;
        if (++done < to.count && step_over())
            err = ERR_RESTART;
    }
    word[4] = done;
    if (err != ERR_RESTART)
        word[0] = done;
    return err;
}
