/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * resident_test.c - the mechanism keeps its invariants whatever a policy answers.
 */
#include "replay.h"

#define FRAMES 24u

/* ---- a policy that lies: its answers come from a seed ---- */

struct hostile {
    uint32_t x;
    uint32_t balance[FRAMES]; /* loaded - removed, by slot */
    bool wrong;               /* told something that breaks the contract */
};

static uint32_t hostile_next(struct hostile *h)
{
    h->x = h->x * 1664525u + 1013904223u;
    return h->x >> 8;
}

static size_t hostile_need(uint32_t nframes, uint32_t nghost)
{
    (void)nframes, (void)nghost;
    return sizeof(struct hostile);
}

static int hostile_init(struct pol_env *env, const char *args)
{
    struct hostile *h = env->mem;

    (void)args;
    h->x = (uint32_t)env->seed;
    return 0;
}

static void hostile_loaded(struct pol_env *env, pol_slot s, enum pol_why why)
{
    struct hostile *h = env->mem;

    (void)why;
    if (s >= env->nframes || h->balance[s]++ != 0 || env->page(env, s) == NULL)
        h->wrong = true;
}

static void hostile_touched(struct pol_env *env, const pol_slot *s, unsigned n)
{
    struct hostile *h = env->mem;

    for (unsigned i = 0; i < n; i++)
        if (h->balance[s[i]] != 1)
            h->wrong = true;
}

/* Bad numbers, slots that are free, the same slot over and over, too few, too many. */
static unsigned hostile_victims(struct pol_env *env, pol_slot *out, unsigned want)
{
    struct hostile *h = env->mem;
    uint32_t mood = hostile_next(h) % 5;

    for (unsigned i = 0; i < want; i++) {
        uint32_t x = hostile_next(h);

        out[i] = mood == 0 ? x : mood == 1 ? 0 : x % FRAMES;
        env->test_clear_ref(env, out[i]);
        env->page(env, x);
    }
    return mood == 3 ? 0 : mood == 4 ? want + hostile_next(h) % 1000 : want;
}

static void hostile_refused(struct pol_env *env, pol_slot s, enum pol_refusal why)
{
    struct hostile *h = env->mem;

    if (h->balance[s] != 1 || why != POL_PINNED)
        h->wrong = true;
}

static void hostile_removed(struct pol_env *env, pol_slot s, bool evicted)
{
    struct hostile *h = env->mem;

    (void)evicted;
    if (h->balance[s]-- != 1)
        h->wrong = true;
}

static const struct replacement policy_hostile = {
    .name = "hostile",
    .need = hostile_need,
    .init = hostile_init,
    .loaded = hostile_loaded,
    .touched = hostile_touched,
    .victims = hostile_victims,
    .refused = hostile_refused,
    .removed = hostile_removed,
};

/* ---- the set's owner in these tests ---- */

static bool pinned[FRAMES];

static enum pol_refusal test_pinned(struct resident *r, pol_slot s)
{
    CHECK(s < FRAMES && resident_page(r, s)->loaded);
    return pinned[s] ? POL_PINNED : 0;
}

static bool test_ref(struct resident *r, pol_slot s)
{
    CHECK(s < FRAMES && resident_page(r, s)->loaded);
    return false;
}

static const struct resident_ops test_ops = {
    .pinned = test_pinned, .test_clear_ref = test_ref, .now = replay_now};

static struct resident set_with(const struct replacement *policy, uint32_t pages, uint64_t seed)
{
    struct resident r;

    memset(pinned, 0, sizeof(pinned));
    CHECK(resident_init(&r, policy, FRAMES, seed, "", &test_ops, NULL));
    for (uint32_t i = 0; i < pages; i++)
        resident_load(&r, i, POL_DEMAND);
    return r;
}

static void check_victims(struct resident *r, const pol_slot *out, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        CHECK(out[i] < FRAMES);
        CHECK(resident_page(r, out[i])->loaded);
        CHECK(!pinned[out[i]]);
        for (unsigned j = 0; j < i; j++)
            CHECK(out[i] != out[j]);
    }
}

TEST(resident, survives_a_hostile_policy)
{
    uint32_t bad_slots = 0, refused = 0;

    for (uint32_t seed = 1; seed <= 300; seed++) {
        struct resident r = set_with(&policy_hostile, FRAMES, seed);
        struct hostile *h = r.env.mem;
        struct hostile chance = {.x = seed * 77};

        for (unsigned step = 0; step < 400; step++) {
            pol_slot out[RESIDENT_BATCH];
            unsigned want = 1 + hostile_next(&chance) % RESIDENT_BATCH, can = 0, n;

            for (pol_slot s = 0; s < FRAMES; s++) {
                pinned[s] = hostile_next(&chance) % 4 == 0;
                can += resident_page(&r, s)->loaded && !pinned[s];
            }
            n = resident_victims(&r, out, want);
            CHECK_EQ(n, can < want ? can : want);
            check_victims(&r, out, n);
            for (unsigned i = 0; i < n; i++)
                resident_remove(&r, out[i], true);
            while (!resident_full(&r) && hostile_next(&chance) % 8 != 0)
                resident_load(&r, step, POL_DEMAND);
        }
        CHECK(!h->wrong);
        CHECK(r.faulty);
        CHECK(r.fallbacks >= RESIDENT_STRIKES);
        bad_slots += r.bad_slots;
        refused += r.refused;
        resident_fini(&r);
    }
    CHECK(bad_slots > 1000 && refused > 1000);
}

TEST(resident, tells_removed_once_for_each_loaded)
{
    struct resident r = set_with(&policy_hostile, FRAMES, 5);
    struct hostile *h = r.env.mem;

    for (pol_slot s = 0; s < FRAMES; s++)
        resident_remove(&r, s, s % 2 == 0);
    for (pol_slot s = 0; s < FRAMES; s++)
        CHECK_EQ(h->balance[s], 0);
    CHECK(!h->wrong);
    CHECK_EQ(r.count, 0);
    resident_fini(&r);
}

static unsigned silent_victims(struct pol_env *env, pol_slot *out, unsigned want)
{
    (void)env, (void)out, (void)want;
    return 0;
}

TEST(resident, falls_back_to_the_oldest_when_nothing_is_proposed)
{
    struct replacement silent = policy_fifo;
    struct resident r;
    pol_slot out[2];

    silent.victims = silent_victims;
    r = set_with(&silent, FRAMES, 1);
    pinned[0] = true;
    CHECK_EQ(resident_victims(&r, out, 2), 2);
    CHECK_EQ(resident_page(&r, out[0])->where, 1);
    CHECK_EQ(resident_page(&r, out[1])->where, 2);
    CHECK_EQ(r.fallbacks, 2);
    CHECK(!r.faulty);
    resident_fini(&r);
}

TEST(resident, steps_over_pinned_pages_without_blaming_the_policy)
{
    static const struct replacement *const every[] = {&policy_fifo, &policy_clock, &policy_lru};

    for (unsigned p = 0; p < 3; p++) {
        struct resident r = set_with(every[p], FRAMES, 1);
        pol_slot out[3];

        for (pol_slot s = 0; s < FRAMES - 1; s++)
            pinned[s] = true;
        CHECK_EQ(resident_victims(&r, out, 3), 1);
        CHECK_EQ(out[0], FRAMES - 1);
        CHECK(r.refused > 0);
        CHECK_EQ(r.fallbacks, 0);
        CHECK_EQ(every[p]->check(&r.env), 0);
        resident_fini(&r);
    }
}

TEST(resident, answers_nothing_when_all_is_pinned)
{
    struct resident r = set_with(&policy_lru, 3, 1);
    pol_slot out[1];

    memset(pinned, 1, sizeof(pinned));
    CHECK_EQ(resident_victims(&r, out, 1), 0);
    CHECK_EQ(r.fallbacks, 0);
    resident_fini(&r);
}

TEST(resident, gives_back_pages_down_to_a_smaller_limit)
{
    struct resident r = set_with(&policy_lru, FRAMES, 1);
    pol_slot out[RESIDENT_BATCH];

    resident_resize(&r, 5);
    while (r.count > r.env.nframes) {
        unsigned n = resident_victims(&r, out, r.count - r.env.nframes);

        CHECK(n > 0);
        for (unsigned i = 0; i < n; i++)
            resident_remove(&r, out[i], true);
    }
    CHECK_EQ(r.count, 5);
    resident_resize(&r, 1000);
    CHECK_EQ(r.env.nframes, FRAMES);
    resident_fini(&r);
}

TEST(resident, that_grows_tells_its_policy_when_it_is_woken)
{
    struct resident r;
    pol_slot out[4];

    CHECK(resident_init(&r, &policy_hostile, 0, 1, "", &test_ops, NULL));
    CHECK(!r.awake && r.env.mem == NULL);
    resident_fini(&r);
    CHECK(resident_init(&r, &policy_lru, 0, 1, "", &replay_ops, NULL));
    for (uint32_t i = 0; i < 1000; i++) {
        while (resident_full(&r))
            CHECK(resident_grow(&r));
        resident_load(&r, i, POL_DEMAND);
    }
    CHECK_EQ(r.capacity, 1024);
    for (pol_slot s = 0; s < 1000; s += 2)
        resident_remove(&r, s, false);
    resident_load(&r, 5000, POL_DEMAND);
    CHECK_EQ(resident_victims(&r, out, 2), 2); /* asleep: the oldest */
    CHECK_EQ(resident_page(&r, out[1])->where, 3);
    CHECK_EQ(r.fallbacks, 0);
    resident_wake(&r);
    CHECK(r.awake);
    out[2] = out[0];
    resident_touch(&r, &out[2], 1);
    CHECK_EQ(resident_victims(&r, out, 2), 2);
    CHECK_EQ(resident_page(&r, out[0])->where, 3);
    CHECK_EQ(resident_page(&r, out[1])->where, 5);
    CHECK_EQ(policy_lru.check(&r.env), 0);
    CHECK(resident_grow(&r)); /* asleep again */
    CHECK(!r.awake);
    CHECK_EQ(r.capacity, 2048);
    CHECK_EQ(resident_victims(&r, out, 1), 1);
    CHECK_EQ(resident_page(&r, out[0])->where, 1);
    resident_fini(&r);
}

TEST(resident, with_a_limit_does_not_grow)
{
    struct resident r = set_with(&policy_lru, FRAMES, 1);

    CHECK(resident_full(&r));
    CHECK(!resident_grow(&r));
    CHECK_EQ(r.capacity, FRAMES);
    resident_fini(&r);
}

/* The two pages behind it, one that is not, and more than asked for. */
static unsigned eager_prefetch(struct pol_env *env, const struct pol_key *miss, struct pol_key *out,
                               unsigned max)
{
    (void)env;
    for (unsigned i = 0; i < max; i++) {
        out[i] = *miss;
        out[i].page += i < 2 ? i + 1 : 100;
    }
    return max + 7;
}

static bool even_admit(struct pol_env *env, const struct pol_key *key, enum pol_why why)
{
    (void)env;
    CHECK_EQ(why, POL_PREFETCH);
    return key->page % 4 != 0;
}

TEST(resident, loads_ahead_what_the_policy_proposes_and_admits)
{
    struct replacement policy = policy_fifo;
    struct pol_key miss = {.area = 3, .page = 21};
    struct resident r = set_with(&policy, 1, 1);

    CHECK_EQ(resident_ahead(&r, &miss, 15), 15);
    policy.admit = even_admit;
    CHECK_EQ(resident_ahead(&r, &miss, 15), 2);
    CHECK_EQ(resident_ahead(&r, &miss, 1), 1);
    policy.prefetch = eager_prefetch;
    CHECK_EQ(resident_ahead(&r, &miss, 15), 2);
    CHECK_EQ(resident_ahead(&r, &miss, 0), 0);
    policy.admit = NULL;
    CHECK_EQ(resident_ahead(&r, &miss, 15), 2);
    resident_fini(&r);
}

static bool just_referenced;

static bool once(struct resident *r, pol_slot s)
{
    (void)r;
    return s == 0 && just_referenced;
}

TEST(clock, spares_a_page_touched_since_the_hand_last_passed)
{
    struct resident r = set_with(&policy_clock, 4, 1);
    pol_slot touched[] = {0, 2}, out[4];

    resident_touch(&r, touched, 2);
    CHECK_EQ(resident_victims(&r, out, 2), 2);
    CHECK_EQ(out[0], 1);
    CHECK_EQ(out[1], 3);
    CHECK_EQ(resident_victims(&r, out, 4), 4);
    resident_fini(&r);
}

TEST(clock, asks_the_page_table_at_the_hand)
{
    struct resident_ops ops = test_ops;
    struct resident r = set_with(&policy_clock, 2, 1);
    pol_slot out[1];

    ops.test_clear_ref = once;
    r.ops = &ops;
    just_referenced = true;
    CHECK_EQ(resident_victims(&r, out, 1), 1);
    CHECK_EQ(out[0], 1);
    resident_fini(&r);
}

TEST(clock, names_each_page_once_in_one_answer)
{
    struct resident r = set_with(&policy_clock, 2, 1);
    pol_slot touched[] = {1}, out[2];

    resident_touch(&r, touched, 1);
    CHECK_EQ(policy_clock.victims(&r.env, out, 2), 2);
    CHECK_EQ(out[0] + out[1], 1);
    resident_fini(&r);
}
