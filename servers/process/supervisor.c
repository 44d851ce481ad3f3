/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * supervisor.c - builds a supervisor with an empty task, and buries both. The first error
 * stops the building, and what stands by then is buried like a whole one.
 */
#include "parts.h"

#include "cpu.h"
#include "file.h"
#include "frame.h"
#include "swap.h"

#include <string.h>

#define OBJECT_BITS 16u /* the Untyped that all its kernel objects fit in */

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

static enum err build(const struct template *t, struct supervisor *s, const struct texts *argv)
{
    cap_t buffer = CAP_NULL;
    enum err e = bank_make(s, t);

    if (e == ERR_OK)
        e = untyped_take(s);
    if (e == ERR_OK)
        e = objects_make(s);
    if (e == ERR_OK)
        e = space_load(s, t);
    if (e == ERR_OK)
        e = space_stack(s, &buffer);
    if (e == ERR_OK)
        e = gift_own(s, t, buffer);
    if (e == ERR_OK)
        e = gift_named(s, argv);
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

void supervisor_stop(const struct supervisor *s)
{
    if (s->parts_used == 0)
        return;
    thread_stop(part(s, PART_THREAD));
    thread_stop(part(s, PART_TASK_THREAD));
}

void supervisor_bury(struct supervisor *s)
{
    const cap_t slot[] = {s->memory, s->parts, s->table, s->untyped};

    supervisor_stop(s);
    if (s->session) {
        struct file_end_req q = {.session = s->session};
        struct file_end_reply r;

        file_end(start_cap("file", NULL), &q, &r, NULL);
    }
    if (s->store) {
        struct swap_end_req q = {.session = s->store};
        struct swap_end_reply r;

        swap_end(start_cap("swap", NULL), &q, &r, NULL);
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

bool supervisor_killed(const struct supervisor *s)
{
    struct frame_usage_req q = {.bank = s->bank};
    struct frame_usage_reply r;

    return frame_usage(SLOT_MEMORY, &q, &r, NULL) == ERR_DYING;
}

void supervisor_empty(struct supervisor *s)
{
    bank_destroy(s);
    s->bank = 0;
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
