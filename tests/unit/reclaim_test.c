/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reclaim_test.c - while memory is given back, whoever asks for some ends: a table of those who
 * ask.
 */
#include "pool.h"
#include "protocol.h"
#include "rt.h"
#include "slots.h"
#include "unit.h"

#include <setjmp.h>

static jmp_buf out;
static unsigned asked;

void die(const char *format, ...)
{
    (void)format;
    longjmp(out, 1);
}

/* The frame server: it has nothing. */
enum err protocol_call(cap_t server, uint32_t op, const void *req, size_t req_bytes, void *reply,
                       size_t reply_bytes, struct passing *p)
{
    (void)server, (void)op, (void)req, (void)req_bytes, (void)p;
    memset(reply, 0, reply_bytes);
    asked++;
    return ERR_NO_MEMORY;
}

cap_t object_make(unsigned type, unsigned log2_size)
{
    (void)type, (void)log2_size;
    return CAP_NULL;
}

/* Of what pool.c calls beside, nothing is reached. */
uint64_t now_ns(void)
{
    return 0;
}

cap_t slots_alloc(unsigned count)
{
    (void)count;
    return CAP_NULL;
}

void slots_free(cap_t first, unsigned count)
{
    (void)first, (void)count;
}

enum err cap_derive(cap_t from, cap_t to, uint32_t rights, word_t badge)
{
    (void)from, (void)to, (void)rights, (void)badge;
    return ERR_NO_MEMORY;
}

enum err cap_delete(cap_t first, unsigned count)
{
    (void)first, (void)count;
    return ERR_OK;
}

void log_line(const char *format, ...)
{
    (void)format;
}

static void ask_frames(void)
{
    unsigned got;

    memory_frames(1, 1, &got);
}

static void ask_objects(void)
{
    memory_objects(1, 12);
}

static void ask_pool(void)
{
    struct slots slots = {.tables = 0};
    struct pool pool;

    pool_init(&pool, 1, 2, &slots);
    pool_refill(&pool);
}

static void ask_slots(void)
{
    struct slots slots = {.tables = 0};
    unsigned got;

    slots_take(&slots, 1, &got);
}

static void ask_slot(void)
{
    struct slots slots = {.tables = 0};

    slots_refill(&slots);
}

static bool dies(void (*ask)(void))
{
    if (setjmp(out) != 0)
        return true;
    ask();
    return false;
}

TEST(reclaim, ends_whoever_asks_for_memory)
{
    static void (*const ask[])(void) = {ask_frames, ask_objects, ask_pool, ask_slots, ask_slot};

    for (unsigned i = 0; i < sizeof(ask) / sizeof(ask[0]); i++) {
        unsigned before;

        CHECK(!dies(ask[i]));
        before = asked;
        reclaim_begin();
        CHECK(dies(ask[i]));
        CHECK_EQ(asked, before);
        reclaim_end();
        CHECK(!dies(ask[i]));
    }
}

TEST(reclaim, nests_and_belongs_to_a_stack)
{
    unsigned mine;

    reclaim_begin();
    reclaim_begin();
    reclaim_end();
    CHECK(reclaim_runs());
    mine = reclaim_swap(0);
    CHECK(!reclaim_runs());
    CHECK_EQ(reclaim_swap(mine), 0);
    CHECK(reclaim_runs());
    reclaim_end();
    CHECK(!reclaim_runs());
}
