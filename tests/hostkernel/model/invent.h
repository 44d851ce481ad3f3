/* SPDX-License-Identifier: GPL-2.0-or-later */
/* invent.h - the next step of a story, by chance: likely ones often, hostile ones now and then. */
#ifndef MODEL_INVENT_H
#define MODEL_INVENT_H

#include "cap.h"
#include "players.h"
#include "story.h"

#define STORY_COMPARE 16u

/* Slots of init's root table. */
enum stage_slot {
    STAGE_HOME = 360, /* Untypeds: of the players' threads, Replies, endpoints, one each */
    STAGE_ENDPOINT = STAGE_HOME + 2 * PLAYERS + 2,
    STAGE_NOTIFICATION = STAGE_ENDPOINT + 2,
    STAGE_SIGNAL,
    STAGE_BADGED,
    STAGE_SPACE, /* in which the players run; in the book */
    STAGE_THREAD,
    STAGE_BUFFER = STAGE_THREAD + PLAYERS,
    STAGE_REPLY = STAGE_BUFFER + PLAYERS,
    STAGE_FREE = 400, /* from here on a story's own */
    STAGE_END = 464,
};
_Static_assert(STAGE_REPLY + PLAYERS <= STAGE_FREE, "the stage is in front of the story");
#define STAGE_ARENA_BITS 21u

/* The Untyped that a story has; 0 asks for it. */
cap_t invent_arena(cap_t untyped);
void invent_seed(uint64_t seed);
void invent(struct step *s, bool pending);

#endif
