/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pager_world.h - everything around a supervisor, on the host: a kernel with slots, frames,
 * derivations and one address space, a frame server with a limit, and objects whose owner
 * takes pages away. It is strict: what a real kernel would refuse is refused, and what a
 * pager must never ask for fails the test.
 */
#ifndef UNIT_PAGER_WORLD_H
#define UNIT_PAGER_WORLD_H

#include "state.h"
#include "unit.h"

#define WORLD_TOP   0x80000000u /* end of the task's addresses */
#define WORLD_FILE  77u         /* handle of an object */
#define WORLD_PAGES 200u        /* its size */
#define WORLD_LAST  1000u       /* bytes of it in its last page */

struct world {
    struct task task;
    struct supervisor_status status;
    uint32_t spare;           /* frames that come free after a first refusal */
    uint32_t frames_max;      /* what the bank has */
    uint32_t frames, objects; /* in use: page frames, frames' worth of kernel objects */
    uint32_t slots;           /* that hold something, of those made by the pager */
    uint32_t replies;         /* answers given to faults */
    bool disk_slow;           /* a page that was not asked for before is pending once */
    bool disk_broken;         /* reading gives ERR_IO */
    bool disk_full;           /* getting to write gives ERR_NO_SPACE */
    uint32_t syncs;
    uint32_t gets, got; /* calls of object.get, pages they delivered */
    uint32_t allocs, gives, closed;
    /* the swap server, if the configuration has a session at it */
    uint32_t store_pages;          /* that it has room for */
    bool store_disk;               /* what was put is on disk at once, and stays there when got */
    bool store_slow, store_broken; /* get is pending once; gives ERR_IO */
    uint32_t store_late;           /* every n-th put is pending; 0 = never */
    uint32_t store_shares;         /* every n-th page has another holder; 0 = none */
    uint32_t store_greedy;         /* every n-th page that comes is taken at once; 0 = none */
    bool store_collects;           /* what is taken by force, at once */
    bool save_broken;              /* what is to be saved cannot be written */
    uint32_t fills, saves, filled; /* calls; pages */
    bool scatter;                  /* handles do not follow one another */
    uint32_t stored, puts, drops, shares, given;
    uint32_t steal; /* take every n-th fetched page before it is mapped; 0 = never */
    char line[512]; /* the last one of the log */
    void (*logged)(const char *line); /* told each of them */
};
extern struct world world;

#define RW (VM_READ | VM_WRITE)
#define P  PAGE_SIZE

/* A fresh world with a supervisor in it. */
struct task *world_begin(const struct vm_config *c);
struct vm_config world_config(void);
#define WORLD_STORE 24u /* session at the swap server */
/* With a swap server that has room for all. */
struct task *world_begin_stored(uint32_t resident_pages, const char *policy);
static inline struct task *task_begin(void)
{
    struct vm_config c = world_config();

    return world_begin(&c);
}
/* Ends it: all memory goes back, nothing may be left anywhere. */
void world_end(struct task *t);

/* The store works on frames of the task's from now on, until world_told(): then it is done, and
 * tells. */
void world_desk(struct task *t);
void world_told(struct task *t);

/* The task touches memory: faults are served until it can, or it gets a signal.
 * 0 = done, 1 + enum vm_signal_kind. *byte is read, or written. */
int world_access(struct task *t, uintptr_t at, unsigned access, uint8_t *byte);
/* The same with contents that are known: reads give `value`, writes store it. */
int world_read(struct task *t, uintptr_t at); /* the byte, or -1 - signal kind */
int world_write(struct task *t, uintptr_t at, uint8_t value);
int world_execute(struct task *t, uintptr_t at);

static inline int gone(enum vm_signal_kind kind)
{
    return -1 - (int)kind;
}

/* Mappings somewhere: of anonymous memory, of the object from a page on. */
uintptr_t world_anon(struct task *t, unsigned pages);
uintptr_t world_file(struct task *t, unsigned page, unsigned pages, unsigned rights,
                     unsigned flags);

/* What a byte of the object is; behind its end 0. */
uint8_t world_byte(uint32_t index, uint32_t offset);
/* What the object's store has there: what was written back. */
uint8_t world_stored(uint32_t index, uint32_t offset);
/* The owner takes a page of the object (drops it from its cache). */
void world_take(uint32_t index);
/* Time passes. */
void world_later(uint64_t ns);
/* Is the task's frame there of class "locked"? */
bool world_locked(struct task *t, uintptr_t at);
/* The frame server takes the task's page by force. */
void world_force(struct task *t, uintptr_t at);
/* And one of the frames that are still in the pool. */
void world_force_pool(struct task *t, unsigned which);
/* And one of those that pages are read into. */
void world_force_spare(struct task *t, unsigned which);
/* The swap server takes back what it lent by this handle. */
void world_store_takes(uint32_t handle);
/* Is the page mapped? What rights has the entry? */
unsigned world_entry(uintptr_t at);
unsigned world_mapped(void); /* pages */
void world_clear_accessed(void);
bool world_accessed(uintptr_t at);

/* Every mapped page has a record and a region that allow it (V1..V3); counters agree. */
void world_audit(struct task *t);

#endif
