/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hostile_client.c - every operation of every protocol, sent with whatever a client can send.
 *
 * In the process server's place the test makes victims: a bank, a session at the swap server, one
 * at the file server. In their sessions it asks for each operation there is, and some that there
 * are not, by chance, and goes deeper with numbers that mean something. An ordinary client is
 * served as before then, and when the victims have ended, as much memory and as many slots are free
 * as there were after the victims before them.
 */
#include "file.h"
#include "frame_calls.h"
#include "hostile.h"
#include "start.h"
#include "swap.h"

#include <string.h>

#define READY_BIT 4u
#define DEEP      600u /* requests of operations that a session serves, between two harvests */
#define HARVESTS  8u   /* of numbers that mean something */
#define LIVES     4u
#define NO_OP     (~0u) /* is spared */

/* Slots. */
enum { PAGE = 1, AT_SENT = 2, AT_STATUS = 9, AT_SESSIONS = 10, AT_PAGES = 100, AT_ALL = 1000 };

struct victim {
    uint32_t bank, swap_number, file_number;
    cap_t frame, swap, file; /* its sessions */
};

static const volatile struct swap_status *swap_page;

/* ---- victims ---- */

static cap_t notification(void)
{
    cap_t made = slot(AT_SENT);

    CHECK_OK(cap_derive(SLOT_NOTIFICATION, made, RIGHT_WRITE | RIGHT_GRANT, 0));
    return made;
}

static void victim_make(struct victim *v)
{
    struct swap_session_req q = {.bit = READY_BIT, .label = 7, .objects = 100};
    struct swap_session_reply r;
    struct file_session_req fq = {.bit = READY_BIT, .bank = 7};
    struct file_session_reply fr;
    struct passing p = {.send_count = 1, .recv_count = 1, .mode = TRANSFER_MOVE};

    CHECK_OK(bank(0, AT_SESSIONS, &v->bank));
    v->frame = slot(AT_SESSIONS);
    q.bank = v->bank;
    p.send = notification();
    p.recv = v->swap = slot(AT_SESSIONS + 1);
    CHECK_OK(swap_session(start_cap("swap", NULL), &q, &r, &p));
    v->swap_number = r.session;
    p.send = notification();
    p.recv = v->file = slot(AT_SESSIONS + 2);
    CHECK_OK(file_session(start_cap("file", NULL), &fq, &fr, &p));
    v->file_number = fr.session;
}

static void victim_end(const struct victim *v)
{
    struct swap_end_req q = {.session = v->swap_number};
    struct swap_end_reply r;
    struct file_end_req fq = {.session = v->file_number};
    struct file_end_reply fr;

    CHECK_OK(file_end(start_cap("file", NULL), &fq, &fr, NULL));
    CHECK_OK(swap_end(start_cap("swap", NULL), &q, &r, NULL));
    destroy(v->bank);
    for (unsigned i = AT_SESSIONS; i < AT_SESSIONS + 3; i++)
        CHECK(empty(slot(i)) || cap_delete(slot(i), 1) == ERR_OK);
}

/* ---- what is asked about ---- */

static void open_some(cap_t session)
{
    static const char *const names[] = {"/hello", "/big", "/dir", "/dir/a", "/holes"};

    for (unsigned i = 0; i < 5; i++) {
        struct file_open_req q = {.flags = FILE_READ | (i & 1 ? FILE_WRITE : 0),
                                  .path_bytes = (uint32_t)strlen(names[i])};
        struct file_open_reply r;
        struct passing p = {.leases = 1,
                            .lease = {{.space = SLOT_SPACE,
                                       .rights = RIGHT_READ,
                                       .address = (uintptr_t)names[i],
                                       .bytes = strlen(names[i])}}};

        while (file_open(session, &q, &r, &p) == ERR_PENDING)
            sys_wait(CAP_NULL, 0);
        answered[i] = r.handle;
    }
}

/* Pages of the bank in the store, by their handles; as far as there is memory. */
static void put_some(const struct victim *v)
{
    struct swap_put_req q = {.first = slot(AT_PAGES), .count = SWAP_PUT_MAX};
    struct swap_put_reply r;
    uint32_t got;

    if (alloc(v->frame, 0, SWAP_PUT_MAX, FRAME_PAGE, AT_PAGES, &got) != ERR_OK)
        return;
    if (swap_put(v->swap, &q, &r, NULL) == ERR_OK)
        for (unsigned i = 0; i < r.got; i++)
            answered[i] = r.handle + i;
    for (unsigned i = 0; i < SWAP_PUT_MAX; i++)
        if (!empty(slot(AT_PAGES + i)))
            cap_delete(slot(AT_PAGES + i), 1);
}

/* Sessions that have objects serve their pages, too. */
static void deeply_with_objects(cap_t session, enum protocol_id protocol, unsigned ops)
{
    for (unsigned i = 0; i < 6; i++) {
        hostile_deeply(session, protocol, 0, ops, DEEP / 8);
        hostile_deeply(session, PROTOCOL_object, 0, object_OP_COUNT, DEEP / 24);
    }
}

static void attack(const struct victim *v)
{
    hostile_everything(v->frame, NO_OP);
    hostile_everything(v->swap, NO_OP);
    hostile_everything(v->file, NO_OP);
    for (unsigned i = 0; i < HARVESTS; i++) {
        memset(answered, 0, sizeof(answered));
        hostile_deeply(v->frame, PROTOCOL_frame, 0, frame_OP_COUNT, DEEP);
        put_some(v);
        deeply_with_objects(v->swap, PROTOCOL_swap, swap_OP_COUNT);
        open_some(v->file);
        deeply_with_objects(v->file, PROTOCOL_file, file_OP_COUNT);
    }
}

/* ---- what must be so afterwards ---- */

/* All memory there is in the slots from AT_ALL on: who can give back some has done so. */
static unsigned exhaust(void)
{
    unsigned at = AT_ALL;
    uint32_t got;

    while (alloc(own, 0, RUN_MAX, FRAME_LOCKED, at, &got) == ERR_OK)
        at += got;
    return at;
}

static void unexhaust(unsigned end)
{
    uint32_t taken;

    for (unsigned at = AT_ALL; at < end; at += RUN_MAX)
        CHECK_OK(give(own, at, end - at < RUN_MAX ? end - at : RUN_MAX, &taken));
}

static void begin(void)
{
    struct swap_status_req q = {0};
    struct swap_status_reply r;
    struct passing p = {.recv_count = 1};
    struct window w;
    uint32_t got;

    if (swap_page == NULL) {
        p.recv = slot(AT_STATUS);
        CHECK_OK(swap_status(start_cap("swap", NULL), &q, &r, &p));
        CHECK_OK(window_map(&w, p.recv, 1, RIGHT_READ));
        swap_page = w.at;
    }
    if (empty(slot(PAGE)))
        CHECK_OK(alloc(own, 0, 1, FRAME_FIXED | FRAME_CLEARED, PAGE, &got));
    hostile_begin(slot(PAGE), start_cap("file", NULL));
}

static void served(void)
{
    struct victim v;
    struct file_volume_req q = {0};
    struct file_volume_reply r;
    struct swap_make_req mq = {.pages = 3};
    struct swap_make_reply mr;
    uint32_t got;

    victim_make(&v);
    CHECK_OK(file_volume(v.file, &q, &r, NULL));
    CHECK(r.free <= r.blocks && r.blocks > 0);
    CHECK_OK(swap_make(v.swap, &mq, &mr, NULL));
    CHECK_OK(alloc(v.frame, 0, 1, FRAME_PAGE, AT_ALL, &got));
    victim_end(&v);
}

TEST(hostile, requests_of_every_kind_are_answered_and_leave_nothing_behind)
{
    uint32_t pages = 0, slots = 0;

    begin();
    for (unsigned life = 0; life < LIVES; life++) {
        struct victim v;

        victim_make(&v);
        attack(&v);
        victim_end(&v);
        unexhaust(exhaust());
        if (life == 1) {
            pages = walk();
            slots = swap_page->slots_free;
        }
    }
    CHECK_EQ(walk(), pages);
    CHECK_EQ(swap_page->slots_free, slots);
    CHECK_EQ(swap_page->pages, 0);
    served();
}

TEST(hostile, requests_at_zero_free_frames_are_answered_and_leave_nothing_behind)
{
    struct victim v;
    unsigned end;

    begin();
    victim_make(&v);
    end = exhaust();
    attack(&v);
    unexhaust(end);
    victim_end(&v);
    served();
}

TEST(hostile, requests_without_the_right_to_call_are_the_kernels_to_refuse)
{
    struct victim v;

    begin();
    victim_make(&v);
    for (unsigned i = AT_SESSIONS; i < AT_SESSIONS + 3; i++) {
        uint32_t words[PROTOCOL_BYTES / 4] = {0};

        CHECK_OK(cap_derive(slot(i), slot(AT_PAGES), RIGHT_GRANT, 0));
        for (unsigned op = 0; op < PROTOCOL_OPS_MAX; op++)
            for (unsigned protocol = 0; protocol < PROTOCOL_LIMIT; protocol++)
                CHECK_ERR(protocol_call(slot(AT_PAGES), PROTOCOL_OP(protocol, op), words,
                                        sizeof(words), words, sizeof(words), NULL),
                          ERR_NO_RIGHT);
        CHECK_OK(cap_delete(slot(AT_PAGES), 1));
    }
    victim_end(&v);
}
