/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rule.h - what the interposer does to which messages.
 *
 * A rule is one text:
 *
 *   ACTION PROTOCOL.OPERATION [ARGUMENTS] [after N] [times N]
 *
 *   trace     one line on the log for a message and its answer
 *   drop      it is never answered
 *   refuse    ERROR: answered with that error, not passed on ("refuse frame.alloc LIMIT")
 *   delay     MS: answered so many milliseconds later
 *   duplicate passed on twice; the second answer counts
 *   corrupt   request|answer WORD MASK: that word of the body is changed by exclusive or
 *
 * "frame.*" is all operations of a protocol, "*" all messages. The first N that match are
 * passed over with `after`; only N are acted on with `times`.
 */
#ifndef INTERPOSE_RULE_H
#define INTERPOSE_RULE_H

#include "error.h"

#include <stdbool.h>
#include <stdint.h>

#define RULE_ANY 0xffffu

enum action { TRACE, DROP, REFUSE, DELAY, DUPLICATE, CORRUPT, ACTIONS };

struct rule {
    enum action action;
    uint16_t protocol, op; /* RULE_ANY: all */
    uint32_t after, times; /* times 0: always */
    uint32_t matched;
    enum err error; /* REFUSE */
    uint32_t ms;    /* DELAY */
    bool answer;    /* CORRUPT: the answer, not the request */
    uint32_t word;  /* CORRUPT: 0..7 of the message */
    uint64_t mask;
};

/* NULL, or what is wrong with the text. */
const char *rule_parse(struct rule *r, const char *text);

/* Is it the rule's turn for a message whose word 0 is `op`? Counts it. */
bool rule_applies(struct rule *r, uint32_t op);

/* "frame.alloc" in a buffer of at least 32 bytes. */
void rule_name(uint32_t op, char *text);

#endif
