/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * replay.h - runs a reference string through a policy as a pager in exact mode does, and
 * makes the strings of policies.md's table.
 */
#ifndef UNIT_REPLAY_H
#define UNIT_REPLAY_H

#include "resident.h"
#include "unit.h"

#include <stdlib.h>

struct trace {
    uint32_t *page;
    uint32_t length, room;
};

static inline void trace_add(struct trace *t, uint32_t page)
{
    if (t->length == t->room) {
        t->room = t->room == 0 ? 1024 : 2 * t->room;
        t->page = realloc(t->page, t->room * sizeof(*t->page));
    }
    t->page[t->length++] = page;
}

/* k passes over pages 0..m-1 */
static inline struct trace trace_loop(uint32_t m, uint32_t k)
{
    struct trace t = {0};

    for (uint32_t j = 0; j < k; j++)
        for (uint32_t i = 0; i < m; i++)
            trace_add(&t, i);
    return t;
}

/* 0..m-1, m-1..0, ... k passes */
static inline struct trace trace_zigzag(uint32_t m, uint32_t k)
{
    struct trace t = {0};

    for (uint32_t j = 0; j < k; j++)
        for (uint32_t i = 0; i < m; i++)
            trace_add(&t, j % 2 == 0 ? i : m - 1 - i);
    return t;
}

/* k rounds: hot pages 0..h-1 twice, then s pages never seen before */
static inline struct trace trace_hot_scan(uint32_t h, uint32_t s, uint32_t k)
{
    struct trace t = {0};
    uint32_t fresh = 1u << 20;

    for (uint32_t j = 0; j < k; j++) {
        for (uint32_t i = 0; i < 2 * h; i++)
            trace_add(&t, i % h);
        for (uint32_t i = 0; i < s; i++)
            trace_add(&t, fresh++);
    }
    return t;
}

/* r uniform references to m pages, by the generator that the reference table used */
static inline struct trace trace_uniform(uint32_t m, uint32_t r)
{
    struct trace t = {0};
    uint32_t x = 1;

    for (uint32_t i = 0; i < r; i++) {
        x = (1103515245u * x + 12345u) & 0x7fffffffu;
        trace_add(&t, (x >> 8) % m);
    }
    return t;
}

static inline struct trace trace_of(const char *digits)
{
    struct trace t = {0};

    for (; *digits != '\0'; digits++)
        if (*digits != ' ')
            trace_add(&t, (uint32_t)(*digits - '0'));
    return t;
}

static inline enum pol_refusal replay_pinned(struct resident *r, pol_slot s)
{
    (void)r, (void)s;
    return 0;
}

static inline bool replay_no_ref(struct resident *r, pol_slot s)
{
    (void)r, (void)s;
    return false;
}

static inline uint64_t replay_now(struct resident *r)
{
    return r->loads;
}

static const struct resident_ops replay_ops = {
    .pinned = replay_pinned, .test_clear_ref = replay_no_ref, .now = replay_now};

/* Faults of the policy with n frames; frees nothing of the trace. */
static inline uint32_t replay(const struct replacement *policy, uint32_t n, const struct trace *t)
{
    struct resident r;
    uint32_t faults = 0, pages = 0;
    pol_slot *at;

    for (uint32_t i = 0; i < t->length; i++)
        if (t->page[i] >= pages)
            pages = t->page[i] + 1;
    at = malloc(pages * sizeof(*at));
    memset(at, 0xff, pages * sizeof(*at));
    CHECK(resident_init(&r, policy, n, 1, "", &replay_ops, NULL));
    for (uint32_t i = 0; i < t->length; i++) {
        uint32_t page = t->page[i];

        if (at[page] != POL_NONE) {
            resident_touch(&r, &at[page], 1);
            continue;
        }
        faults++;
        if (resident_full(&r)) {
            pol_slot victim;

            CHECK_EQ(resident_victims(&r, &victim, 1), 1);
            at[resident_page(&r, victim)->where] = POL_NONE;
            resident_remove(&r, victim, true);
        }
        at[page] = resident_load(&r, page, POL_DEMAND);
    }
    CHECK_EQ(policy->check(&r.env), 0);
    CHECK_EQ(r.bad_slots + r.refused + r.fallbacks, 0);
    resident_fini(&r);
    free(at);
    return faults;
}

/* The same, and the trace is thrown away. */
static inline uint32_t faults_of(const struct replacement *policy, uint32_t n, struct trace t)
{
    uint32_t faults = replay(policy, n, &t);

    free(t.page);
    return faults;
}

#endif
