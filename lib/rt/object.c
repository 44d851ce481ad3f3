/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * object.c - kernel objects of the server's own.
 *
 * Small ones share an Untyped of a page; each larger one has an Untyped of its size.
 * Both kinds of Untyped stand in root slots: growing the other tables needs objects.
 */
#include "cpu.h"
#include "rt.h"

static const uint8_t object_bits[OBJ_COUNT] = {
#define X(name, bits, text) [OBJ_##name] = bits,
    OBJECT_TABLE(X)
#undef X
};

static cap_t shared; /* Untyped for small objects; CAP_NULL before the first */

static unsigned size_of(unsigned type, unsigned log2_size)
{
    if (log2_size != 0)
        return log2_size;
    if (type == OBJ_SPACE)
        return ARCH_SPACE_BITS;
    if (type == OBJ_PAGETABLE)
        return ARCH_PAGETABLE_BITS;
    if (type == OBJ_CAPTABLE)
        return CAPTABLE_MIN_BITS;
    return object_bits[type];
}

static cap_t untyped_take(unsigned log2_size)
{
    cap_t slot = slots_alloc_root(1);

    if (slot != CAP_NULL && memory_objects(slot, log2_size) != ERR_OK) {
        slots_free(slot, 1);
        return CAP_NULL;
    }
    return slot;
}

static enum err make_small(unsigned type, unsigned bits, cap_t to)
{
    enum err e = ERR_NO_MEMORY;
    cap_t fresh;

    if (shared != CAP_NULL)
        e = untyped_retype(shared, type, bits, to, 1, NULL);
    if (e != ERR_NO_MEMORY)
        return e;
    fresh = untyped_take(PAGE_BITS);
    if (fresh == CAP_NULL)
        return ERR_NO_MEMORY;
    shared = fresh;
    return untyped_retype(shared, type, bits, to, 1, NULL);
}

static enum err make_large(unsigned type, unsigned bits, cap_t to)
{
    cap_t untyped = untyped_take(bits);
    enum err e;

    if (untyped == CAP_NULL)
        return ERR_NO_MEMORY;
    e = untyped_retype(untyped, type, bits, to, 1, NULL);
    if (e != ERR_OK && cap_delete(untyped, 1) == ERR_OK)
        slots_free(untyped, 1);
    return e;
}

cap_t object_make(unsigned type, unsigned log2_size)
{
    unsigned bits = size_of(type, log2_size);
    cap_t slot = type == OBJ_CAPTABLE ? slots_alloc_root(1) : slots_alloc(1);
    enum err e;

    if (slot == CAP_NULL)
        return CAP_NULL;
    e = bits < PAGE_BITS ? make_small(type, bits, slot) : make_large(type, bits, slot);
    if (e == ERR_OK)
        return slot;
    slots_free(slot, 1);
    return CAP_NULL;
}
