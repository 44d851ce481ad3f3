/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * supervisor.c - builds a supervisor with an empty task, and buries both.
 *
 * Text and constants are mapped from capabilities derived from the image that all share;
 * data, stack, buffer and start block are frames of its own. The first error stops the
 * building, and what stands by then is buried like a whole one.
 */
#include "supervisor.h"

#include "block.h"
#include "boot.h"
#include "cpu.h"
#include "file.h"
#include "frame.h"

#include <stdlib.h>
#include <string.h>

#define READ_WRITE  (RIGHT_READ | RIGHT_WRITE)
#define OBJECT_BITS 16u /* the Untyped that all its kernel objects fit in */
#define PARTS_BITS  12u /* 128 slots */
#define STACK_PAGES 4u  /* its calls are shallow */
#define BATCH       64u

/* Slots of `parts`. */
enum part {
    PART_SPACE,
    PART_TASK_SPACE,
    PART_DIRECTORY, /* the page table above the leaf tables */
    PART_TABLE,     /* leaf tables: image, stack and start block; heap; windows */
    PART_HEAP_TABLE,
    PART_WINDOW_TABLE,
    PART_THREAD,
    PART_TASK_THREAD,
    PART_ENDPOINT,
    PART_REPLY,
    PART_NOTIFICATION,
    PART_BELL,  /* the notification, badged with the bit that we raise */
    PART_FIRST, /* frames */
};

/* The bits of its notification: the file server's, ours. */
enum bell { BELL_FILE, BELL_PROCESS };

/* Frames that the bank hands out are remembered by slots of the client's. The supervisor uses
 * the same session for slots of its own, so ours get numbers that no slot can have. */
#define LABEL(slot) (0x80000000u | (slot))

static cap_t part(const struct supervisor *s, unsigned slot)
{
    return CAP(s->parts, slot);
}

/* ---- the bank and the objects ---- */

static enum err bank_make(struct supervisor *s, const struct template *t)
{
    struct frame_bank_req q = {.max_pages = t->max_pages, .label = s->pid};
    struct frame_bank_reply r;
    struct passing pass = {.recv = s->memory, .recv_count = 1};
    enum err e = frame_bank(SLOT_MEMORY, &q, &r, &pass);

    s->bank = e == ERR_OK ? r.bank : 0;
    return e;
}

static enum err untyped_take(struct supervisor *s)
{
    struct frame_objects_req q = {.log2_size = OBJECT_BITS, .slot = LABEL(0xffffu)};
    struct frame_objects_reply r;
    struct passing pass = {.recv = s->untyped, .recv_count = 1};

    return frame_objects(s->memory, &q, &r, &pass);
}

/* The small ones fill the page that is left behind the tables of slots; all others lie on
 * multiples of their size then, and 2^OBJECT_BITS bytes just suffice. */
static enum err objects_make(struct supervisor *s)
{
    static const struct {
        uint8_t type, bits, part, count;
    } objects[] = {
        {OBJ_THREAD, 0, PART_THREAD, 2},
        {OBJ_REPLY, 0, PART_REPLY, 1},
        {OBJ_ENDPOINT, 0, PART_ENDPOINT, 1},
        {OBJ_NOTIFICATION, 0, PART_NOTIFICATION, 1},
        {OBJ_SPACE, ARCH_SPACE_BITS, PART_SPACE, 2},
        {OBJ_PAGETABLE, ARCH_PAGETABLE_BITS, PART_DIRECTORY, 4},
    };
    enum err e = untyped_retype(s->untyped, OBJ_CAPTABLE, SERVER_ROOT_BITS, s->table, 1, NULL);

    if (e == ERR_OK)
        e = untyped_retype(s->untyped, OBJ_CAPTABLE, PARTS_BITS, s->parts, 1, NULL);
    for (unsigned i = 0; e == ERR_OK && i < sizeof(objects) / sizeof(objects[0]); i++)
        e = untyped_retype(s->untyped, objects[i].type, objects[i].bits, part(s, objects[i].part),
                           objects[i].count, NULL);
    if (e == ERR_OK)
        e = cap_derive(part(s, PART_NOTIFICATION), part(s, PART_BELL), RIGHT_WRITE,
                       (word_t)1 << BELL_PROCESS);
    s->parts_used = PART_FIRST;
    return e;
}

/* ---- its space ---- */

static enum err tables_map(const struct supervisor *s)
{
    static const struct {
        uint8_t part;
        uintptr_t va;
    } tables[] = {{PART_DIRECTORY, SERVER_VA},
                  {PART_TABLE, SERVER_VA},
                  {PART_HEAP_TABLE, HEAP_VA},
                  {PART_WINDOW_TABLE, WINDOW_VA}};
    enum err e = ERR_OK;

    for (unsigned i = 0; e == ERR_OK && i < sizeof(tables) / sizeof(tables[0]); i++)
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

static enum err image_load(struct supervisor *s, const struct template *t)
{
    enum err e = tables_map(s);

    for (unsigned i = 0; e == ERR_OK && i < t->elf.segments; i++)
        e = segment_load(s, t, &t->elf.segment[i]);
    return e;
}

/* ---- capabilities of its own ---- */

static enum err give(const struct supervisor *s, unsigned slot, cap_t from, unsigned rights,
                     word_t badge)
{
    return cap_derive(from, CAP(s->table, slot), rights, badge);
}

static enum err give_own(const struct supervisor *s, const struct template *t, cap_t buffer)
{
    const struct {
        uint8_t slot, rights;
        cap_t from;
        word_t badge;
    } own[] = {
        {SLOT_ROOT, RIGHT_ALL, s->table, 0},
        {SLOT_SPACE, RIGHT_ALL, part(s, PART_SPACE), 0},
        {SLOT_THREAD, READ_WRITE, part(s, PART_THREAD), t->priority},
        {SLOT_ENDPOINT, READ_WRITE | RIGHT_GRANT, part(s, PART_ENDPOINT), 0},
        {SLOT_REPLY, RIGHT_ALL, part(s, PART_REPLY), 0},
        {SLOT_NOTIFICATION, READ_WRITE | RIGHT_GRANT, part(s, PART_NOTIFICATION), 0},
        {SLOT_BUFFER, READ_WRITE, buffer, 0},
        {SLOT_MEMORY, RIGHT_WRITE | RIGHT_GRANT, s->memory, 0},
    };
    enum err e = ERR_OK;

    for (unsigned i = 0; e == ERR_OK && i < sizeof(own) / sizeof(own[0]); i++)
        e = give(s, own[i].slot, own[i].from, own[i].rights, own[i].badge);
    return e;
}

static enum err bind(const struct supervisor *s, cap_t buffer)
{
    const struct {
        uint8_t thread, binding;
        cap_t cap;
    } all[] = {
        {PART_THREAD, BIND_ROOT, s->table},
        {PART_THREAD, BIND_SPACE, part(s, PART_SPACE)},
        {PART_THREAD, BIND_FAULT, SLOT_ENDPOINT},
        {PART_THREAD, BIND_FAULT_SPACE, part(s, PART_SPACE)},
        {PART_THREAD, BIND_ENDPOINT, part(s, PART_ENDPOINT)},
        {PART_THREAD, BIND_REPLY, part(s, PART_REPLY)},
        {PART_THREAD, BIND_NOTIFICATION, part(s, PART_NOTIFICATION)},
        {PART_THREAD, BIND_BUFFER, buffer},
        {PART_TASK_THREAD, BIND_SPACE, part(s, PART_TASK_SPACE)},
        {PART_TASK_THREAD, BIND_FAULT, part(s, PART_ENDPOINT)},
        {PART_TASK_THREAD, BIND_FAULT_SPACE, part(s, PART_TASK_SPACE)},
        {PART_TASK_THREAD, BIND_FALLBACK, SLOT_ENDPOINT},
    };
    enum err e = ERR_OK;

    for (unsigned i = 0; e == ERR_OK && i < sizeof(all) / sizeof(all[0]); i++)
        e = thread_bind(part(s, all[i].thread), all[i].binding, all[i].cap);
    return e;
}

/* Both threads tell their faults with the pid; see main.c for those that reach us. */
static enum err set_up(const struct supervisor *s, const struct template *t)
{
    enum err e = thread_setup(part(s, PART_THREAD), t->priority, THREAD_LOG, 0, s->pid);

    if (e != ERR_OK)
        return e;
    return thread_setup(part(s, PART_TASK_THREAD), t->task_priority, THREAD_FOREIGN, t->deadline_ms,
                        s->pid);
}

/* ---- what it finds in its start block ---- */

static enum err name(struct supervisor *s, struct block *b, const char *text, cap_t from,
                     unsigned rights, word_t badge, uint32_t value)
{
    unsigned slot = s->named++;

    if (slot == SLOT_FREE || !block_cap(b, text, slot, 1, value))
        return ERR_LIMIT;
    return from == CAP_NULL ? ERR_OK : give(s, slot, from, rights, badge);
}

static enum err file_session_make(struct supervisor *s)
{
    struct file_session_req q = {.bit = BELL_FILE, .bank = s->pid};
    struct file_session_reply r;
    struct passing pass = {.send = part(s, PART_NOTIFICATION),
                           .send_count = 1,
                           .rights = RIGHT_WRITE | RIGHT_GRANT,
                           .recv = CAP(s->table, s->named),
                           .recv_count = 1};
    enum err e = file_session(start_cap("file", NULL), &q, &r, &pass);

    s->session = e == ERR_OK ? r.session : 0;
    return e;
}

static enum err name_all(struct supervisor *s, struct block *b)
{
    enum err e = file_session_make(s);

    if (e == ERR_OK)
        e = name(s, b, "file", CAP_NULL, 0, 0, BELL_FILE);
    if (e == ERR_OK)
        e = name(s, b, "process", SLOT_ENDPOINT, RIGHT_WRITE, s->pid, BELL_PROCESS);
    if (e == ERR_OK)
        e = name(s, b, "task-space", part(s, PART_TASK_SPACE), RIGHT_MAP | RIGHT_COPY, 0, 0);
    if (e == ERR_OK)
        e = name(s, b, "task-thread", part(s, PART_TASK_THREAD), READ_WRITE, 0, 0);
    if (e == ERR_OK)
        e = name(s, b, "status", s->status.frame, READ_WRITE, 0, 0);
    return e;
}

#define PAGER_PREFIX "pager."

/* The manifest's properties of the pager, and what all programs get alike. */
static void take_property(void *block, const char *property, const void *value, uint32_t bytes)
{
    static const char *const common[] = {"environment", "epoch", "seed"};

    if (strncmp(property, PAGER_PREFIX, sizeof(PAGER_PREFIX) - 1) == 0)
        block_property(block, NULL, property + sizeof(PAGER_PREFIX) - 1, value, bytes);
    for (unsigned i = 0; i < sizeof(common) / sizeof(common[0]); i++)
        if (strcmp(property, common[i]) == 0)
            block_property(block, NULL, property, value, bytes);
}

static enum err block_place(struct supervisor *s, struct block *b)
{
    const struct start *own = start_block();
    size_t bytes = block_bytes(b);
    unsigned pages = (unsigned)((bytes + PAGE_SIZE - 1) / PAGE_SIZE);
    char *text = malloc(bytes);
    enum err e = text ? ERR_OK : ERR_NO_MEMORY;
    cap_t first = CAP_NULL;

    if (pages > START_PAGES)
        e = ERR_LIMIT;
    if (e == ERR_OK)
        e = frames_take(s, pages, &first);
    if (e == ERR_OK) {
        block_write(b, "pager", own->flags, own->timebase, text);
        e = fill(first, 0, text, bytes);
    }
    if (e == ERR_OK)
        e = map(s, first, START_VA, pages, RIGHT_READ);
    free(text);
    return e;
}

static enum err block_make(struct supervisor *s, const struct texts *argv)
{
    struct block b = {0};
    enum err e = name_all(s, &b);

    if (e == ERR_OK) {
        start_properties(take_property, &b);
        e = block_cell(&b, "pid", s->pid) && block_property(&b, NULL, "argv", argv->at, argv->bytes)
                ? block_place(s, &b)
                : ERR_NO_MEMORY;
    }
    free(b.property);
    return e;
}

/* ---- building and burying ---- */

static enum err build(const struct template *t, struct supervisor *s, const struct texts *argv)
{
    cap_t own = CAP_NULL; /* its stack, then its buffer */
    enum err e = bank_make(s, t);

    if (e == ERR_OK)
        e = untyped_take(s);
    if (e == ERR_OK)
        e = objects_make(s);
    if (e == ERR_OK)
        e = image_load(s, t);
    if (e == ERR_OK)
        e = frames_take(s, STACK_PAGES + 1, &own);
    if (e == ERR_OK)
        e = map(s, own, STACK_TOP - STACK_PAGES * PAGE_SIZE, STACK_PAGES, READ_WRITE);
    if (e == ERR_OK)
        e = map(s, own + STACK_PAGES, BUFFER_VA, 1, READ_WRITE);
    if (e == ERR_OK)
        e = give_own(s, t, own + STACK_PAGES);
    if (e == ERR_OK)
        e = bind(s, own + STACK_PAGES);
    if (e == ERR_OK)
        e = set_up(s, t);
    if (e == ERR_OK)
        e = block_make(s, argv);
    if (e == ERR_OK)
        e = thread_start(part(s, PART_THREAD), (uintptr_t)t->elf.entry, STACK_TOP, START_VA, 0);
    return e;
}

enum err supervisor_build(const struct template *t, struct supervisor *s, uint32_t pid,
                          const struct texts *argv)
{
    cap_t *const slot[] = {&s->untyped, &s->table, &s->parts, &s->memory};
    struct window status = s->status; /* kept from the last one */
    enum err e = ERR_OK;

    *s = (struct supervisor){.pid = pid, .status = status, .named = SLOT_NAMED};
    if (!s->status.at)
        e = window_memory(&s->status, 1);
    for (unsigned i = 0; i < sizeof(slot) / sizeof(slot[0]) && e == ERR_OK; i++) {
        *slot[i] = slots_alloc_root(1);
        e = *slot[i] == CAP_NULL ? ERR_NO_MEMORY : ERR_OK;
    }
    if (e == ERR_OK) {
        memset(s->status.at, 0, sizeof(struct supervisor_status));
        e = build(t, s, argv);
    }
    if (e != ERR_OK)
        supervisor_bury(s);
    return e;
}

static void bank_destroy(const struct supervisor *s)
{
    struct frame_destroy_req q = {.bank = s->bank};
    struct frame_destroy_reply r;
    enum err e;

    while ((e = frame_destroy(SLOT_MEMORY, &q, &r, NULL)) == ERR_PENDING)
        ; /* it did a part, and lets others in between */
    if (e != ERR_OK)
        log_line("pid %u: its bank cannot be destroyed: %s", (unsigned)s->pid, err_text(e));
}

void supervisor_bury(struct supervisor *s)
{
    const cap_t slot[] = {s->memory, s->parts, s->table, s->untyped};

    if (s->parts_used > 0) {
        thread_stop(part(s, PART_THREAD));
        thread_stop(part(s, PART_TASK_THREAD));
    }
    if (s->session) {
        struct file_end_req q = {.session = s->session};
        struct file_end_reply r;

        file_end(start_cap("file", NULL), &q, &r, NULL);
    }
    if (s->bank)
        bank_destroy(s);
    for (unsigned i = 0; i < sizeof(slot) / sizeof(slot[0]); i++) {
        if (slot[i] == CAP_NULL)
            continue;
        cap_delete(slot[i], 1); /* empty already, where the bank held it */
        slots_free(slot[i], 1);
    }
    *s = (struct supervisor){.status = s->status};
}

void supervisor_signal(const struct supervisor *s)
{
    sys_signal(part(s, PART_BELL));
}

uint64_t supervisor_instructions(const struct supervisor *s)
{
    uint64_t own = 0, task = 0;

    thread_times(part(s, PART_THREAD), &own);
    thread_times(part(s, PART_TASK_THREAD), &task);
    return own + task;
}
