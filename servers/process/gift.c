/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gift.c - what a supervisor is given: capabilities in its own table, bindings of its and its
 * task's thread, and the start block that names it all.
 */
#include "parts.h"

#include "block.h"
#include "file.h"
#include "swap.h"

#include <stdlib.h>
#include <string.h>

static enum err give(const struct supervisor *s, unsigned slot, cap_t from, unsigned rights,
                     word_t badge)
{
    return cap_derive(from, CAP(s->table, slot), rights, badge);
}

static enum err give_all(const struct supervisor *s, const struct template *t, cap_t buffer)
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
    const cap_t own[BIND_COUNT] = {
        [BIND_ROOT] = s->table,
        [BIND_SPACE] = part(s, PART_SPACE),
        [BIND_FAULT] = SLOT_ENDPOINT,
        [BIND_FAULT_SPACE] = part(s, PART_SPACE),
        [BIND_ENDPOINT] = part(s, PART_ENDPOINT),
        [BIND_REPLY] = part(s, PART_REPLY),
        [BIND_NOTIFICATION] = part(s, PART_NOTIFICATION),
        [BIND_BUFFER] = buffer,
    };
    const cap_t task[BIND_COUNT] = {
        [BIND_SPACE] = part(s, PART_TASK_SPACE),
        [BIND_FAULT] = part(s, PART_ENDPOINT),
        [BIND_FAULT_SPACE] = part(s, PART_TASK_SPACE),
        [BIND_FALLBACK] = SLOT_ENDPOINT,
    };
    enum err e = thread_bind_all(part(s, PART_THREAD), own);

    return e == ERR_OK ? thread_bind_all(part(s, PART_TASK_THREAD), task) : e;
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

enum err gift_own(const struct supervisor *s, const struct template *t, cap_t buffer)
{
    enum err e = give_all(s, t, buffer);

    if (e == ERR_OK)
        e = bind(s, buffer);
    return e == ERR_OK ? set_up(s, t) : e;
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

/* A system without a swap server has no such session either. */
static enum err store_session_make(struct supervisor *s, struct block *b)
{
    struct swap_session_req q = {
        .bit = BELL_SWAP, .bank = s->bank, .label = s->pid, .objects = SWAP_HANDLE_MAX};
    struct swap_session_reply r;
    struct passing pass = {.send = part(s, PART_NOTIFICATION),
                           .send_count = 1,
                           .rights = RIGHT_WRITE | RIGHT_GRANT,
                           .recv = CAP(s->table, s->named),
                           .recv_count = 1};
    enum err e;

    if (start_cap("swap", NULL) == CAP_NULL)
        return ERR_OK;
    e = swap_session(start_cap("swap", NULL), &q, &r, &pass);
    if (e != ERR_OK)
        return e;
    s->store = r.session;
    return name(s, b, "swap", CAP_NULL, 0, 0, BELL_SWAP);
}

static enum err name_all(struct supervisor *s, struct block *b)
{
    enum err e = file_session_make(s);

    if (e == ERR_OK)
        e = name(s, b, "file", CAP_NULL, 0, 0, BELL_FILE);
    if (e == ERR_OK)
        e = store_session_make(s, b);
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
    char *text = malloc(bytes);
    enum err e;

    if (!text)
        return ERR_NO_MEMORY;
    block_write(b, "pager", own->flags, own->timebase, text);
    e = space_start_block(s, text, bytes);
    free(text);
    return e;
}

enum err gift_named(struct supervisor *s, const struct texts *argv)
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
