/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * space.c - a supervisor's memory. Text and constants are mapped from capabilities derived
 * from the image that all share; data, stack, buffer and start block are frames of its own.
 */
#include "parts.h"

#include "cpu.h"
#include "frame.h"

#define BATCH 64u /* frames or pages of one call */

static enum err tables_map(const struct supervisor *s)
{
    static const struct {
        uint8_t part;
        uintptr_t va;
    } tables[] = {{PART_DIRECTORY, SERVER_VA},
                  {PART_TABLE, SERVER_VA},
                  {PART_HEAP_TABLE, HEAP_VA},
                  {PART_WINDOW_TABLE, WINDOW_VA}};
    const unsigned first = ARCH_TABLE_LEVELS > 1 ? 0 : 1; /* leaf tables may hang in the root */
    enum err e = ERR_OK;

    for (unsigned i = first; e == ERR_OK && i < sizeof(tables) / sizeof(tables[0]); i++)
        e = space_map(part(s, PART_SPACE), part(s, tables[i].part), tables[i].va, 1, 0, 0, NULL);
    return e;
}

/* `count` cleared frames of its bank, into the next slots of `parts`: *first. */
static enum err frames_take(struct supervisor *s, unsigned count, cap_t *first)
{
    unsigned slot = s->parts_used, end = slot + count;

    *first = part(s, slot);
    if (end > CAPTABLE_SLOTS(PARTS_BITS))
        return ERR_LIMIT;
    while (slot < end) {
        unsigned want = end - slot < BATCH ? end - slot : BATCH;
        struct frame_alloc_req q = {
            .count = want, .class = FRAME_FIXED | FRAME_CLEARED, .first = LABEL(slot)};
        struct frame_alloc_reply r;
        struct passing pass = {.recv = part(s, slot), .recv_count = (uint8_t)want};
        enum err e = frame_alloc(s->memory, &q, &r, &pass);

        if (e != ERR_OK)
            return e;
        slot += r.got;
    }
    s->parts_used = end;
    return ERR_OK;
}

static enum err map(const struct supervisor *s, cap_t first, uintptr_t va, unsigned count,
                    unsigned rights)
{
    enum err e = ERR_OK;

    for (unsigned done = 0; e == ERR_OK && done < count; done += BATCH) {
        unsigned n = count - done < BATCH ? count - done : BATCH;

        e = space_map(part(s, PART_SPACE), first + done, va + done * PAGE_SIZE, n, rights, 0, NULL);
    }
    return e;
}

/* Bytes into a run of frames, from `offset` in its first. */
static enum err fill(cap_t first, size_t offset, const char *from, size_t bytes)
{
    enum err e = ERR_OK;

    while (e == ERR_OK && bytes > 0) {
        unsigned at = offset % BUFFER_BYTES, n = BUFFER_BYTES - at;

        if (n > bytes)
            n = (unsigned)bytes;
        e = frame_write(first + (cap_t)(offset / PAGE_SIZE), offset % PAGE_SIZE, from, n);
        offset += n;
        from += n;
        bytes -= n;
    }
    return e;
}

static enum err segment_load(struct supervisor *s, const struct template *t,
                             const struct elf_segment *g)
{
    unsigned skip = g->va % PAGE_SIZE;
    unsigned pages = (unsigned)((skip + g->memory_bytes + PAGE_SIZE - 1) / PAGE_SIZE);
    cap_t first = part(s, s->parts_used);
    enum err e;

    if (g->rights & RIGHT_WRITE) {
        e = frames_take(s, pages, &first);
        if (e == ERR_OK)
            e = fill(first, skip, t->image + g->offset, g->file_bytes);
    } else {
        if (pages > CAPTABLE_SLOTS(PARTS_BITS) - s->parts_used)
            return ERR_LIMIT;
        s->parts_used += pages;
        e = cap_derive_run(t->frames + (cap_t)(g->offset / PAGE_SIZE), first, g->rights, pages,
                           NULL);
    }
    return e == ERR_OK ? map(s, first, g->va - skip, pages, g->rights) : e;
}

enum err space_load(struct supervisor *s, const struct template *t)
{
    enum err e = tables_map(s);

    for (unsigned i = 0; e == ERR_OK && i < t->elf.segments; i++)
        e = segment_load(s, t, &t->elf.segment[i]);
    return e;
}

enum err space_stack(struct supervisor *s, cap_t *buffer)
{
    cap_t first = CAP_NULL;
    enum err e = frames_take(s, STACK_PAGES + 1, &first);

    *buffer = first + STACK_PAGES;
    if (e == ERR_OK)
        e = map(s, first, STACK_TOP - STACK_PAGES * PAGE_SIZE, STACK_PAGES, READ_WRITE);
    return e == ERR_OK ? map(s, *buffer, BUFFER_VA, 1, READ_WRITE) : e;
}

enum err space_start_block(struct supervisor *s, const char *text, size_t bytes)
{
    unsigned pages = (unsigned)((bytes + PAGE_SIZE - 1) / PAGE_SIZE);
    cap_t first = CAP_NULL;
    enum err e = pages <= START_PAGES ? frames_take(s, pages, &first) : ERR_LIMIT;

    if (e == ERR_OK)
        e = fill(first, 0, text, bytes);
    return e == ERR_OK ? map(s, first, START_VA, pages, RIGHT_READ) : e;
}
