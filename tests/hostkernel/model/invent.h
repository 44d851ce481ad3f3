/* SPDX-License-Identifier: GPL-2.0-or-later */
/* invent.h - the next step of a story, by chance: likely ones often, hostile ones now and then. */
#ifndef MODEL_INVENT_H
#define MODEL_INVENT_H

#include "cap.h"
#include "story.h"

#define STORY_ACTORS  3u
#define STORY_COMPARE 16u

/* Slots of init's root table. */
enum stage_slot {
    STAGE_ENDPOINT = 380,
    STAGE_NOTIFICATION,
    STAGE_SIGNAL,
    STAGE_THREAD,
    STAGE_BUFFER = STAGE_THREAD + STORY_ACTORS,
    STAGE_REPLY = STAGE_BUFFER + STORY_ACTORS,
    STAGE_FREE = 400, /* from here on a story's own */
    STAGE_END = 464,
};
#define STAGE_ARENA_BITS 21u

/* The Untyped that a story has; 0 asks for it. */
cap_t invent_arena(cap_t untyped);
void invent_seed(uint64_t seed);
void invent(struct step *s, bool pending);

#endif
