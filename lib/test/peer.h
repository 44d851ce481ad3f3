/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * peer.h - scripted peers: threads that do what a list of steps says, and check what comes.
 *
 *   struct step pager[] = {
 *       {.op = RECEIVE, .kind = KIND_FAULT, .expect = WORD(FAULT_ADDRESS), .want[FAULT_ADDRESS] =
 * VA},
 *       {.op = ANSWER, .info = INFO_MAPS, .word = {frame, MAP_WHERE(VA, 1, RIGHT_READ, 0)}},
 *       {.op = END}};
 *   struct peer *p = peer_make(NULL);
 *   peer_start(p, pager);
 *   ...
 *   peer_ended(p);
 *
 * A peer has an endpoint, a Reply, a notification and a buffer bound, and addresses
 * capabilities through the test's own root table. It runs above the test: when
 * peer_start returns, it waits or has ended. A step whose outcome is not the expected
 * one ends it; peer_ended and peer_waits then fail the test, and say why.
 *
 * The steps are read while the peer runs. One in a Space of its own sees the program's
 * image only, so its steps are static.
 */
#ifndef TEST_PEER_H
#define TEST_PEER_H

#include "kit.h"

#define PEERS         8u
#define PEER_PRIORITY 10u

enum step_op {
    END,     /* the script is over; the thread stops */
    RECEIVE, /* on its endpoint and notification */
    ANSWER,  /* what its Reply holds */
    ANSWER_RECEIVE,
    ANSWER_HELD, /* what the Reply `on` holds */
    CALL,        /* the endpoint `on` */
    SIGNAL,      /* the notification `on` */
    WAIT,        /* for the notification `on`; 0: its own */
    HOLD,        /* bind the Reply `on` instead of the present one, which keeps its call */
    READ,        /* the word at `address` has to be value */
    WRITE,       /* value to the word at `address` */
    JUMP,        /* to `address`, where `ret` instructions are: comes back */
    NEVER,       /* wait for ever, deaf to everything */
    RUN          /* run(arg) */
};

#define WORD(n) (1u << (n))

struct step {
    enum step_op op;
    /* what it says: */
    cap_t on;
    uint32_t info; /* but for the counts below */
    cap_t send, recv;
    uint8_t sends, recvs;
    uint64_t deadline; /* ns from now; 0: none */
    word_t word[MESSAGE_WORDS];
    uintptr_t address;
    word_t value;
    void (*run)(void *);
    void *arg;
    /* what has to come back: */
    enum err err;
    unsigned kind; /* 0: not looked at */
    unsigned caps;
    word_t badge;    /* looked at with `kind` */
    unsigned expect; /* WORD(n) | ...: these of `want` */
    word_t want[MESSAGE_WORDS];
};

struct peer {
    cap_t thread, space, endpoint, reply, notification;
    struct buffer *buffer;
    const struct step *step; /* the present one */
    const struct step *first;
    bool ended;
    const char *failure;       /* NULL: none */
    word_t got[MESSAGE_WORDS]; /* by the last step that received */
    struct answer answer;
    char text[160];
};

struct peer_kind {
    cap_t space;       /* CAP_NULL: the test's own */
    unsigned priority; /* 0: PEER_PRIORITY */
    cap_t pager;       /* Endpoint that its faults go to; CAP_NULL: none */
    word_t badge;      /* of its faults */
    unsigned deadline_ms;
    cap_t fallback; /* Endpoint; CAP_NULL: none */
    cap_t watch;    /* Notification; CAP_NULL: none */
};

/* Not started yet, so that its capabilities can go into scripts. NULL: all by default. */
struct peer *peer_make(const struct peer_kind *kind);
void peer_start(struct peer *p, const struct step *script);
/* Both at once. */
struct peer *peer_run(const struct peer_kind *kind, const struct step *script);

/* It has run through its script without a failed check; else the test fails. */
void peer_ended(const struct peer *p);
/* It is waiting in the step with that number (0 the first), no check has failed. */
void peer_waits(const struct peer *p, unsigned step);

/* A session: the peer's endpoint with that badge, to call it. */
cap_t peer_session(const struct peer *p, word_t badge);

/* The test itself calls. word goes out and comes back; returns the kernel's answer. */
struct answer test_call(cap_t endpoint, word_t *word);
/* Lets the peers run for so long: deadlines pass meanwhile. */
void test_sleep(uint64_t ns);

#endif
