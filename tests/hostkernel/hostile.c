/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hostile.c - see hostile.h. */
#include "hostile.h"

#include "buffer.h"
#include "thread.h"
#include "unit.h"

#include <stdlib.h>

static struct {
    cap_t arena;
    uint64_t bytes;
    unsigned slots;
} before;

/* Bytes that the Untypeds of boot have left. */
static uint64_t bytes_left(void)
{
    const struct bootinfo *info = machine_info();
    uint64_t sum = 0;

    for (unsigned i = 0; i < info->untyped_count; i++) {
        const struct slot *s = machine_slot(info->untyped[i].slot);

        sum += (1ull << slot_size(s)) - ((uint64_t)s->word[0] << SLOT_BITS);
    }
    return sum;
}

static unsigned slots_used(void)
{
    unsigned used = 0;

    for (cap_t i = 1; i < CAPTABLE_SLOTS(INIT_ROOT_BITS); i++)
        used += !slot_empty(machine_slot(i));
    return used;
}

void hostile_begin(void)
{
    cast_make_in(1024);
    before.arena = machine_untyped(20);
    before.bytes = bytes_left();
    before.slots = slots_used();
}

void hostile_end(void)
{
    machine_interrupt_every(0);
    DONE(CAST_FREE, OP_CAP_DELETE, HOSTILE_SLOTS, 0, 0, 0, 0, 0);
    CHECK_EQ(slots_used(), before.slots);
    CHECK_EQ(bytes_left(), before.bytes);
    CHECK_EQ(cpu.revocations, 0);
}

cap_t hostile_arena(void)
{
    return before.arena;
}

void hostile_make(unsigned type, unsigned bits, cap_t to, unsigned count)
{
    DONE(before.arena, OP_UNTYPED_RETYPE, type, bits, to, count, 0, 0);
}

void hostile_derive(cap_t from, cap_t to, unsigned without)
{
    DONE(from, OP_CAP_DERIVE, to, RIGHT_ALL & ~without, 0, 0, 0, 1);
}

struct thread *hostile_thread(cap_t to)
{
    hostile_make(OBJ_THREAD, 0, to, 1);
    DONE(to, OP_THREAD_SETUP, 1, 0, 0, 0, 0, 0);
    DONE(to, OP_THREAD_BIND, BINDING(BIND_ROOT) | BINDING(BIND_SPACE), INIT_ROOT, INIT_SPACE, 0, 0,
         0);
    return machine_thread(to);
}

void hostile_run(cap_t memory, cap_t to)
{
    DONE(memory, OP_UNTYPED_RETYPE, OBJ_THREAD, 0, to, 1, 0, 0);
    DONE(to, OP_THREAD_SETUP, 20, 0, 0, 0, 0, 0);
    DONE(to, OP_THREAD_BIND, BINDING(BIND_ROOT) | BINDING(BIND_SPACE), INIT_ROOT, INIT_SPACE, 0, 0,
         0);
    DONE(to, OP_THREAD_START, 0x1000, 0x2000, 0, 0, 0, 0);
}

void hostile_map(cap_t space, cap_t cap, vaddr_t va, unsigned rights)
{
    DONE(space, OP_SPACE_MAP, cap, MAP_WHERE(va, 1, rights, 0), 0, 0, 0, 0);
}

void hostile_map_client(cap_t frame)
{
    hostile_map(CAST_SPACE, CAST_TABLE1, HOSTILE_VA, 0);
    hostile_map(CAST_SPACE, CAST_TABLE0, HOSTILE_VA, 0);
    hostile_map(CAST_SPACE, frame, HOSTILE_VA, RIGHT_READ | RIGHT_WRITE);
}

/* ---- races ---- */

struct thread *hostile_init(void)
{
    return machine_thread(INIT_THREAD);
}

void hostile_wait(uint64_t deadline)
{
    struct buffer *buffer = thread_buffer(cpu.current);

    buffer->deadline = deadline;
    machine_call(SYS_WAIT, CAST_NOTIFICATION, deadline ? INFO_DEADLINE : 0, 0, 0, NULL);
}

void hostile_race(cap_t cap, unsigned op, word_t w0, word_t w1, word_t w2, word_t w3)
{
    hostile_wait(now() + 1000000);
    CHECK(cpu.current == cast_server());
    machine_clock(5000000);
    machine_invoke(cap, op, w0, w1, w2, w3, 0, 0);
    CHECK(cpu.current == hostile_init());
    CHECK_EQ(machine_result(cpu.current).err, ERR_TIMEOUT);
}

struct result hostile_race_end(void)
{
    hostile_wait(0);
    CHECK(cpu.current == cast_server());
    return machine_go_on();
}

/* ---- nothing changed ---- */

/* What a refused call may change of its caller, put back to compare the rest. */
static void forgive(struct thread *now, const struct thread *was)
{
    now->registers = was->registers;
    now->executed = was->executed;
    now->recv = was->recv;
    now->recv_count = was->recv_count;
}

static size_t where(const uint8_t *a, const uint8_t *b)
{
    size_t i = 0;

    while (a[i] == b[i])
        i++;
    return i;
}

void refused_call(int line, unsigned want, unsigned number, word_t a0, word_t a1, word_t a2,
                  word_t a3, const word_t word[MESSAGE_WORDS])
{
    static uint8_t *copy;
    size_t bytes = machine_bytes();
    struct thread *t = cpu.current;
    uint8_t *memory = window(MACHINE_BASE);
    struct registers after;
    struct result r;

    copy = realloc(copy, bytes);
    memcpy(copy, memory, bytes);
    r = machine_call(number, a0, a1, a2, a3, word);
    if (r.err != want)
        unit_fail("hostile", line, "answered %u, not %u", r.err, want);
    if (cpu.current != t)
        unit_fail("hostile", line, "another thread runs");
    after = t->registers;
    forgive(t, (struct thread *)(copy + ((uint8_t *)t - memory)));
    if (memcmp(memory, copy, bytes) != 0)
        unit_fail("hostile", line, "a refused call changes memory at %zx", where(memory, copy));
    t->registers = after;
}

void refused_invoke(int line, unsigned want, cap_t object, unsigned op, word_t w0, word_t w1,
                    word_t w2, word_t w3, word_t w4, word_t w5)
{
    word_t word[MESSAGE_WORDS] = {w0, w1, w2, w3, w4, w5};

    refused_call(line, want, SYS_INVOKE, object, op, 0, 0, word);
}
