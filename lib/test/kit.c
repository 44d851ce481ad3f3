/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kit.c - memory, slots and objects that end with the test.
 */
#include "kit.h"

#include "kit_run.h"
#include "root.h"
#include "start.h"

static cap_t arena; /* Untyped, made once */
static cap_t table; /* slot of the root table for the test's own */
static unsigned used;
static struct transcript saw;

#define FNV_BASIS 0xcbf29ce484222325u
#define FNV_PRIME 0x100000001b3u

static void fold(uint64_t value)
{
    saw.sum = (saw.sum ^ value) * FNV_PRIME;
    saw.sum ^= saw.sum >> 32;
}

void kit_saw(unsigned step, const struct answer *a, const word_t word[MESSAGE_WORDS])
{
    saw.answers++;
    fold(step);
    fold(a->err);
    fold(a->kind);
    fold(a->badge);
    for (unsigned i = 0; i < MESSAGE_WORDS; i++)
        fold(word[i]);
}

struct transcript kit_transcript(void)
{
    return saw;
}

void kit_begin(void)
{
    if (arena == CAP_NULL) {
        arena = slots_alloc(1);
        do { /* not where the number of pieces of memory says: transcripts are compared */
            table = slots_alloc_root(1);
        } while (table % 64);
        if (root_retype(OBJ_UNTYPED, KIT_ARENA_BITS, arena, 1) != ERR_OK)
            die("no memory for an arena");
    }
    if (untyped_retype(arena, OBJ_CAPTABLE, KIT_SLOTS_BITS, table, 1, NULL) != ERR_OK)
        die("no memory for a table of slots");
    used = 0;
    saw = (struct transcript){.sum = FNV_BASIS};
}

const char *kit_end(void)
{
    struct cap_facts facts;
    enum err e = cap_revoke(arena);

    if (e != ERR_OK)
        return err_text(e);
    if (cap_inspect(arena, &facts) != ERR_OK || facts.detail != (word_t)1 << KIT_ARENA_BITS)
        return "the arena is not whole again";
    if (cap_inspect(table, &facts) != ERR_OK || facts.type != OBJ_NULL)
        return "the table of slots is still there";
    return NULL;
}

cap_t kit_arena(void)
{
    return arena;
}

cap_t kit_slots(unsigned count)
{
    unsigned first = used;

    if (count > CAPTABLE_SLOTS(KIT_SLOTS_BITS) - used)
        unit_fail(__FILE__, __LINE__, "the test needs more than %u slots",
                  CAPTABLE_SLOTS(KIT_SLOTS_BITS));
    used += count;
    return CAP(table, first);
}

void kit_error(const char *file, int line, const char *text, enum err is, enum err want)
{
    if (is != want)
        unit_fail(file, line, "%s is %s, not %s", text, err_name(is), err_name(want));
}

cap_t kit_object(unsigned type, unsigned log2_size)
{
    /* a CapTable has an address for its slots only in the root table */
    cap_t to = type == OBJ_CAPTABLE ? kit_root_slot() : kit_slots(1);

    CHECK_OK(untyped_retype(arena, type, log2_size, to, 1, NULL));
    return to;
}

cap_t kit_frames(unsigned count)
{
    cap_t first = kit_slots(count);

    CHECK_OK(untyped_retype(arena, OBJ_FRAME, PAGE_BITS, first, count, NULL));
    CHECK_OK(frame_clear_run(first, count));
    return first;
}

cap_t kit_derive(cap_t from, uint32_t rights, word_t badge)
{
    cap_t to = kit_slots(1);

    CHECK_OK(cap_derive(from, to, rights, badge));
    return to;
}

cap_t kit_space_empty(void)
{
    return kit_object(OBJ_SPACE, 0);
}

void kit_tables(cap_t space, uintptr_t va, uintptr_t bytes)
{
    uintptr_t end = va + bytes;

    for (va &= ~(KIT_LEAF_BYTES - 1); va < end; va += KIT_LEAF_BYTES) {
        cap_t spare = kit_object(OBJ_PAGETABLE, 0);

        while (space_map(space, spare, va, 1, 0, 0, NULL) == ERR_OK)
            spare = kit_object(OBJ_PAGETABLE, 0);
    }
}

cap_t kit_space(void)
{
    const struct bootinfo *info = root_info();
    cap_t space = kit_space_empty();
    cap_t first = kit_slots(info->image_count);

    kit_tables(space, SERVER_VA, START_VA - SERVER_VA);
    for (unsigned i = 0; i < info->image_count; i++) {
        struct cap_facts f = kit_facts(info->image_first + i);

        CHECK_OK(cap_derive(info->image_first + i, first + i, RIGHT_ALL, 0));
        CHECK_OK(space_map(space, first + i, (uintptr_t)f.detail << PAGE_BITS, 1,
                           RIGHT_READ | RIGHT_WRITE | RIGHT_EXECUTE, 0, NULL));
    }
    return space;
}

cap_t kit_image_frame(const void *page)
{
    const struct bootinfo *info = root_info();

    for (unsigned i = 0; i < info->image_count; i++)
        if (kit_facts(info->image_first + i).detail == (uintptr_t)page >> PAGE_BITS)
            return info->image_first + i;
    unit_fail(__FILE__, __LINE__, "the image has no page at 0x%lx", (unsigned long)(uintptr_t)page);
}

struct cap_facts kit_facts(cap_t cap)
{
    struct cap_facts f;

    CHECK_OK(cap_inspect(cap, &f));
    return f;
}

unsigned kit_type(cap_t cap)
{
    return kit_facts(cap).type;
}
