/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cache.c - the frames that the store holds.
 *
 * Who goes first, when frames are wanted: those that are on disk as well, oldest first, then
 * those of objects. Pages that were lent and used since they were last looked at (their accessed
 * bit, of all mappings together) are passed over once: second chance.
 */
#include "cache.h"

#include "bitmap.h"
#include "direct.h"
#include "reserve.h"
#include "rt.h"
#include "status.h"
#include "supply.h"

#define CHUNKS     32u
#define CHUNK_BITS 9u /* frames: a CapTable of 16 KiB */
#define CHUNK      (1u << CHUNK_BITS)
#define FREE_KEPT  SUPPLY_BATCH /* frames that stay for what comes next */
#define GIVE_BATCH 32u

struct chunk {
    struct frame *frame;
    uint64_t framed[BITMAP_WORDS(CHUNK)]; /* a bit a frame: it is not BARE */
};

static struct {
    struct chunk chunk[CHUNKS];
    uint32_t chunks, frames, next; /* next: where the search for bare ones goes on */
    struct list list[FRAME_STATES];
    uint32_t count[FRAME_STATES];
} cache;

/* ---- records ---- */

static void lists_init(void)
{
    for (unsigned i = 0; i < FRAME_STATES; i++)
        list_init(&cache.list[i]);
}

static bool chunk_make(void)
{
    struct chunk *c = &cache.chunk[cache.chunks];
    cap_t table;

    if (cache.chunks == CHUNKS)
        return false;
    if (cache.chunks == 0)
        lists_init();
    c->frame = memory_new(CHUNK * sizeof(*c->frame));
    table = c->frame == NULL ? CAP_NULL : object_make(OBJ_CAPTABLE, CHUNK_BITS + SLOT_BITS);
    if (table == CAP_NULL)
        return false;
    for (uint32_t i = 0; i < CHUNK; i++) {
        c->frame[i].number = (cache.chunks << CHUNK_BITS) + i;
        c->frame[i].cap = CAP(table, 0) + i;
        list_init(&c->frame[i].link);
    }
    cache.chunks++;
    return true;
}

bool cache_reserve(uint32_t frames)
{
    while (cache.chunks << CHUNK_BITS < frames)
        if (!chunk_make())
            return false;
    return true;
}

uint32_t cache_count(enum frame_state state)
{
    return cache.count[state];
}

uint32_t cache_frames(void)
{
    return cache.frames;
}

/* ---- guests ---- */

#define GUEST_FIRST (CHUNKS << CHUNK_BITS)

static struct frame guests[GUESTS];

struct frame *guest(uint32_t n)
{
    struct frame *f = &guests[n];

    if (!f->guest) { /* for the first time */
        f->guest = 1;
        f->number = GUEST_FIRST + n;
        list_init(&f->link);
    }
    return f;
}

uint32_t guest_number(const struct frame *f)
{
    return f->number - GUEST_FIRST;
}

static struct frame *frame_at(uint32_t number)
{
    if (number >= GUEST_FIRST)
        return &guests[number - GUEST_FIRST];
    return &cache.chunk[number >> CHUNK_BITS].frame[number & (CHUNK - 1)];
}

struct frame *frame_of(const struct page *p)
{
    return p->frame == 0 ? NULL : frame_at(p->frame - 1);
}

struct frame *frame_behind(struct frame *f)
{
    return frame_at(f->number + 1);
}

/* ---- states ---- */

void frame_set(struct frame *f, enum frame_state state)
{
    if (f->state != FRAME_BARE)
        cache.count[f->state]--;
    list_remove(&f->link);
    f->state = (uint8_t)state;
    if (state == FRAME_BARE)
        return;
    cache.count[state]++;
    if (state != FRAME_READING && state != FRAME_WRITING)
        list_push_back(&cache.list[state], &f->link);
}

void frame_fill(struct frame *f, struct page *p, enum frame_state state)
{
    f->page = p;
    f->lent = f->ahead = f->well = f->forgotten = 0;
    p->frame = f->number + 1;
    frame_set(f, state);
}

static void page_leave(struct frame *f)
{
    if (f->page != NULL)
        f->page->frame = 0;
    f->page = NULL;
}

void frame_empty(struct frame *f)
{
    page_leave(f);
    if (f->guest) {
        frame_set(f, FRAME_BARE);
        direct_left(f);
        return;
    }
    if (f->lent)
        cap_revoke(f->cap);
    f->lent = 0;
    frame_set(f, FRAME_FREE);
}

void frame_gone(struct frame *f)
{
    struct chunk *c = &cache.chunk[f->number >> CHUNK_BITS];

    page_leave(f);
    frame_set(f, FRAME_BARE);
    bitmap_clear(c->framed, f->number & (CHUNK - 1));
    cache.frames--;
}

struct frame *frame_dirty_first(void)
{
    struct list *link = cache.chunks == 0 ? NULL : list_first(&cache.list[FRAME_DIRTY]);

    return link == NULL ? NULL : LIST_MEMBER(link, struct frame, link);
}

/* ---- frames that come ---- */

struct frame *frames_bare(unsigned count, unsigned *got)
{
    *got = 0;
    for (uint32_t i = 0; i < cache.chunks; i++) {
        struct chunk *c = &cache.chunk[(cache.next + i) % cache.chunks];
        uint32_t first = bitmap_find(c->framed, CHUNK, 0, false), end;

        if (first == BITMAP_NONE)
            continue;
        end = bitmap_find_run(c->framed, CHUNK, first, count);
        if (end != BITMAP_NONE)
            first = end;
        end = bitmap_find(c->framed, CHUNK, first, true);
        end = end == BITMAP_NONE ? CHUNK : end;
        *got = end - first < count ? end - first : count;
        cache.next = (cache.next + i) % cache.chunks;
        return &c->frame[first];
    }
    return NULL;
}

void frames_came(struct frame *first, unsigned count)
{
    struct chunk *c = &cache.chunk[first->number >> CHUNK_BITS];

    for (unsigned i = 0; i < count; i++) {
        struct frame *f = first + i;

        bitmap_set(c->framed, f->number & (CHUNK - 1));
        f->wants = NULL;
        f->lent = 0;
        f->physical = 0;
        frame_set(f, FRAME_FREE);
    }
    cache.frames += count;
}

/* One more batch from the frame server. */
static void grow(void)
{
    struct frame *first;
    unsigned want, got;

    first = frames_bare(SUPPLY_BATCH, &want);
    if (first == NULL && cache_reserve((cache.chunks + 1) << CHUNK_BITS))
        first = frames_bare(SUPPLY_BATCH, &want);
    if (first != NULL && supply_take(first->cap, want, false, &got) == ERR_OK)
        frames_came(first, got);
}

static struct frame *free_pop(void)
{
    struct list *link = cache.chunks == 0 ? NULL : list_first(&cache.list[FRAME_FREE]);

    if (link == NULL)
        return NULL;
    list_remove(link);
    return LIST_MEMBER(link, struct frame, link);
}

struct frame *frame_take_spare(void)
{
    struct frame *f = free_pop();

    if (f == NULL && supply_spare() > SUPPLY_BATCH) {
        grow();
        f = free_pop();
    }
    return f;
}

struct frame *frame_take(void)
{
    struct frame *f = frame_take_spare();

    if (f == NULL && cache_evict(1) > 0)
        f = free_pop();
    if (f == NULL) {
        grow();
        f = free_pop();
    }
    return f;
}

/* ---- frames that go ---- */

/* Used through one of its mappings since this was asked last. */
static bool referenced(struct frame *f)
{
    uint8_t bits = 0;

    if (!f->lent)
        return false;
    return frame_harvest(f->cap, 1, HARVEST_A, &bits) == ERR_OK && (bits & HARVEST_A);
}

static bool evictable(const struct frame *f)
{
    return f->wants == NULL && f->page->pins == 0;
}

/* An object's page leaves its mappings: to be written if it was, or lies nowhere else. */
static bool live_leave(struct frame *f)
{
    uint8_t bits = HARVEST_D;
    struct page *p = f->page;

    if (p->place == PLACE_NONE && places_free() <= cache.count[FRAME_DIRTY])
        return false;
    cap_revoke(f->cap);
    f->lent = 0;
    frame_harvest(f->cap, 1, HARVEST_D, &bits);
    if (p->place != PLACE_NONE && !(bits & HARVEST_D)) {
        frame_empty(f);
        return true;
    }
    page_uproot(p);
    frame_set(f, FRAME_DIRTY);
    return true;
}

static bool evict(struct frame *f)
{
    if (!evictable(f))
        return false;
    if (f->state == FRAME_LIVE)
        return live_leave(f);
    frame_empty(f);
    return true;
}

/* One round over a list, at most: `looks` is what is left of it. */
static uint32_t evict_from(enum frame_state state, uint32_t count)
{
    uint32_t done = 0;

    for (uint32_t looks = 2 * cache.count[state]; looks > 0 && done < count; looks--) {
        struct list *link = list_first(&cache.list[state]);
        struct frame *f;

        if (link == NULL)
            break;
        f = LIST_MEMBER(link, struct frame, link);
        if (!referenced(f) && evict(f)) {
            done++;
            continue;
        }
        list_remove(link);
        list_push_back(&cache.list[state], link);
    }
    return done;
}

uint32_t cache_evict(uint32_t count)
{
    uint32_t done;

    if (cache.chunks == 0)
        return 0;
    done = evict_from(FRAME_CLEAN, count);
    return done < count ? done + evict_from(FRAME_LIVE, count - done) : done;
}

static void give_run(struct frame *first, unsigned count)
{
    supply_give(first->cap, count);
    for (unsigned i = 0; i < count; i++)
        frame_gone(first + i);
}

/* Neighbours of one chunk that are free go together. */
static unsigned free_run(struct frame *f, struct frame **first, unsigned most)
{
    unsigned count = 1;

    while (count < most && f->number % CHUNK != 0 && (f - 1)->state == FRAME_FREE) {
        f--;
        count++;
    }
    *first = f;
    while (count < most && (f + count)->number % CHUNK != 0 && (f + count)->state == FRAME_FREE)
        count++;
    return count;
}

/* Gives FREE frames back until `keep` are left. */
static void give_down_to(uint32_t keep)
{
    while (cache.count[FRAME_FREE] > keep) {
        struct list *link = list_first(&cache.list[FRAME_FREE]);
        uint32_t most = cache.count[FRAME_FREE] - keep;
        struct frame *first;
        unsigned count = free_run(LIST_MEMBER(link, struct frame, link), &first,
                                  most < GIVE_BATCH ? most : GIVE_BATCH);

        give_run(first, count);
    }
}

void cache_bare(uint32_t count)
{
    uint32_t bare = (cache.chunks << CHUNK_BITS) - cache.frames;

    if (bare >= count)
        return;
    cache_evict(count - bare);
    give_down_to(0);
}

/* NULL: there is none. */
static struct frame *frame_in(cap_t slot)
{
    for (uint32_t i = 0; i < cache.chunks; i++) {
        struct frame *first = cache.chunk[i].frame;

        if (slot >= first->cap && slot - first->cap < CHUNK)
            return first[slot - first->cap].state == FRAME_BARE ? NULL : &first[slot - first->cap];
    }
    return NULL;
}

bool cache_leave(cap_t slot)
{
    struct frame *f = frame_in(slot);

    if (f == NULL)
        return true;
    if (f->state == FRAME_CLEAN || f->state == FRAME_LIVE)
        evict(f);
    if (f->state == FRAME_FREE)
        give_run(f, 1);
    return f->state != FRAME_DIRTY;
}

void cache_trim(void)
{
    uint32_t wanted = supply_pressure(), free = cache.count[FRAME_FREE];
    uint32_t keep = free > wanted ? free - wanted : 0;

    give_down_to(keep < FREE_KEPT ? keep : FREE_KEPT);
    status->frames = cache.frames;
    status->dirty = cache.count[FRAME_DIRTY] + cache.count[FRAME_WRITING];
}
