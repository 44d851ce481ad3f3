/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * swap_world.c - the swap server on the host.
 *
 * The server's slots are own[table][slot]. A capability lent has the store's slot as its parent,
 * which is all of the derivation tree that is needed here.
 */
#include "swap_world.h"

#include "cache.h"
#include "deliver.h"
#include "disk.h"
#include "events.h"
#include "off.h"
#include "rt.h"
#include "service.h"
#include "start.h"
#include "status.h"
#include "store.h"
#include "supply.h"

#include <stdarg.h>
#include <stdio.h>

#define TABLES  64u
#define SLOTS   1024u
#define FLYING  64u
#define CLIENTS 64u
#define DESKS   8u

struct own {
    unsigned type, rights;
    uint32_t frame, parent;
    uint64_t badge;
};

struct world world;

enum { DESK = 99 }; /* a type of our own */

static struct own own[TABLES][SLOTS];
static struct swap_desk desks[DESKS];
static bool slot_used[SLOTS]; /* of table 1 */
static unsigned tables = 2;
static uint32_t tenant[WORLD_BANKS][WORLD_SLOTS]; /* frame + 1, as the frame server knows it */
static struct swap_status the_status;
static uint32_t session_bank[SESSIONS], made[CLIENTS], made_count;
static bool opened;

struct swap_status *status = &the_status;
cap_t status_frame;
struct server swap_server = {
    .call = event_call, .notified = event_notified, .refused = event_refused, .offered = CAP(1, 1)};

static struct own *at(cap_t cap)
{
    CHECK(CAP_TABLE(cap) < TABLES && CAP_SLOT(cap) < SLOTS);
    return &own[CAP_TABLE(cap)][CAP_SLOT(cap)];
}

/* ---- the run-time ---- */

void die(const char *format, ...)
{
    char text[160];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    unit_fail(__FILE__, __LINE__, "the server died: %s", text);
}

const char *err_text(enum err e)
{
    (void)e;
    return "an error";
}

cap_t slots_alloc(unsigned count)
{
    for (unsigned first = 16; first + count <= SLOTS; first++) {
        unsigned n = 0;

        while (n < count && !slot_used[first + n])
            n++;
        if (n < count)
            continue;
        memset(&slot_used[first], 1, count);
        return CAP(1, first);
    }
    return CAP_NULL;
}

void slots_free(cap_t first, unsigned count)
{
    memset(&slot_used[CAP_SLOT(first)], 0, count);
}

cap_t object_make(unsigned type, unsigned log2_size)
{
    CHECK_EQ(type, OBJ_CAPTABLE);
    CHECK(CAPTABLE_SLOTS(log2_size) <= SLOTS);
    return tables < TABLES ? tables++ : CAP_NULL;
}

/* ---- capabilities ---- */

enum err cap_revoke(cap_t cap)
{
    for (unsigned t = 0; t < tables; t++)
        for (unsigned i = 0; i < SLOTS; i++)
            if (own[t][i].parent == cap)
                own[t][i] = (struct own){.type = OBJ_NULL};
    for (unsigned b = 0; b < WORLD_BANKS; b++)
        for (unsigned i = 0; i < WORLD_SLOTS; i++)
            if (world.slot[b][i].parent == cap)
                world.slot[b][i] = (struct world_slot){.frame = 0};
    return ERR_OK;
}

enum err cap_delete(cap_t first, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        *at(first + i) = (struct own){.type = OBJ_NULL};
    return ERR_OK;
}

enum err cap_derive(cap_t from, cap_t to, uint32_t rights, word_t badge)
{
    const struct own *f = from == SLOT_ENDPOINT ? NULL : at(from);

    if (at(to)->type != OBJ_NULL)
        return ERR_NOT_EMPTY;
    *at(to) = f == NULL ? (struct own){.type = OBJ_ENDPOINT} : *f;
    at(to)->rights = rights;
    at(to)->badge = badge;
    at(to)->parent = f != NULL && f->type == OBJ_FRAME ? from : 0;
    return ERR_OK;
}

enum err cap_move(cap_t from, cap_t to, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        CHECK_EQ(at(to + i)->type, OBJ_NULL);
        *at(to + i) = *at(from + i);
        *at(from + i) = (struct own){.type = OBJ_NULL};
    }
    return ERR_OK;
}

enum err cap_inspect(cap_t cap, struct cap_facts *facts)
{
    *facts = (struct cap_facts){.type = at(cap)->type, .rights = at(cap)->rights};
    return ERR_OK;
}

enum err sys_signal(cap_t cap)
{
    CHECK_EQ(at(cap)->type, OBJ_NOTIFICATION);
    world.signals[__builtin_ctzll(at(cap)->badge)]++;
    return ERR_OK;
}

enum err frame_harvest(cap_t first, unsigned count, unsigned flags, uint8_t *out)
{
    uint32_t f = at(first)->frame;

    CHECK_EQ(count, 1);
    *out = (uint8_t)((world.accessed[f] ? HARVEST_A : 0) | (world.dirty[f] ? HARVEST_D : 0));
    if (flags & HARVEST_A)
        world.accessed[f] = false;
    if (flags & HARVEST_D)
        world.dirty[f] = false;
    return ERR_OK;
}

enum err frame_copy(cap_t to, cap_t from)
{
    CHECK(at(to)->type == OBJ_FRAME && at(from)->type == OBJ_FRAME);
    world.content[at(to)->frame] = world.content[at(from)->frame];
    return ERR_OK;
}

enum err frame_clear_run(cap_t first, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (at(first + i)->type == DESK)
            desks[at(first + i)->frame] = (struct swap_desk){.told = 0};
        else
            world.content[at(first + i)->frame] = 0;
    return ERR_OK;
}

static enum err hold(cap_t first, unsigned count, bool held)
{
    for (unsigned i = 0; i < count; i++) {
        if (at(first + i)->type != OBJ_FRAME)
            return ERR_WRONG_TYPE;
        world.held[at(first + i)->frame] = held;
    }
    return ERR_OK;
}

enum err frame_hold(cap_t first, unsigned count)
{
    return hold(first, count, true);
}

enum err frame_release(cap_t first, unsigned count)
{
    return hold(first, count, false);
}

/* Our own memory is only ever that of a desk. */
enum err window_memory(struct window *w, unsigned pages)
{
    static unsigned desk_count;

    CHECK_EQ(pages, 1);
    CHECK(desk_count < DESKS);
    w->at = &desks[desk_count];
    w->frame = slots_alloc(1);
    *at(w->frame) = (struct own){.type = DESK, .frame = desk_count++};
    return ERR_OK;
}

/* That it is held shows when the disk comes. */
enum err frame_phys(cap_t first, unsigned count, uint64_t *physical)
{
    for (unsigned i = 0; i < count; i++) {
        CHECK_EQ(at(first + i)->type, OBJ_FRAME);
        physical[i] = (uint64_t)at(first + i)->frame << PAGE_BITS;
    }
    return ERR_OK;
}

/* ---- the frame server ---- */

uint32_t supply_total(void)
{
    return WORLD_FRAMES;
}

uint32_t supply_spare(void)
{
    return world.free > WORLD_LOW ? world.free - WORLD_LOW : 0;
}

uint32_t supply_pressure(void)
{
    return world.free < WORLD_LOW ? 2 * WORLD_LOW - world.free : 0;
}

unsigned supply_wanted(cap_t *slot, unsigned most)
{
    unsigned n = 0;

    for (unsigned t = 2; t < tables && world.wanted; t++)
        for (unsigned i = 0; i < SLOTS && n < most; i++)
            if (own[t][i].type == OBJ_FRAME)
                slot[n++] = CAP(t, i);
    return n;
}

static uint32_t frame_new(void)
{
    uint32_t f = 0;

    while (world.used[f])
        f++;
    world.used[f] = true;
    world.dirty[f] = world.accessed[f] = false;
    world.content[f] = 0xdead;
    world.free--;
    return f;
}

static void own_frame(cap_t cap, uint32_t frame)
{
    CHECK_EQ(at(cap)->type, OBJ_NULL);
    *at(cap) = (struct own){.type = OBJ_FRAME, .rights = RIGHT_ALL, .frame = frame};
    world.held[frame] = true;
}

enum err supply_take(cap_t first, unsigned count, bool cleared, unsigned *got)
{
    (void)cleared;
    *got = 0;
    if (world.refuse > 0 || world.free == 0) {
        world.refuse -= world.refuse > 0;
        return ERR_NO_MEMORY;
    }
    for (; *got < count && world.free > 0; (*got)++)
        own_frame(first + *got, frame_new());
    return ERR_OK;
}

void supply_give(cap_t first, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        CHECK_EQ(at(first + i)->type, OBJ_FRAME);
        cap_revoke(first + i);
        world.used[at(first + i)->frame] = world.held[at(first + i)->frame] = false;
        world.free++;
    }
    cap_delete(first, count);
}

/* The frame server revokes a page of a client's: what reaches it is gone. */
static void unreach(uint32_t frame)
{
    for (unsigned t = 0; t < tables; t++)
        for (unsigned i = 0; i < SLOTS; i++)
            if (own[t][i].type == OBJ_FRAME && own[t][i].frame == frame)
                own[t][i] = (struct own){.type = OBJ_NULL};
}

enum err supply_collect(uint32_t bank, cap_t from, unsigned count, cap_t first, unsigned *got)
{
    CHECK(bank < WORLD_BANKS);
    for (*got = 0; *got < count && from + *got < WORLD_SLOTS && tenant[bank][from + *got] != 0;
         (*got)++) {
        cap_t slot = from + *got;

        unreach(tenant[bank][slot] - 1);
        own_frame(first + *got, tenant[bank][slot] - 1);
        tenant[bank][slot] = 0;
        world.slot[bank][slot].frame = 0;
        world.room++;
    }
    return *got > 0 ? ERR_OK : ERR_BAD_HANDLE;
}

/* What is lent so is gone when the frame is: world_forget, supply_collect. */
enum err supply_reach(uint32_t bank, cap_t from, unsigned count, cap_t first, unsigned *got)
{
    CHECK(bank < WORLD_BANKS);
    for (*got = 0; *got < count && from + *got < WORLD_SLOTS && tenant[bank][from + *got] != 0;
         (*got)++) {
        CHECK_EQ(at(first + *got)->type, OBJ_NULL);
        *at(first + *got) = (struct own){
            .type = OBJ_FRAME, .rights = RIGHT_ALL, .frame = tenant[bank][from + *got] - 1};
    }
    world.reached += *got;
    return *got > 0 ? ERR_OK : ERR_BAD_HANDLE;
}

uint32_t supply_taken(void)
{
    return world.taken_count;
}

unsigned supply_collect_taken(cap_t first, unsigned count, struct supply_name *name)
{
    unsigned got = 0;

    for (; got < count && got < world.taken_count; got++) {
        unreach(world.taken[got].frame);
        own_frame(first + got, world.taken[got].frame);
        name[got] = (struct supply_name){world.taken[got].bank, world.taken[got].slot};
        world.room++;
    }
    world.taken_count -= got;
    memmove(world.taken, world.taken + got, world.taken_count * sizeof(world.taken[0]));
    return got;
}

uint32_t supply_room_left(void)
{
    return world.told_room + world.taken_count;
}

void supply_room(uint32_t pages)
{
    world.told_room = pages > world.taken_count ? pages - world.taken_count : 0;
}

void world_force(uint32_t bank, cap_t slot)
{
    world.taken[world.taken_count].bank = bank;
    world.taken[world.taken_count].slot = slot;
    world.taken[world.taken_count++].frame = tenant[bank][slot] - 1;
    tenant[bank][slot] = 0;
    world.slot[bank][slot].frame = 0;
    world.told_room -= world.told_room > 0;
}

enum err supply_pass(cap_t first, unsigned count, uint32_t bank, cap_t to, cap_t out)
{
    if (world.room < count)
        return ERR_LIMIT;
    for (unsigned i = 0; i < count; i++)
        if (tenant[bank][to + i] != 0)
            return ERR_NOT_EMPTY;
    for (unsigned i = 0; i < count; i++) {
        uint32_t frame = at(first + i)->frame;

        CHECK_EQ(at(first + i)->type, OBJ_FRAME);
        cap_revoke(first + i);
        cap_delete(first + i, 1);
        world.held[frame] = false;
        tenant[bank][to + i] = frame + 1;
        *at(out + i) =
            (struct own){.type = OBJ_FRAME, .rights = RIGHT_READ | RIGHT_WRITE, .frame = frame};
    }
    world.room -= count;
    for (unsigned i = 0; i < count && world.greedy; i++) { /* before its capability arrives */
        *at(out + i) = (struct own){.type = OBJ_NULL};
        world_force(bank, to + i);
    }
    return ERR_OK;
}

/* ---- the disks ---- */

static struct flying {
    struct blk_request *request;
    bool write;
} flying[WORLD_DISKS][FLYING];
static unsigned in_flight[WORLD_DISKS];
static struct blk *blks[WORLD_DISKS];
static unsigned blk_count;

cap_t start_cap(const char *name, const struct start_cap **facts)
{
    static const struct start_cap registers = {.count = 1};

    if (facts != NULL)
        *facts = &registers;
    return strcmp(name, "swap") == 0 || strcmp(name, "swap1") == 0 ? 7 : CAP_NULL;
}

enum err window_map(struct window *w, cap_t frame, unsigned pages, unsigned rights)
{
    static char registers;

    (void)frame, (void)pages, (void)rights;
    w->at = &registers;
    return ERR_OK;
}

const struct start *start_block(void)
{
    static const struct start block;

    return &block;
}

enum err irq_bind(cap_t irq, cap_t notification, word_t bits)
{
    (void)irq, (void)notification, (void)bits;
    return ERR_OK;
}

enum err dma_take(struct dma *d, unsigned pages)
{
    (void)d, (void)pages;
    return ERR_OK;
}

enum err blk_open(struct blk *b, volatile void *regs, const struct dma *dma,
                  struct blk_interrupt_line line)
{
    (void)regs, (void)dma, (void)line;
    b->sectors = WORLD_PLACES * PAGE_SECTOR;
    blks[blk_count++] = b;
    return ERR_OK;
}

static unsigned number_of(const struct blk *b)
{
    return b == blks[0] ? 0 : 1;
}

static enum err enter(struct blk *b, struct blk_request *r, bool write)
{
    unsigned d = number_of(b);

    CHECK(in_flight[d] < BLK_DEPTH);
    CHECK(r->parts >= 1 && r->parts <= IO_PAGES);
    if (b->broken)
        return ERR_IO;
    flying[d][in_flight[d]++] = (struct flying){r, write};
    world.requests++;
    return ERR_OK;
}

enum err blk_read(struct blk *b, struct blk_request *r)
{
    b->reads++;
    return enter(b, r, false);
}

enum err blk_write(struct blk *b, struct blk_request *r)
{
    b->writes++;
    return enter(b, r, true);
}

void blk_kick(struct blk *b)
{
    (void)b;
}

static enum err transfer(unsigned disk, const struct flying *f)
{
    uint32_t place = (uint32_t)(f->request->sector / PAGE_SECTOR);

    for (unsigned i = 0; i < f->request->parts; i++)
        if (f->write ? world.bad_write[disk][place + i] : world.bad_read[disk][place + i])
            return ERR_IO;
    for (unsigned i = 0; i < f->request->parts; i++) {
        uint32_t frame = (uint32_t)(f->request->part[i].physical >> PAGE_BITS);

        CHECK(world.held[frame]);
        if (f->write)
            world.disk[disk][place + i] = world.content[frame];
        else
            world.content[frame] = world.disk[disk][place + i];
        world.pages_moved++;
    }
    return ERR_OK;
}

void blk_interrupt(struct blk *b)
{
    unsigned d = number_of(b);

    while (in_flight[d] > 0) {
        struct flying f = flying[d][0];

        in_flight[d]--;
        memmove(&flying[d][0], &flying[d][1], in_flight[d] * sizeof(f));
        f.request->done(f.request, transfer(d, &f));
    }
}

void world_disks(void)
{
    for (unsigned rounds = 0; in_flight[0] + in_flight[1] > 0; rounds++) {
        CHECK(rounds < 1000);
        event_notified(&swap_server, BIT_DISKS | BIT_DISKS << 1);
    }
}

void world_pressure(void)
{
    event_notified(&swap_server, BIT_PRESSURE);
}

/* ---- clients ---- */

static void deliver(const struct call *c, struct passing *p, uint32_t bank)
{
    p->received = 0;
    for (unsigned i = 0; i < c->send_count && i < p->recv_count; i++) {
        struct own *from = at(c->send + i);
        struct world_slot *to = &world.slot[bank][p->recv + i];

        if (from->type == DESK) {
            world.desk = &desks[from->frame];
            continue;
        }
        if (to->frame != 0)
            break;
        *to = (struct world_slot){from->frame + 1, from->parent, from->rights};
        if (c->mode == TRANSFER_DERIVE) {
            to->parent = c->send + i;
            to->rights = from->rights & c->rights;
        } else {
            *from = (struct own){.type = OBJ_NULL};
        }
        p->received++;
    }
}

enum err protocol_call(cap_t server, uint32_t op, const void *req, size_t req_bytes, void *reply,
                       size_t reply_bytes, struct passing *p)
{
    struct call c = {.badge = server, .kind = KIND_CALL, .rights = RIGHT_ALL};
    enum err e;

    c.word[0] = op;
    memcpy(&c.word[1], req, req_bytes);
    if (p != NULL && p->send_count > 0) {
        *at(swap_server.offered) = (struct own){.type = p->send & 0xff, .rights = p->send >> 8};
        c.caps = p->send_count;
    }
    swap_server.offered_count = 1;
    e = event_call(&swap_server, &c);
    memcpy(reply, &c.word[1], reply_bytes);
    if (c.send_count > 0 && at(c.send)->type == OBJ_NULL) {
        c.send_count = 0;
        e = swap_server.refused(&swap_server, &c, ERR_NO_CAP, 0) ? e : ERR_NO_CAP;
    }
    if (c.send_count > 0 && at(c.send)->type == OBJ_ENDPOINT)
        p->recv = (cap_t)at(c.send)->badge;
    else if (c.send_count > 0 && e == ERR_OK)
        deliver(&c, p, session_bank[server % SESSIONS]);
    if (!world.stalled)
        world_audit();
    return e;
}

cap_t world_session(uint32_t bank)
{
    struct swap_session_req q = {.bit = bank, .bank = bank, .objects = 600};
    struct swap_session_reply r;
    struct passing p = {.send = OBJ_NOTIFICATION | RIGHT_WRITE << 8, .send_count = 1};

    CHECK_EQ(swap_session(WORLD_MAKER, &q, &r, &p), ERR_OK);
    session_bank[r.session % SESSIONS] = bank;
    CHECK(made_count < CLIENTS);
    made[made_count++] = r.session;
    return p.recv;
}

void world_adopt(uint32_t session, uint32_t bank)
{
    session_bank[session % SESSIONS] = bank;
    made[made_count++] = session;
}

void world_page(uint32_t bank, cap_t slot, uint32_t content)
{
    uint32_t f = frame_new();

    CHECK_EQ(tenant[bank][slot], 0);
    tenant[bank][slot] = f + 1;
    world.slot[bank][slot] = (struct world_slot){f + 1, 0, RIGHT_READ | RIGHT_WRITE};
    world.content[f] = content;
    world.room--;
}

uint32_t world_look(uint32_t bank, cap_t slot)
{
    const struct world_slot *s = &world.slot[bank][slot];

    if (s->frame == 0)
        return 0;
    world.accessed[s->frame - 1] = true;
    return world.content[s->frame - 1];
}

void world_write(uint32_t bank, cap_t slot, uint32_t content)
{
    const struct world_slot *s = &world.slot[bank][slot];

    CHECK(s->frame != 0 && (s->rights & RIGHT_WRITE));
    world.accessed[s->frame - 1] = world.dirty[s->frame - 1] = true;
    world.content[s->frame - 1] = content;
}

void world_forget(uint32_t bank, cap_t slot)
{
    if (tenant[bank][slot] != 0) {
        CHECK(!world.held[tenant[bank][slot] - 1]);
        unreach(tenant[bank][slot] - 1);
        world.used[tenant[bank][slot] - 1] = false;
        world.free++;
        world.room++;
    }
    tenant[bank][slot] = 0;
    world.slot[bank][slot] = (struct world_slot){.frame = 0};
}

/* ---- begin, end ---- */

void world_begin(unsigned disks, uint32_t places)
{
    static const struct io_user user = {read_done, write_done, sessions_starved};

    memset(&world, 0, sizeof(world));
    memset(tenant, 0, sizeof(tenant));
    memset(&the_status, 0, sizeof(the_status));
    made_count = 0;
    world.free = world.room = WORLD_FRAMES;
    slot_used[1] = true;
    if (!opened) {
        opened = true;
        sessions_init();
        CHECK(cache_reserve(1));
        CHECK(deliver_init());
        disks_open(BIT_DISKS, &user);
    }
    for (unsigned i = 0; i < disks; i++) {
        struct swap_on_req q = {.device = i, .priority = WORLD_DISKS - i, .pages = places};
        struct swap_on_reply r;

        CHECK_EQ(swap_on(WORLD_MAKER, &q, &r, NULL), ERR_OK);
        CHECK_EQ(r.pages, places);
    }
}

void world_end(void)
{
    world.stalled = false;
    world_disks();
    for (unsigned i = 0; i < made_count; i++) {
        struct swap_end_req q = {.session = made[i]};
        struct swap_end_reply r;

        swap_end(WORLD_MAKER, &q, &r, NULL);
    }
    world_disks();
    CHECK_EQ(pages_used(), 0);
    CHECK_EQ(status->handles, 0);
    CHECK_EQ(status->objects, 0);
    CHECK_EQ(status->sessions, 0);
    world.free = 0;
    world_pressure();
    CHECK_EQ(cache_frames(), 0);
    for (unsigned i = 0; i < WORLD_DISKS; i++) {
        uint32_t left;

        CHECK_EQ(area_taken(i), 0);
        if (area_state(i) != AREA_NONE)
            CHECK_EQ(device_off(i, &left), ERR_OK);
    }
}

/* Each page lies somewhere, each frame is where its state says. */
void world_audit(void)
{
    uint32_t framed = 0, placed = 0, dirty = 0;

    for (struct page *p = page_next(1); p != NULL; p = page_next(p->number + 1)) {
        const struct frame *f = frame_of(p);
        bool has = p->place != PLACE_NONE;

        CHECK(f == NULL || f->page == p);
        CHECK(p->count > 0 ||
              (f != NULL && (f->state == FRAME_READING || f->state == FRAME_WRITING)));
        CHECK(has || f != NULL || (p->flags & PAGE_LOST));
        if (f != NULL &&
            (f->state == FRAME_CLEAN || f->state == FRAME_READING || f->state == FRAME_WRITING))
            CHECK(has);
        if (f != NULL && f->state == FRAME_DIRTY)
            CHECK(!has);
        dirty += f != NULL && f->state == FRAME_DIRTY;
        framed += f != NULL && !f->guest;
        placed += has;
    }
    CHECK_EQ(framed + cache_count(FRAME_FREE), cache_frames());
    CHECK_EQ(dirty, cache_count(FRAME_DIRTY));
    CHECK_EQ(placed, area_taken(0) + area_taken(1));
    CHECK(pages_unused() >= write_room());
}
