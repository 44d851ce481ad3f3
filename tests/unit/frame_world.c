/* SPDX-License-Identifier: GPL-2.0-or-later */
/* frame_world.c - a frame server on the modelled kernel, its clients, and the audit of both. */
#include "frame_world.h"

#include "home.h"
#include "rt.h"
#include "service.h"
#include "start.h"
#include "unit.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define UNTYPED_TABLE 0x7000u
#define CLIENT_TABLE  0x4000u
#define CLIENT_SLOTS  8192u
#define ROOT_USED     160u

struct frames world;
struct server world_server;
unsigned world_arrived;
uint64_t world_now;
uint8_t world_lent[WORLD_LENT];

static struct {
    struct start head;
    struct start_cap cap[1];
} block;
static cap_t root_next;
static void *side[64];
static unsigned sides;
static bool has_table[CLIENTS_MAX];
static uint64_t random_state;

/* ---- what lib/rt would be ---- */

uint64_t now_ns(void)
{
    return world_now;
}

enum err call_write_lease(struct server *s, unsigned lease, uint64_t offset, const void *from,
                          size_t bytes, size_t *done)
{
    (void)s;
    *done = 0;
    if (lease != 0 || offset + bytes > sizeof(world_lent))
        return ERR_FAULT;
    memcpy(world_lent + offset, from, bytes);
    *done = bytes;
    return ERR_OK;
}

const struct start *start_block(void)
{
    return &block.head;
}

cap_t slots_alloc_root(unsigned count)
{
    cap_t first = root_next;

    root_next += count;
    return first;
}

const char *err_text(enum err e)
{
    static const char *const text[] = {
#define X(name, words) words,
        ERROR_TABLE(X)
#undef X
    };

    return text[e];
}

_Noreturn void die(const char *format, ...)
{
    char line[200];
    va_list args;

    va_start(args, format);
    vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    unit_fail("the server", 0, "died: %s", line);
}

void *side_map(cap_t first, unsigned count, unsigned log2_size)
{
    (void)first;
    side[sides] = calloc(count, 1ul << log2_size);
    return side[sides++];
}

/* ---- beginning ---- */

static unsigned untypeds_make(uint64_t from, uint64_t end)
{
    unsigned n = 0;

    model_table(UNTYPED_TABLE, 256);
    while (from < end) {
        unsigned bits = (unsigned)__builtin_ctzll(from);

        while (from + (1ull << bits) > end)
            bits--;
        model_untyped(CAP(UNTYPED_TABLE, 1 + n++), MODEL_BASE + from, bits);
        from += 1ull << bits;
    }
    return n;
}

void world_begin(const struct world_plan *plan)
{
    model_begin(plan->bytes, 0xdd);
    model_table(0, 1u << 8);
    model_object(SLOT_ENDPOINT, OBJ_ENDPOINT, RIGHT_ALL);
    root_next = ROOT_USED;
    while (sides > 0)
        free(side[--sides]);
    memset(has_table, 0, sizeof(has_table));
    memset(&world, 0, sizeof(world));
    memset(&world_server, 0, sizeof(world_server));
    block.head = (struct start){.magic = START_MAGIC, .caps = 1};
    block.cap[0] = (struct start_cap){.name = "untyped",
                                      .cap = CAP(UNTYPED_TABLE, 1),
                                      .count = untypeds_make(plan->skip, plan->bytes)};
    ask_begin(&world, &balance_proportional);
    home_start(&world);
    world_now = 1;
    for (unsigned i = 0; i < plan->clients; i++)
        CHECK_EQ(tenancy_admit(&world, &plan->client[i]), ERR_OK);
    world_server.offered = home_slots(8);
    world_server.offered_count = 8;
    service_init(&world_server, &world);
    world_seed(1);
}

void world_of(unsigned mib)
{
    static const struct frame_client client[] = {
        {.badge = TRUSTED, .level = 3, .may = FRAME_MAY_DMA | FRAME_MAY_DIRTY},
        {.badge = MAKER, .level = 4},
        {.badge = SMALL, .level = 5, .max_pages = 100},
    };
    struct world_plan plan = {
        .bytes = (uint64_t)mib << 20, .skip = 0x2a3000, .client = client, .clients = 3};

    world_begin(&plan);
}

/* ---- calls ---- */

cap_t world_slot(uint64_t badge, unsigned n)
{
    unsigned client = badge & (CLIENTS_MAX - 1);

    if (!has_table[client])
        model_table(CLIENT_TABLE + client, CLIENT_SLOTS);
    has_table[client] = true;
    return CAP(CLIENT_TABLE + client, n);
}

cap_t world_name(unsigned n)
{
    return CAP(5, n);
}

enum err world_call(uint64_t badge, uint32_t op, const void *req, size_t req_bytes, void *reply,
                    size_t reply_bytes, cap_t send, unsigned send_count, cap_t recv, unsigned slots)
{
    struct call c = {.badge = badge, .kind = KIND_CALL, .rights = RIGHT_ALL};
    enum err e;

    c.word[0] = op;
    memcpy(&c.word[1], req, req_bytes);
    c.caps = model_transfer(send, world_server.offered, send_count, TRANSFER_DERIVE, RIGHT_ALL);
    e = world_server.call(&world_server, &c);
    memcpy(reply, &c.word[1], reply_bytes);
    CHECK(e == ERR_OK || c.send_count == 0);
    world_arrived =
        model_transfer(c.send, recv, c.send_count < slots ? c.send_count : slots, c.mode, c.rights);
    for (unsigned i = 0; i < world_server.offered_count; i++)
        CHECK(model_empty(world_server.offered + i));
    return e;
}

enum err world_alloc(uint64_t badge, unsigned order, unsigned count, unsigned class, unsigned slot,
                     uint32_t *got)
{
    cap_t first = world_slot(badge, slot);
    struct frame_alloc_req q = {
        .order = order, .count = count, .class = class, .first = world_name(slot)};
    struct frame_alloc_reply r;
    enum err e =
        world_call(badge, WORLD_OP(alloc), &q, sizeof(q), &r, sizeof(r), CAP_NULL, 0, first, count);

    *got = r.got;
    return e;
}

enum err world_give(uint64_t badge, unsigned slot, unsigned count, uint32_t *taken)
{
    struct frame_give_req q = {.first = world_name(slot), .count = count};
    struct frame_give_reply r;
    enum err e =
        world_call(badge, WORLD_OP(give), &q, sizeof(q), &r, sizeof(r), CAP_NULL, 0, CAP_NULL, 0);

    *taken = r.taken;
    return e;
}

enum err world_bank(uint64_t badge, uint32_t max, unsigned slot, uint32_t *bank, uint64_t *session)
{
    struct frame_bank_req q = {.max_pages = max};
    struct frame_bank_reply r;
    struct cap_facts facts;
    enum err e = world_call(badge, WORLD_OP(bank), &q, sizeof(q), &r, sizeof(r), CAP_NULL, 0,
                            world_slot(badge, slot), 1);

    *bank = r.bank;
    *session = 0;
    if (world_arrived == 1 && cap_inspect(world_slot(badge, slot), &facts) == ERR_OK)
        *session = facts.detail;
    return e;
}

enum err world_objects(uint64_t badge, unsigned bits, unsigned slot)
{
    struct frame_objects_req q = {.log2_size = bits, .slot = world_name(slot)};
    struct frame_objects_reply r;

    return world_call(badge, WORLD_OP(objects), &q, sizeof(q), &r, sizeof(r), CAP_NULL, 0,
                      world_slot(badge, slot), 1);
}

bool world_wait(void)
{
    if (world_server.deadline == 0)
        return false;
    world_now = world_server.deadline;
    world_server.deadline = 0;
    world_server.late(&world_server);
    return true;
}

/* A capability of one of the client's own pages, into the slot. */
static void page_show(uint64_t badge, unsigned from, unsigned to)
{
    CHECK_EQ(cap_derive(world_slot(badge, from), world_slot(badge, to), RIGHT_ALL, 0), ERR_OK);
}

cap_t world_watch(uint64_t badge, unsigned slot)
{
    struct frame_watch_req q = {0};
    struct frame_watch_reply r;
    uint32_t got;

    CHECK_EQ(world_alloc(badge, 0, 2, FRAME_FIXED | FRAME_CLEARED, slot, &got), ERR_OK);
    model_object(world_slot(badge, slot + 2), OBJ_NOTIFICATION, RIGHT_ALL);
    CHECK_EQ(cap_derive(world_slot(badge, slot + 2), world_slot(badge, slot + 3), RIGHT_ALL, 0),
             ERR_OK);
    page_show(badge, slot, slot + 4);
    page_show(badge, slot + 1, slot + 5);
    CHECK_EQ(world_call(badge, WORLD_OP(watch), &q, sizeof(q), &r, sizeof(r),
                        world_slot(badge, slot + 3), 3, CAP_NULL, 0),
             ERR_OK);
    return world_slot(badge, slot + 2);
}

struct frame_session world_session(uint64_t badge, unsigned slot)
{
    struct frame_session page;

    for (unsigned at = 0; at < sizeof(page); at += 4)
        CHECK_EQ(frame_read(world_slot(badge, slot), at, (char *)&page + at, 4), ERR_OK);
    return page;
}

void world_stall(uint64_t badge, unsigned slot, const struct frame_stall *stall)
{
    CHECK_EQ(frame_write(world_slot(badge, slot + 1), 0, stall, sizeof(*stall)), ERR_OK);
}

enum err world_drain(uint64_t badge, unsigned from)
{
    uint32_t got;
    enum err e;

    while ((e = world_alloc(badge, 0, 64, FRAME_PAGE, from, &got)) == ERR_OK)
        from += got;
    return e;
}

/* ---- audit ---- */

static uint32_t count_list(unsigned list, unsigned order)
{
    uint32_t n = 0;
    block_t prev = BLOCK_NONE;

    for (block_t b = world.buddy.free[list][order]; b != BLOCK_NONE;
         b = block_of(&world.buddy, b)->next) {
        const struct block *r = block_of(&world.buddy, b);

        CHECK_EQ(r->state, BLOCK_FREE);
        CHECK_EQ(r->order, order);
        CHECK_EQ(r->prev, prev);
        CHECK_EQ(block_chunk(&world.buddy, b)->list, list);
        CHECK_EQ(block_start(b, order), b);
        prev = b;
        n++;
    }
    return n;
}

/* The smallest node above the block that has a capability: the block that it was split from. */
static unsigned split_from(block_t b, unsigned order)
{
    unsigned top = block_chunk(&world.buddy, b)->order, up = order + 1;

    while (up <= top && model_empty(block_cap(&world.buddy, block_start(b, up), up)))
        up++;
    return up <= top ? up : order;
}

/* B1 to B5 for one block; returns its pages. */
static unsigned audit_block(block_t b)
{
    const struct block *r = block_of(&world.buddy, b);
    unsigned order = r->order, up = split_from(b, order);
    cap_t cap = block_cap(&world.buddy, b, order);
    unsigned free = 0;

    CHECK(r->state == BLOCK_FREE || r->state == BLOCK_CLEAN || r->state == BLOCK_USED ||
          r->state == BLOCK_TAKEN);
    CHECK_EQ(block_start(b, order), b);
    CHECK(!model_empty(cap));
    for (unsigned o = order; o-- > 0;)
        for (unsigned i = 0; i < 1u << (order - o); i++)
            CHECK(model_empty(block_cap(&world.buddy, b, o) + i));
    if (r->state != BLOCK_USED)
        CHECK_EQ(model_children(cap), 0);
    if (order > 0 && up > order) {
        const struct block *other = block_of(&world.buddy, b ^ 1u << order);

        CHECK_EQ(up, order + 1);
        CHECK(!(r->state == BLOCK_FREE && other->state == BLOCK_FREE && other->order == order));
    }
    if (order == 0 && up > 0) {
        CHECK_EQ(r->up, up);
        CHECK(up <= PAGES_ORDER);
        for (unsigned i = 0; i < 1u << up; i++)
            free += block_of(&world.buddy, block_start(b, up) + i)->state == BLOCK_FREE;
        CHECK(free < 1u << up);
    }
    return 1u << order;
}

static void audit_buddy(void)
{
    const struct buddy *b = &world.buddy;
    uint32_t free[CHUNK_LISTS] = {0}, counted[CHUNK_LISTS] = {0}, clean = 0;

    for (unsigned list = 0; list < CHUNK_LISTS; list++)
        for (unsigned o = 0; o < ORDERS; o++)
            free[list] += count_list(list, o) << o;
    for (unsigned i = 0; i < b->chunks; i++) {
        unsigned pages = 1u << b->chunk[i].order;

        CHECK_EQ(b->chunk[i].list, i == b->closed ? CHUNK_CLOSED : b->chunk[i].use);

        for (unsigned p = 0; p < pages;) {
            const struct block *r = block_of(b, chunk_start(&world.buddy, i) + p);
            unsigned n = audit_block(chunk_start(&world.buddy, i) + p);

            for (unsigned j = 1; j < n; j++)
                CHECK_EQ(block_of(b, chunk_start(b, i) + p + j)->state, BLOCK_INSIDE);
            counted[b->chunk[i].list] += r->state == BLOCK_FREE ? n : 0;
            clean += r->state == BLOCK_CLEAN;
            if (r->state == BLOCK_CLEAN)
                CHECK_EQ(
                    model_contents(model_paddr(block_cap(b, chunk_start(&world.buddy, i) + p, 0))),
                    0);
            p += n;
        }
    }
    for (unsigned list = 0; list < CHUNK_LISTS; list++) {
        CHECK_EQ(free[list], counted[list]);
        CHECK_EQ(free[list], b->free_pages[list]);
    }
    CHECK_EQ(clean, world.magazine.run.count);
}

/* C1..C4 for one of the client's blocks; adds its pages to the banks' sums. */
static void audit_held(block_t b, uint32_t (*sum)[BANK_CLASSES])
{
    const struct block *r = block_of(&world.buddy, b);

    CHECK(world.clients.client[r->client].live);
    CHECK(world.banks.bank[r->bank].state != BANK_FREE);
    if (r->client != CLIENT_LIMBO)
        CHECK_EQ(client_block(&world.clients, &world.buddy, r->client, r->slot), b);
    for (unsigned k = r->bank; k != BANK_NONE; k = world.banks.bank[k].parent)
        sum[k][r->class] += 1u << r->order;
}

static void audit_client(unsigned client, uint32_t (*sum)[BANK_CLASSES])
{
    const struct client *c = &world.clients.client[client];
    uint32_t guests = 0, kept = 0;

    for (unsigned use = 0; use < CHUNK_USES; use++)
        for (block_t b = c->list[use].newest; b != BLOCK_NONE;
             b = block_of(&world.buddy, b)->next) {
            const struct block *r = block_of(&world.buddy, b);

            CHECK_EQ(r->state, BLOCK_USED);
            CHECK_EQ(r->client, client);
            CHECK_EQ(block_chunk(&world.buddy, b)->use, use);
            CHECK(r->next != BLOCK_NONE || c->list[use].oldest == b);
            guests += r->bank != c->bank ? 1u << r->order : 0;
            audit_held(b, sum);
        }
    for (block_t b = world.clients.taken.newest; b != BLOCK_NONE;
         b = block_of(&world.buddy, b)->next)
        if (block_of(&world.buddy, b)->client == client) {
            kept++;
            guests += block_of(&world.buddy, b)->bank != c->bank;
        }
    CHECK_EQ(c->guests, guests);
    CHECK_EQ(c->kept, kept);
}

/* The pages that were taken by force: nobody has them. */
static uint32_t audit_taken(uint32_t (*sum)[BANK_CLASSES])
{
    uint32_t count = 0;

    for (block_t b = world.clients.taken.newest; b != BLOCK_NONE;
         b = block_of(&world.buddy, b)->next) {
        CHECK_EQ(block_of(&world.buddy, b)->state, BLOCK_TAKEN);
        CHECK_EQ(model_children(block_cap(&world.buddy, b, 0)), 0);
        audit_held(b, sum);
        count++;
    }
    CHECK_EQ(count, world.clients.taken_count);
    return count;
}

/* A1, A2 */
static void audit_asking(void)
{
    uint32_t waiting = 0, marked = 0;
    unsigned last = CLIENT_NONE;

    for (unsigned i = world.asking.first; i != CLIENT_NONE;
         i = world.clients.client[i].waits_next) {
        CHECK(world.clients.client[i].live && world.clients.client[i].watching);
        CHECK(world.clients.client[i].waits != 0);
        waiting++;
        last = i;
    }
    CHECK_EQ(world.asking.last, last);
    for (unsigned i = 0; i < world.clients.count; i++)
        marked += world.clients.client[i].live && world.clients.client[i].waits != 0;
    CHECK_EQ(waiting, marked);
    CHECK_EQ(waiting, world.status->waiting);
}

static void audit_books(void)
{
    uint32_t sum[2048][BANK_CLASSES];
    uint32_t used = 0, listed = 0, taken;

    memset(sum, 0, sizeof(sum));
    for (unsigned i = 0; i < world.clients.count; i++)
        if (world.clients.client[i].live)
            audit_client(i, sum);
    taken = audit_taken(sum);
    for (unsigned i = 0; i < world.banks.count; i++) {
        const struct bank *k = &world.banks.bank[i];

        if (k->state == BANK_FREE)
            continue;
        for (unsigned class = 0; class < BANK_CLASSES; class ++)
            CHECK_EQ(k->used[class], sum[i][class]);
        CHECK_EQ(k->total, k->used[0] + k->used[1] + k->used[2] + k->used[3]);
        CHECK(k->peak >= k->total);
        CHECK(k->max == 0 || k->total <= k->max);
    }
    for (unsigned i = 0; i < world.clients.buckets; i++)
        for (block_t b = world.clients.bucket[i]; b != BLOCK_NONE;
             b = block_of(&world.buddy, b)->chain)
            listed++;
    for (unsigned i = 0; i < world.buddy.chunks; i++)
        for (unsigned p = 0; p < 1u << world.buddy.chunk[i].order; p++)
            used += block_of(&world.buddy, chunk_start(&world.buddy, i) + p)->state == BLOCK_USED;
    for (unsigned use = 0; use < CHUNK_USES; use++)
        for (block_t b = world.clients.client[CLIENT_LIMBO].list[use].newest; b != BLOCK_NONE;
             b = block_of(&world.buddy, b)->next)
            listed++;
    CHECK_EQ(listed, used + taken);
}

void world_audit(void)
{
    const struct frame_status *s = world.status;
    struct frame_walk_reply walk;
    const char *wrong = model_audit();

    if (wrong != NULL)
        unit_fail(__FILE__, __LINE__, "%s", wrong);
    audit_buddy();
    audit_books();
    audit_asking();
    walk_memory(&world, &walk);
    CHECK_EQ(walk.bad, 0);
    CHECK_EQ(walk.free_pages, s->free + s->closed);
    CHECK_EQ(walk.object_pages, s->object_pages);
    CHECK_EQ(walk.used_pages + walk.object_pages, s->fixed + s->locked + s->page + s->pool);
    CHECK_EQ(s->total, s->own + s->free + s->closed + s->fixed + s->locked + s->page + s->pool);
}

/* ---- chance ---- */

void world_seed(uint32_t seed)
{
    random_state = seed;
}

uint32_t world_random(uint32_t below)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((random_state >> 33) % below);
}
