/* SPDX-License-Identifier: GPL-2.0-or-later */
/* magazine.c - page frames cleared ahead. */
#include "magazine.h"

#include "rt.h"
#include "sys.h"

static void mark(struct buddy *b, struct run run, enum block_state state)
{
    for (unsigned i = 0; i < run.count; i++)
        block_of(b, run.first + i)->state = state;
}

static struct run load(struct buddy *b)
{
    struct run run = buddy_take_run(b, 1u << PAGES_ORDER);
    enum err e;

    if (run.count == 0)
        return run;
    e = frame_clear_run(block_cap(b, run.first, 0), run.count);
    if (e != ERR_OK)
        die("magazine: pages could not be cleared: %s", err_text(e));
    return run;
}

/* The run's first pages; the run keeps the rest. */
static struct run cut(struct run *run, unsigned want)
{
    struct run front = {.first = run->first, .count = want < run->count ? want : run->count};

    run->first += front.count;
    run->count -= front.count;
    return front;
}

struct run magazine_take(struct magazine *m, struct buddy *b, unsigned want)
{
    bool small = want < 1u << PAGES_ORDER;
    struct run run;

    if (!small || m->run.count == 0) {
        run = load(b);
        if (run.count > 0 && !small)
            return cut(&run, want);
        if (run.count > 0) {
            m->run = run;
            mark(b, run, BLOCK_CLEAN);
        }
    }
    run = cut(&m->run, want);
    mark(b, run, BLOCK_USED);
    return run;
}

void magazine_empty(struct magazine *m, struct buddy *b)
{
    for (unsigned i = m->run.count; i-- > 0;)
        buddy_put_back(b, m->run.first + i);
    m->run.count = 0;
}
