/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * replacement.h - what a replacement policy is: which of the resident pages goes next.
 *
 * A policy is one file of plain C and one constant struct replacement. It sees pages as
 * dense slot numbers and facts about them; it holds no capability, sends no message, and
 * its only memory is the arena that need() asked for. The same file runs in a supervisor,
 * in host tests and in a simulator. resident.c is the other side: it re-checks every answer,
 * so that the worst policy is slow, never wrong.
 *
 * What a policy may rely on:
 *   - each loaded() of a slot is followed by exactly one removed() of it, before the slot
 *     is loaded again; nothing is said about slots that are not loaded
 *   - at most env->nframes slots are loaded (after resize() downwards: until victims()
 *     were taken)
 *   - the same calls with the same seed come in the same order in two runs of a program
 * What it must keep to: victims() names loaded slots, each once; no callback but init()
 * fails; each takes a bounded number of steps.
 */
#ifndef PAGER_REPLACEMENT_H
#define PAGER_REPLACEMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint32_t pol_slot; /* dense index of a resident page, 0..nframes-1 */
#define POL_NONE ((pol_slot)~0u)

enum pol_why { POL_DEMAND, POL_PREFETCH, POL_ZERO, POL_COW, POL_FILE };
enum pol_refusal { POL_NOT_LOADED = 1, POL_TWICE, POL_PINNED };

/* Identity of a page that survives its eviction. */
struct pol_key {
    uint32_t space, area; /* area: one mapping of an object */
    uint64_t page;        /* index in it */
};

struct pol_page {
    struct pol_key key;
    bool dirty, file, shared, pinned;
    uint64_t loaded_at; /* numbers the loads */
};

/* All that a policy may use. The functions do no I/O and allocate nothing. */
struct pol_env {
    uint32_t nframes; /* how many pages may be resident */
    uint32_t nghost;  /* how many evicted ones it may remember */
    uint64_t seed;
    void *mem;
    size_t memlen;
    uint64_t (*now)(struct pol_env *); /* instructions; deterministic in measuring runs */
    const struct pol_page *(*page)(struct pol_env *, pol_slot);
    /* Was the page referenced since this was last asked or touched() last told? Looks into
     * the page tables (counted). Exact mode: false, touched() tells all. */
    bool (*test_clear_ref)(struct pol_env *, pol_slot);
    void (*note)(struct pol_env *, uint32_t tag, uint64_t value); /* goes to the trace */
};

struct replacement {
    const char *name;
    size_t (*need)(uint32_t nframes, uint32_t nghost);
    int (*init)(struct pol_env *, const char *args); /* 0, or the args are wrong */
    void (*loaded)(struct pol_env *, pol_slot, enum pol_why);
    unsigned (*victims)(struct pol_env *, pol_slot *out, unsigned want); /* proposals */
    void (*removed)(struct pol_env *, pol_slot, bool evicted);           /* or unmapped */
    /* Optional: */
    /* These were referenced. Exact mode: each change of page, in order; sampled: those whose
     * accessed bit was found set in one sweep, by address. The reference that caused a load
     * is not told. */
    void (*touched)(struct pol_env *, const pol_slot *, unsigned n);
    void (*refused)(struct pol_env *, pol_slot, enum pol_refusal why); /* propose another */
    /* On a miss: which of the pages behind it to load with it. Those that follow it one after
     * the other are taken, as far as they are in memory, and admitted. */
    unsigned (*prefetch)(struct pol_env *, const struct pol_key *miss, struct pol_key *out,
                         unsigned max);
    bool (*admit)(struct pol_env *, const struct pol_key *, enum pol_why); /* POL_PREFETCH only */
    void (*resize)(struct pol_env *, uint32_t nframes);
    void (*tick)(struct pol_env *); /* after each sweep of accessed bits */
    int (*check)(struct pol_env *); /* own invariants: 0 = they hold */
};

extern const struct replacement policy_fifo, policy_clock, policy_lru;

/* A policy by its name in the manifest; NULL: there is none. */
const struct replacement *policy_named(const char *name);
/* "fifo, clock, lru", for messages. */
const char *policy_names(void);

#endif
