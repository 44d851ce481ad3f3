/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bench.c - what the figures of the kernel share: objects, spaces, peers, the report.
 */
#include "bench.h"

#include "fiber.h"
#include "start.h"

#define PEERS       4u
#define STACK_BYTES 8192u

static uint8_t stack[PEERS][STACK_BYTES] __attribute__((aligned(16)));

void bench_must(enum err e, const char *what)
{
    if (e == ERR_OK)
        return;
    log_line("bench: %s: %s", what, err_name(e));
    root_power_off(1);
}

void bench_report(const char *name, uint64_t total, uint64_t count, const char *includes)
{
    log_line("bench %s %lu instructions | %s", name, (unsigned long)((total + count / 2) / count),
             includes);
}

cap_t bench_object(unsigned type, unsigned log2_size)
{
    cap_t cap = slots_alloc(1);

    bench_must(root_retype(type, log2_size, cap, 1), "an object");
    return cap;
}

cap_t bench_slots(unsigned count)
{
    unsigned bits = CAPTABLE_MIN_BITS;
    cap_t table;

    while (CAPTABLE_SLOTS(bits) < count + 1)
        bits++;
    table = bench_object(OBJ_CAPTABLE, bits);
    return CAP(table, 1);
}

cap_t bench_frames(unsigned count)
{
    cap_t first = bench_slots(count);

    for (unsigned done = 0; done < count; done += 64)
        bench_must(
            root_retype(OBJ_FRAME, PAGE_BITS, first + done, count - done < 64 ? count - done : 64),
            "frames");
    return first;
}

void bench_tables(cap_t space, uintptr_t va, size_t bytes)
{
    uintptr_t end = va + bytes;

    for (; va < end; va += (uintptr_t)1 << 21) {
        cap_t table = bench_object(OBJ_PAGETABLE, 0);

        while (space_map(space, table, va, 1, 0, 0, NULL) == ERR_OK)
            table = bench_object(OBJ_PAGETABLE, 0);
    }
}

cap_t bench_space(void)
{
    const struct bootinfo *info = root_info();
    cap_t space = bench_object(OBJ_SPACE, 0);
    cap_t copy = bench_slots(info->image_count);

    bench_tables(space, SERVER_VA, (size_t)1 << 21);
    for (unsigned i = 0; i < info->image_count; i++) {
        struct cap_facts f;

        bench_must(cap_inspect(info->image_first + i, &f), "inspect");
        bench_must(cap_derive(info->image_first + i, copy + i, RIGHT_ALL, 0), "derive");
        bench_must(space_map(space, copy + i, (uintptr_t)f.detail << PAGE_BITS, 1,
                             RIGHT_READ | RIGHT_WRITE | RIGHT_EXECUTE, 0, NULL),
                   "map the image");
    }
    return space;
}

static cap_t buffer_for(cap_t thread, cap_t space)
{
    cap_t frame = bench_object(OBJ_FRAME, PAGE_BITS);
    cap_t mapped = slots_alloc(1);

    bench_must(frame_clear_run(frame, 1), "clear");
    bench_must(thread_bind(thread, BIND_BUFFER, frame), "bind a buffer");
    bench_must(cap_derive(frame, mapped, RIGHT_READ | RIGHT_WRITE, 0), "derive");
    if (space != INIT_SPACE)
        (void)space_map(space, mapped, BUFFER_VA, 1, RIGHT_READ | RIGHT_WRITE, 0, NULL);
    return frame;
}

struct peer bench_peer(cap_t space, unsigned priority)
{
    struct peer p = {
        .thread = bench_object(OBJ_THREAD, 0),
        .space = space,
        .endpoint = bench_object(OBJ_ENDPOINT, 0),
        .reply = bench_object(OBJ_REPLY, 0),
        .notification = bench_object(OBJ_NOTIFICATION, 0),
    };
    const cap_t bound[BIND_COUNT] = {
        [BIND_ROOT] = INIT_ROOT,
        [BIND_SPACE] = space,
        [BIND_ENDPOINT] = p.endpoint,
        [BIND_REPLY] = p.reply,
    };

    bench_must(thread_bind_all(p.thread, bound), "bind");
    buffer_for(p.thread, space);
    bench_must(thread_setup(p.thread, priority, THREAD_LOG, 0, 0), "set up");
    return p;
}

void bench_start(const struct peer *p, void (*run)(void *))
{
    static struct arch_thread entry[PEERS];
    static unsigned used;
    struct arch_thread *e = &entry[used];

    if (used == PEERS)
        bench_must(ERR_LIMIT, "stacks");
    e->run = run;
    bench_must(thread_start(p->thread, (uintptr_t)arch_thread_entry,
                            (uintptr_t)stack[used++] + STACK_BYTES, (uintptr_t)e, 0),
               "start");
}

cap_t bench_session(const struct peer *p, word_t badge)
{
    cap_t cap = slots_alloc(1);

    bench_must(cap_derive(p->endpoint, cap, RIGHT_WRITE | RIGHT_GRANT, badge), "a session");
    return cap;
}

void bench_run_out(const struct peer *p)
{
    sys_buffer()->deadline = now_ns() + 100000000;
    bench_must(sys_wait(p->notification, INFO_DEADLINE).err == ERR_TIMEOUT ? ERR_OK : ERR_IO,
               "wait");
}
