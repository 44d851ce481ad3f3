/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * child.c - builds a server: objects, image, stack, bindings.
 *
 * Init keeps the origins of all a server is made of, and the server gets derived
 * capabilities in its own table; that table stands in init's root table too, so that
 * its slots have addresses.
 */
#include "child.h"

#include "fatal.h"

#include "cpu.h"
#include "elf.h"
#include "linux_abi.h"
#include "root.h"

#include <stdlib.h>
#include <string.h>

#define READ_WRITE (RIGHT_READ | RIGHT_WRITE)

cap_t make(unsigned type, unsigned log2_size, unsigned count)
{
    cap_t to = type == OBJ_CAPTABLE ? slots_alloc_root(count) : slots_alloc(count);

    if (to == CAP_NULL || root_retype(type, log2_size, to, count) != ERR_OK)
        fatal("too little memory: the servers do not fit into %u KiB",
              (unsigned)(root_info()->ram_bytes >> 10));
    return to;
}

static unsigned pages_of(uint64_t bytes)
{
    return (unsigned)((bytes + PAGE_SIZE - 1) / PAGE_SIZE);
}

static cap_t make_frames(struct child *s, unsigned count)
{
    cap_t first = make(OBJ_FRAME, PAGE_BITS, count);

    frame_clear_run(first, count);
    s->pages += count;
    return first;
}

static cap_t make_object(struct child *s, unsigned type, unsigned log2_size)
{
    if (log2_size >= PAGE_BITS)
        s->tables += 1u << (log2_size - PAGE_BITS);
    return make(type, log2_size, 1);
}

/* ---- the space ---- */

static void map_run(struct child *s, cap_t first, uintptr_t va, unsigned count, unsigned rights)
{
    enum err e;

    while ((e = space_map(s->space, first, va, count, rights, 0, NULL)) == ERR_NO_TABLE) {
        cap_t table = make_object(s, OBJ_PAGETABLE, ARCH_PAGETABLE_BITS);

        e = space_map(s->space, table, va, 1, 0, 0, NULL);
        if (e != ERR_OK)
            break;
    }
    if (e != ERR_OK)
        fatal("server %s cannot be mapped: %s", s->spec->name, err_text(e));
}

/* An empty table for the first megabytes of heap: the server need not ask for it. */
static void map_heap_table(struct child *s)
{
    cap_t table = make_object(s, OBJ_PAGETABLE, ARCH_PAGETABLE_BITS);
    enum err e = space_map(s->space, table, HEAP_VA, 1, 0, 0, NULL);

    if (e != ERR_OK)
        fatal("server %s gets no heap: %s", s->spec->name, err_text(e));
}

static void segment_load(struct child *s, const struct file *image, const struct elf_segment *g)
{
    uintptr_t start = (uintptr_t)g->va & ~(uintptr_t)(PAGE_SIZE - 1);
    unsigned skip = (unsigned)(g->va - start);
    unsigned pages = pages_of(skip + g->memory_bytes);
    cap_t first = make_frames(s, pages);
    const char *from = (const char *)image->at + g->offset;
    uint64_t left = g->file_bytes;

    for (unsigned i = 0; left > 0; i++) {
        unsigned at = i == 0 ? skip : 0;
        unsigned n = left < PAGE_SIZE - at ? (unsigned)left : PAGE_SIZE - at;

        frame_write(first + i, at, from, n);
        from += n;
        left -= n;
    }
    map_run(s, first, start, pages, g->rights);
}

static void image_load(struct child *s, const struct file *image)
{
    static const struct elf_rules rules = {.machine = ABI_ELF_MACHINE,
                                           .word_bits = ABI_WORD_BITS,
                                           .lowest = SERVER_VA,
                                           .highest = START_VA,
                                           .base = SERVER_VA};
    static char table[ELF_TABLE_MAX];
    struct elf e;
    const char *bad = elf_read_header(&e, &rules, image->at, image->bytes, image->bytes);

    if (bad == NULL) {
        /* the header's checks have placed it inside the file */
        memcpy(table, (const char *)image->at + e.table_offset, e.table_bytes);
        bad = elf_read_table(&e, &rules, table);
    }
    if (bad != NULL)
        fatal("manifest: server %s: image %s: %s", s->spec->name, s->spec->image, bad);
    for (unsigned i = 0; i < e.segments; i++)
        segment_load(s, image, &e.segment[i]);
    s->entry = (uintptr_t)e.entry;
}

/* ---- the thread and its own capabilities ---- */

static void give(struct child *s, enum server_slot slot, cap_t from, unsigned rights, word_t badge)
{
    enum err e = cap_derive(from, CAP(s->table, slot), rights, badge);

    if (e != ERR_OK)
        fatal("server %s cannot get its capability %u: %s", s->spec->name, slot, err_text(e));
}

static void bind(struct child *s, cap_t buffer)
{
    const cap_t bound[BIND_COUNT] = {
        [BIND_ROOT] = s->table,
        [BIND_SPACE] = s->space,
        [BIND_FAULT] = s->fault,
        [BIND_FAULT_SPACE] = s->space,
        [BIND_ENDPOINT] = s->endpoint,
        [BIND_REPLY] = s->reply,
        [BIND_NOTIFICATION] = s->notification,
        [BIND_BUFFER] = buffer,
    };
    enum err e = thread_bind_all(s->thread, bound);

    if (e != ERR_OK)
        fatal("server %s cannot be bound: %s", s->spec->name, err_text(e));
}

static void objects_make(struct child *s)
{
    s->table = make_object(s, OBJ_CAPTABLE, SERVER_ROOT_BITS);
    s->space = make_object(s, OBJ_SPACE, ARCH_SPACE_BITS);
    s->thread = make_object(s, OBJ_THREAD, 0);
    s->endpoint = make_object(s, OBJ_ENDPOINT, 0);
    s->reply = make_object(s, OBJ_REPLY, 0);
    s->notification = make_object(s, OBJ_NOTIFICATION, 0);
    s->tables++; /* the small ones together: less than a page */
}

static void thread_make(struct child *s, cap_t buffer, unsigned badge)
{
    uint32_t priority = s->spec->priority;

    bind(s, buffer);
    thread_setup(s->thread, priority, THREAD_LOG | (s->spec->power ? THREAD_POWER : 0), 0, badge);
    give(s, SLOT_ROOT, s->table, RIGHT_ALL, 0);
    give(s, SLOT_SPACE, s->space, RIGHT_ALL, 0);
    give(s, SLOT_THREAD, s->thread, READ_WRITE, priority);
    give(s, SLOT_ENDPOINT, s->endpoint, READ_WRITE | RIGHT_GRANT, 0);
    give(s, SLOT_REPLY, s->reply, RIGHT_ALL, 0);
    give(s, SLOT_NOTIFICATION, s->notification, READ_WRITE | RIGHT_GRANT, 0);
    give(s, SLOT_BUFFER, buffer, READ_WRITE, 0);
}

void child_build(struct child *s, const struct manifest_server *spec, const struct file *image,
                 cap_t fault, unsigned badge)
{
    cap_t stack, buffer;

    s->spec = spec;
    s->fault = fault;
    s->named = SLOT_NAMED;
    objects_make(s);
    image_load(s, image);
    stack = make_frames(s, START_STACK_PAGES);
    map_run(s, stack, STACK_TOP - START_STACK_PAGES * PAGE_SIZE, START_STACK_PAGES, READ_WRITE);
    buffer = make_frames(s, 1);
    map_run(s, buffer, BUFFER_VA, 1, READ_WRITE);
    map_heap_table(s);
    thread_make(s, buffer, badge);
}

/* ---- named capabilities and the start block ---- */

cap_t child_slot(struct child *s, cap_t *theirs)
{
    if (s->named == SLOT_FREE)
        fatal("manifest: server %s gets more than %u capabilities", s->spec->name,
              SLOT_FREE - SLOT_NAMED);
    *theirs = s->named;
    return CAP(s->table, s->named++);
}

cap_t child_run(struct child *s, unsigned slots, cap_t *theirs)
{
    unsigned bits = CAPTABLE_MIN_BITS;
    cap_t table, to;

    while (CAPTABLE_SLOTS(bits) < slots)
        bits++;
    table = make_object(s, OBJ_CAPTABLE, bits);
    to = child_slot(s, theirs);
    if (cap_derive(table, to, RIGHT_ALL, 0) != ERR_OK)
        fatal("server %s cannot get a table", s->spec->name);
    *theirs = CAP(*theirs, 0);
    return CAP(table, 0);
}

void child_lay_out(struct child *s)
{
    s->start_pages = pages_of(block_bytes(&s->block));
    if (s->start_pages > START_PAGES)
        fatal("manifest: server %s: its properties take more than %u KiB", s->spec->name,
              START_PAGES * PAGE_SIZE / 1024);
    s->start = make_frames(s, s->start_pages);
    map_run(s, s->start, START_VA, s->start_pages, RIGHT_READ);
    s->text = malloc(block_bytes(&s->block));
    if (s->text == NULL)
        fatal("too little memory for the start block of %s", s->spec->name);
}

void child_tell(struct child *s)
{
    const struct bootinfo *info = root_info();
    size_t bytes = block_bytes(&s->block);

    block_write(&s->block, s->spec->name, info->flags, info->timebase, s->text);
    for (unsigned i = 0; i < s->start_pages; i++) {
        size_t left = bytes - (size_t)i * PAGE_SIZE;

        frame_write(s->start + i, 0, s->text + (size_t)i * PAGE_SIZE,
                    left < PAGE_SIZE ? (unsigned)left : PAGE_SIZE);
    }
    free(s->text);
    s->text = NULL;
}

void child_start(struct child *s)
{
    enum err e = thread_start(s->thread, s->entry, STACK_TOP, START_VA, 0);

    if (e != ERR_OK)
        fatal("server %s cannot be started: %s", s->spec->name, err_text(e));
}
