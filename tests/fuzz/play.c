/* SPDX-License-Identifier: GPL-2.0-or-later */
/* play.c - see play.h. */
#include "play.h"

#include "buffer.h"
#include "ipc.h"
#include "machine.h"
#include "mmu.h"
#include "space.h"
#include "unit.h"

#include <stdarg.h>
#include <stdlib.h>

#define OWN      400u /* init's slots */
#define OWN_MAX  80u
#define TIME_MAX 20000000ul /* of one step, so that init's deadline is not reached */
#define THE_END  (1ul << 33)

static const struct script *playing;
static cap_t arena, table;

void unit_fail(const char *file, int line, const char *format, ...)
{
    va_list args;

    fprintf(stderr, "%s:%d: ", file, line);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fprintf(stderr, "\nthe script:\n");
    script_write(playing, stderr);
    abort();
}

/* ---- the stage ---- */

static void must(cap_t object, unsigned op, word_t w0, word_t w1, word_t w2, word_t w3)
{
    CHECK_EQ(machine_invoke(object, op, w0, w1, w2, w3, 0, op == OP_CAP_DERIVE).err, ERR_OK);
}

/* Objects of init's; the threads get children of them at `slot`. */
static void give(cap_t own, unsigned slot, unsigned type, unsigned bits, unsigned count)
{
    must(arena, OP_UNTYPED_RETYPE, type, bits, own, count);
    for (unsigned i = 0; i < count && type != OBJ_PAGETABLE; i++)
        must(own + i, OP_CAP_DERIVE, CAP(table, slot + i), RIGHT_ALL, type == OBJ_THREAD ? 20 : 0,
             0);
    if (type == OBJ_PAGETABLE) /* has no children */
        must(own, OP_CAP_MOVE, CAP(table, slot), count, 0, 0);
}

static void thread_begin(unsigned n, cap_t thread)
{
    static const uint8_t binding[][2] = {
        {BIND_SPACE, PLAY_SPACE},       {BIND_FAULT, PLAY_ENDPOINT},
        {BIND_FAULT_SPACE, PLAY_SPACE}, {BIND_FALLBACK, PLAY_FALLBACK},
        {BIND_ENDPOINT, PLAY_ENDPOINT}, {BIND_REPLY, PLAY_REPLY},
        {BIND_BUFFER, PLAY_BUFFER},     {BIND_WATCH, PLAY_SIGNAL}};

    must(thread, OP_THREAD_BIND, BINDING(BIND_ROOT), table, 0, 0);
    for (unsigned i = 0; i < sizeof(binding) / sizeof(binding[0]); i++) {
        bool own = binding[i][0] == BIND_REPLY || binding[i][0] == BIND_BUFFER;

        must(thread, OP_THREAD_BIND, BINDING(binding[i][0]),
             CAP(table, binding[i][1] + (own ? n : 0)), 0, 0);
    }
    if (n == 0)
        must(thread, OP_THREAD_BIND, BINDING(BIND_NOTIFICATION), CAP(table, PLAY_NOTIFICATION), 0,
             0);
    must(thread, OP_THREAD_SETUP, 7 - n, n == 1 ? THREAD_LOG : 0, 3, n + 1);
    must(thread, OP_THREAD_START, 0x1000, 0x2000, 0, 0);
}

static void stage_set(void)
{
    cap_t at = OWN + 1, threads;

    machine_boot(512);
    machine_interrupt_every(0);
    arena = machine_untyped(19);
    table = OWN;
    must(arena, OP_UNTYPED_RETYPE, OBJ_CAPTABLE, CAPTABLE_MIN_BITS, table, 1);
    must(table, OP_CAP_DERIVE, CAP(table, PLAY_TABLE), RIGHT_ALL, 0, 0);
    threads = at;
    give(at, PLAY_THREAD, OBJ_THREAD, 0, PLAY_THREADS);
    give(at += PLAY_THREADS, PLAY_ENDPOINT, OBJ_ENDPOINT, 0, 2);
    must(at, OP_CAP_DERIVE, CAP(table, PLAY_BADGED), RIGHT_WRITE | RIGHT_GRANT, 77, 0);
    give(at += 2, PLAY_REPLY, OBJ_REPLY, 0, PLAY_THREADS);
    give(at += PLAY_THREADS, PLAY_NOTIFICATION, OBJ_NOTIFICATION, 0, 1);
    must(at, OP_CAP_DERIVE, CAP(table, PLAY_SIGNAL), RIGHT_WRITE, 4, 0);
    give(at += 1, PLAY_SPACE, OBJ_SPACE, 0, 2);
    give(at += 2, PLAY_BUFFER, OBJ_FRAME, PAGE_BITS, PLAY_THREADS);
    give(at += PLAY_THREADS, PLAY_BLOCK, OBJ_FRAME, 16, 1);
    give(at += 1, PLAY_INNER, OBJ_CAPTABLE, CAPTABLE_MIN_BITS, 1);
    give(at += 1, PLAY_FRAME, OBJ_FRAME, PAGE_BITS, 8);
    give(at += 8, PLAY_PAGETABLE, OBJ_PAGETABLE, 0, 4);
    give(at += 4, PLAY_UNTYPED, OBJ_UNTYPED, 16, 1);
    give(at += 1, PLAY_MEMORY, OBJ_UNTYPED, 14, 1);
    for (unsigned n = 0; n < PLAY_THREADS; n++)
        thread_begin(n, threads + n);
}

/* ---- steps ---- */

static bool init_runs(void)
{
    return cpu.current == machine_thread(INIT_THREAD);
}

static void step(const struct script_step *p)
{
    struct buffer *buffer = thread_buffer(cpu.current);
    const uint64_t *v = p->value;

    switch (p->kind) {
    case SCRIPT_FAST:
        machine_fast((unsigned)v[0], v[1], v[2], v[3], v[4], v + 5);
        break;
    case SCRIPT_CALL:
        machine_call((unsigned)v[0], v[1], v[2], v[3], v[4], v + 5);
        break;
    case SCRIPT_INVOKE:
        machine_call(SYS_INVOKE, v[0], v[1], 0, 0, v + 2);
        break;
    case SCRIPT_GO_ON:
        machine_go_on();
        break;
    case SCRIPT_TOUCH:
        machine_touch(v[0], v[1] & 7 ? 1u << v[1] % 3 : RIGHT_READ);
        break;
    case SCRIPT_EXCEPTION:
        machine_exception(v[0], v[1]);
        break;
    case SCRIPT_LEASE:
        if (buffer)
            buffer->lease[v[0] % LEASE_MAX] =
                (struct lease){(cap_t)v[1], (uint32_t)v[2], v[3], v[4]};
        break;
    case SCRIPT_DEADLINE:
        if (buffer)
            buffer->deadline = now() + v[0];
        break;
    case SCRIPT_TIME:
        machine_time(v[0] % TIME_MAX);
        break;
    default:
        machine_interrupt_every((unsigned)v[0] & 7);
    }
}

/* Init has its memory back, all of it. A hold keeps a frame while its holder's table lives, so
 * the tables are first; one may hold what is in the other. */
static void account(void)
{
    machine_interrupt_every(0);
    machine_time(THE_END);
    CHECK(init_runs());
    for (unsigned round = 0; round < 2; round++) {
        for (cap_t own = OWN; own < OWN + OWN_MAX; own++)
            machine_invoke(own, OP_CAP_DELETE, 1, 0, 0, 0, 0, 0);
    }
    must(OWN, OP_CAP_DELETE, OWN_MAX, 0, 0, 0);
    CHECK_EQ(machine_slot(arena)->word[0], 0);
    CHECK_EQ(cpu.revocations, 0);
}

void play(const struct script *s)
{
    struct buffer *buffer;

    playing = s;
    machine_unaudited = true;
    stage_set();
    buffer = thread_buffer(cpu.current);
    buffer->deadline = THE_END;
    must(INIT_THREAD, OP_THREAD_SETUP, 63, 0, 0, 0);
    must(arena, OP_UNTYPED_RETYPE, OBJ_NOTIFICATION, 0, OWN + OWN_MAX - 1, 1);
    machine_unaudited = false;
    machine_call(SYS_WAIT, OWN + OWN_MAX - 1, INFO_DEADLINE, 0, 0, NULL);
    for (unsigned i = 0; i < s->count && !init_runs(); i++)
        step(&s->step[i]);
    if (init_runs() && machine_result(cpu.current).err != ERR_TIMEOUT)
        unit_fail("play", 0, "init was woken");
    account();
}
