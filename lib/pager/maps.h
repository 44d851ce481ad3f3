/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * maps.h - the map items of one answer: what a fault's reply maps on its way.
 *
 * Eight words hold four items of two words; an item that derives takes four. The same
 * words serve a reply (INFO_MAPS) and an invocation (OP_SPACE_MAP). See lib/abi/message.h.
 */
#ifndef PAGER_MAPS_H
#define PAGER_MAPS_H

#include "message.h"
#include "sys.h"

#include <string.h>

/* Written in place: the words of the event that is answered, or of a call. */
struct maps {
    word_t *word;
    unsigned used;  /* words */
    unsigned pages; /* of the last item */
};

/* A run of `count` neighbouring frames, or one PageTable. */
static inline void maps_run(struct maps *m, cap_t first, uintptr_t va, unsigned count,
                            unsigned rights, unsigned flags)
{
    m->word[m->used] = first;
    m->word[m->used + 1] = MAP_WHERE(va, count, rights, flags);
    m->used += 2;
    m->pages = count;
}

/* `count` capabilities derived from the one at `from` into the empty slots at `to`. */
static inline void maps_same(struct maps *m, cap_t from, cap_t to, uintptr_t va, unsigned count,
                             unsigned rights, unsigned flags)
{
    maps_run(m, from, va, count, rights, flags | MAP_COPY);
    m->word[m->used] = to;
    m->word[m->used + 1] = MAP_SAME;
    m->used += 2;
}

/* No more items. */
static inline void maps_end(const struct maps *m)
{
    if (m->used < MESSAGE_WORDS)
        m->word[m->used] = 0;
}

/* Outside a fault: the same by an invocation; the items stay. */
static inline enum err maps_apply(const struct maps *m, cap_t space)
{
    word_t w[MESSAGE_WORDS];

    maps_end(m);
    memcpy(w, m->word, sizeof(w));
    return sys_invoke(space, OP_SPACE_MAP, w);
}

#endif
