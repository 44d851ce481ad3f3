/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * players.h - the reference model's threads: what each waits for, and what it must be told.
 *
 * Four players. The first two are a level's servers' fallback: they receive from endpoint 1, the
 * others from endpoint 0, to which all faults go; player 2's are late after 3 ms, and go to
 * endpoint 1. Player 0 has the notification bound. Each has a Reply, and may bind another's.
 *
 * A step is told to the players before the kernel does it, a system call of theirs after it: how
 * far a message came before an interrupt only the kernel knows. Deadlines are followed: a player
 * whose deadline has passed may have been told so, and 2 ms later must have been.
 */
#ifndef MODEL_PLAYERS_H
#define MODEL_PLAYERS_H

#include "book.h"
#include "thread.h"

#define PLAYERS         4u
#define PLAYER_MS       3u /* deadline of player 2's faults */
#define PLAYER_SIGNAL   4u
#define PLAYER_BADGE    9u /* of the capability it calls endpoint 0 with */
#define PLAYER_PRIORITY 5u /* of each: they make one another anew */

/* What a player's system call says. */
struct said {
    unsigned number, endpoint, reply; /* reply: its number; PLAYERS: the bound one */
    uint32_t info;
    cap_t send, recv;
    uint64_t deadline;
    word_t word[MESSAGE_WORDS], badge;
};

/* All are ready; the player's threads, the Space that faults map into, in the book. */
void players_begin(struct thread *const thread[PLAYERS], const struct entry *space);
bool player_faults_late(unsigned n);

void player_call(unsigned n, const struct said *s);
/* An interrupt came before all of a message had arrived: whatever it does next is to take the rest
 * (to be told after the kernel did). */
bool player_has_rest(unsigned n);
void player_takes_rest(unsigned n);
/* It accesses memory that it may not. */
void player_fault(unsigned n, vaddr_t va, unsigned access, bool mapped);
void player_stop(unsigned n);      /* and resume */
bool player_has_reply(unsigned n); /* bound: its own or another */
void player_bind_reply(unsigned n, unsigned reply);
/* Deleted; and made anew, with all bindings. */
void player_die(unsigned n);
void player_born(unsigned n);
void reply_die(unsigned reply);
void endpoint_die(unsigned endpoint);
void endpoint_born(void);

/* The kernel against the model, deadlines at `now`. */
void players_follow(uint64_t now);

#endif
