/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pager.c - a custom pager out of lib/pager: it serves one read-only region from frames that
 * it holds, sixteen pages a reply; a page that has not come yet is waited for.
 *
 * This is also the shortest pager there is: copy `struct album` and its handlers to begin one.
 */
#include "loop.h"
#include "page.h"
#include "peer.h"
#include "region.h"

#define PAGES 40u
#define P     PAGE_SIZE

/* ---- the pager ---- */

struct album {
    struct loop loop;
    struct regions regions;
    struct pages pages; /* what is mapped, by address */
    cap_t frames;       /* page n of the region is frame n */
    unsigned arrived;   /* so many of them are there */
    unsigned wild;      /* accesses outside the region */
    unsigned refused;
    uint64_t deadline;
};

static void album_release(struct regions *s, struct object *o)
{
    (void)s, (void)o;
}

/* How many pages from the n-th on can come with it. */
static unsigned album_run(struct album *a, uintptr_t at, unsigned n)
{
    unsigned count = 1;

    while (count < REPLY_PAGES && n + count < a->arrived) {
        const struct page *p = page_find(&a->pages, at + count * P);

        if (p != NULL && p->state != PAGE_NONE)
            break;
        count++;
    }
    return count;
}

static enum event_end album_fault(struct loop *l, struct event *e)
{
    struct album *a = l->owner;
    uintptr_t at = e->word[FAULT_ADDRESS] & ~(uintptr_t)(P - 1);
    const struct region *r = region_at(&a->regions, at);
    struct maps m = {.word = e->word};
    unsigned n, count;

    if (r == NULL || !(r->rights & FAULT_GET_ACCESS(e->word[FAULT_CAUSE]))) {
        a->wild++;
        return EVENT_PARK; /* nobody will ever help it */
    }
    n = region_index(r, at);
    if (n >= a->arrived)
        return EVENT_PARK;
    count = album_run(a, at, n);
    for (unsigned i = 0; i < count; i++)
        if (page_make(&a->pages, at + i * P) != NULL)
            page_set(&a->pages, at + i * P, PAGE_PRIVATE, a->frames + n + i);
    maps_run(&m, a->frames + n, at, count, r->rights, 0);
    return event_maps(e, &m);
}

static void album_told(struct loop *l, word_t bits)
{
    struct album *a = l->owner;

    (void)bits;
    a->arrived = PAGES;
}

static void album_late(struct loop *l)
{
    (void)l;
}

/* A frame is gone: the pages behind it will do. */
static void album_refused(struct loop *l, enum err e)
{
    struct album *a = l->owner;

    if (e == ERR_NO_CAP)
        a->refused++;
    a->frames++;
}

static const struct loop_ops album_ops = {
    .handle = album_fault, .notified = album_told, .late = album_late, .refused = album_refused};

/* ---- its tests ---- */

static struct album album;
static struct peer *pager, *task;
static struct step task_script[PAGES + 2];

static void album_serve(void *arg)
{
    (void)arg;
    loop_run(&album.loop);
}

static void album_begin(unsigned arrived)
{
    static const struct step serving[] = {{.op = RUN, .run = album_serve}};
    struct region r = {.start = KIT_VA, .end = KIT_VA + PAGES * P, .rights = RIGHT_READ};
    cap_t space = kit_space();

    kit_tables(space, KIT_VA, KIT_LEAF_BYTES);
    pager = peer_make(NULL);
    album = (struct album){.frames = kit_frames(PAGES + 1), .arrived = arrived};
    for (unsigned i = 0; i <= PAGES; i++) {
        word_t number = i;

        CHECK_OK(frame_write(album.frames + i, 0, &number, sizeof(number)));
    }
    album.loop = (struct loop){.ops = &album_ops,
                               .owner = &album,
                               .deadline = &album.deadline,
                               .thread = pager->thread,
                               .reply = pager->reply,
                               .spare = kit_object(OBJ_REPLY, 0)};
    regions_init(&album.regions, 10, album_release);
    CHECK(regions_reserve(&album.regions, 1));
    regions_add(&album.regions, &r);
    task = peer_make(&(struct peer_kind){.space = space, .pager = pager->endpoint, .badge = 9});
    peer_start(pager, serving);
}

static void album_end(void)
{
    pages_fini(&album.pages);
    regions_fini(&album.regions);
}

TEST(pager, serves_a_region_with_sixteen_pages_a_reply)
{
    memset(task_script, 0, sizeof(task_script));
    for (unsigned i = 0; i < PAGES; i++)
        task_script[i] = (struct step){.op = READ, .address = KIT_VA + i * P, .value = i};
    task_script[PAGES] = (struct step){.op = END};
    album_begin(PAGES);
    peer_start(task, task_script);
    peer_ended(task);
    CHECK_EQ(album.loop.faults, (PAGES + 15) / 16);
    peer_waits(pager, 0);
    album_end();
}

TEST(pager, parks_a_fault_until_its_page_has_come)
{
    memset(task_script, 0, sizeof(task_script));
    task_script[0] = (struct step){.op = READ, .address = KIT_VA + 20 * P, .value = 20};
    task_script[1] = (struct step){.op = END};
    album_begin(10);
    peer_start(task, task_script);
    peer_waits(task, 0);
    CHECK_EQ(album.loop.parked_count, 1);
    CHECK_OK(sys_signal(kit_derive(pager->notification, RIGHT_WRITE, 1)));
    peer_ended(task);
    CHECK_EQ(album.loop.parked_count, 0);
    CHECK_OK(sys_signal(kit_derive(pager->notification, RIGHT_WRITE, 1)));
    peer_waits(pager, 0);
    CHECK(album.loop.spare != CAP_NULL); /* the receive that answered has returned */
    album_end();
}

TEST(pager, of_one_thread_waits_for_bits_alone_while_that_is_parked)
{
    memset(task_script, 0, sizeof(task_script));
    task_script[0] = (struct step){.op = READ, .address = KIT_VA + 20 * P, .value = 20};
    task_script[1] = (struct step){.op = WAIT};
    task_script[2] = (struct step){.op = READ, .address = KIT_VA, .value = 0};
    task_script[3] = (struct step){.op = END};
    album_begin(10);
    album.loop.alone = true;
    peer_start(task, task_script);
    peer_waits(task, 0);
    CHECK_EQ(album.loop.parked_count, 1);
    CHECK_EQ(album.loop.parked[0].reply, CAP_NULL);
    CHECK_OK(sys_signal(kit_derive(pager->notification, RIGHT_WRITE, 1)));
    peer_waits(task, 1);
    CHECK_EQ(album.loop.parked_count, 0);
    CHECK_EQ(album.loop.reply, pager->reply);
    CHECK_OK(sys_signal(kit_derive(task->notification, RIGHT_WRITE, 1)));
    peer_ended(task); /* it receives again */
    CHECK_EQ(album.loop.faults, 2);
    CHECK_EQ(album.loop.parks, 1);
    album_end();
}

TEST(pager, thinks_anew_when_a_frame_was_taken_from_it)
{
    memset(task_script, 0, sizeof(task_script));
    task_script[0] = (struct step){.op = READ, .address = KIT_VA, .value = 1};
    task_script[1] = (struct step){.op = END};
    album_begin(1);
    CHECK_OK(cap_delete(album.frames, 1));
    peer_start(task, task_script);
    peer_ended(task);
    CHECK_EQ(album.refused, 1);
    CHECK_EQ(album.loop.faults, 2);
    album_end();
}

TEST(pager, leaves_a_wild_access_waiting_and_serves_others)
{
    struct peer *other;

    memset(task_script, 0, sizeof(task_script));
    task_script[0] = (struct step){.op = WRITE, .address = KIT_VA, .value = 1};
    task_script[1] = (struct step){.op = READ, .address = KIT_VA + 5 * P, .value = 5};
    task_script[2] = (struct step){.op = END};
    album_begin(PAGES);
    other =
        peer_make(&(struct peer_kind){.space = task->space, .pager = pager->endpoint, .badge = 10});
    peer_start(task, task_script);
    peer_start(other, &task_script[1]);
    peer_ended(other);
    peer_waits(task, 0);
    CHECK_EQ(album.wild, 1);
    album_end();
}
